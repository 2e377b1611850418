"""What looks tell of the object itself: echoes, heat, drag, parting."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import solve_ivp
from tracking_scenes import COLD, POLE, RADAR_PLACE, RADIUS, WEST, fly, gravity, measure

from opendome.physics.atmosphere import density
from opendome.tables.codes import BANDS, LONG_WAVE_BAND
from opendome.tracking import build_settings, start_tracker, update
from opendome.tracking import evidence as ev
from opendome.tracking.picture import (
    LOOK_BAND,
    LOOK_STRENGTH,
    LOOK_STRENGTH_ERROR,
    LOOK_TIME,
    N_ECHO,
    N_EVIDENCE,
    N_LOOK,
    PARENT,
    PARENT_NUMBER,
)
from opendome.tracking.settings import N_BELIEVED

pytestmark = pytest.mark.kernels
SETTINGS = build_settings(physical=1.0, classes=np.zeros((2, N_BELIEVED)))
DISCRIMINATION = SETTINGS[0].discrimination
BELIEVED = 1.0 / SETTINGS[0].motion.ballistic_coefficient_kg_m2


def hear(section_m2, least_m2, n, step_s, seed=1):
    """Evidence from the n echoes of one section that passed the threshold."""
    generator = np.random.default_rng(seed)
    evidence = np.zeros(N_EVIDENCE)
    look = np.zeros(N_LOOK)
    noise = least_m2 / 12.816
    for k in range(n):
        excess = generator.exponential(section_m2 + noise)
        look[[LOOK_TIME, LOOK_BAND, LOOK_STRENGTH, LOOK_STRENGTH_ERROR]] = (
            k * step_s, BANDS.index("X"), least_m2 + excess, least_m2
        )  # fmt: skip
        ev.take_echo(evidence, look, DISCRIMINATION)
    return evidence[2 * N_ECHO : 3 * N_ECHO]


@pytest.mark.parametrize("least_m2", [1e-4, 0.3])
def test_echoes_give_the_cross_section_whatever_the_threshold(least_m2):
    """The mean log tends to that of an exponential, from weak and from strong echoes alike."""
    logs = [hear(0.05, least_m2, 40, 10.0, seed)[ev.ECHO_LOG] for seed in range(25)]
    expected = np.log(0.05 + least_m2 / 12.816) - np.euler_gamma
    # About six looks within the memory, each with a spread of pi / sqrt 6; 25 times.
    assert np.mean(logs) == pytest.approx(expected, abs=4.0 * 1.283 / np.sqrt(6.0 * 25))


def test_looks_close_in_time_count_for_less():
    """A hundred looks in a second are worth little more than two; spread out, as many as fit."""
    assert hear(0.05, 1e-4, 100, 0.01)[ev.ECHO_WEIGHT] < 2.0
    spread = hear(0.05, 1e-4, 100, 10.0)[ev.ECHO_WEIGHT]
    assert spread == pytest.approx(1.0 / (1.0 - np.exp(-10.0 / 60.0)), rel=0.01)


def test_heat_is_irradiance_times_squared_range():
    """A body of 20 W/sr shows as that, with an error of noise and range together."""
    generator = np.random.default_rng(1)
    times = np.arange(0.0, 30.0, 2.0)
    truth = fly(np.array([6978e3, -900e3, 800e3]), np.array([500.0, 3500.0, -4500.0]), times)
    tracker = start_tracker(2)
    for k, t in enumerate(times):
        update(tracker, measure(generator, t, 0, RADAR_PLACE, truth[k : k + 1]), t, SETTINGS)
        table = measure(generator, t, 1, WEST, truth[k : k + 1], kind=COLD, angle=1e-4)
        range2 = ((truth[k, :3] - WEST) ** 2).sum()
        table.band[:] = LONG_WAVE_BAND
        table.sigma_irradiance_w_m2[:] = 2.0 / range2
        table.irradiance_w_m2[:] = (20.0 + 2.0 * generator.normal()) / range2
        update(tracker, table, t, SETTINGS)
    own = tracker.slots.evidence[0]
    sigma = own[ev.HEAT_INFORMATION] ** -0.5
    assert 0.02 < sigma < 0.1
    assert own[ev.HEAT_LOG] == pytest.approx(np.log(20.0), abs=4.0 * sigma)


def fall(beta, times):
    """True states of a body with drag from 160 km, 7 km/s and 25 degrees down, over a radar."""
    place = (RADIUS + 160e3) * np.array([np.cos(0.06), -np.sin(0.06), 0.02])
    up = place / np.linalg.norm(place)
    east = np.cross([0.0, 0.0, 1.0], up)
    angle = np.radians(25.0)
    velocity = 7e3 * (np.cos(angle) * east / np.linalg.norm(east) - np.sin(angle) * up)

    def slope(_, y):
        u = y[3:] - np.cross(POLE, y[:3])
        air = density(max(np.linalg.norm(y[:3]) - RADIUS, 0.0))
        return np.concatenate(
            [y[3:], gravity(y[:3]) - 0.5 * air * np.linalg.norm(u) / beta * u]
        )  # fmt: skip

    return solve_ivp(
        slope, (times[0], times[-1]), np.r_[place, velocity], t_eval=times, rtol=1e-9
    ).y.T


def weigh_fall(beta, until_s, seed):
    """Estimated inverse coefficient and sigma after falling for some time."""
    generator = np.random.default_rng(seed)
    times = np.arange(0.0, until_s, 1.0)
    tracker = start_tracker(2)
    for t, state in zip(times, fall(beta, times), strict=True):
        table = measure(
            generator, t, 0, RADAR_PLACE, state[None], angle=3e-4, distance=10.0, rate=1.0
        )
        update(tracker, table, t, SETTINGS)
    own = tracker.slots.evidence[0]
    information = own[ev.DRAG_INFORMATION]
    return own[ev.DRAG_SCORE] / information + BELIEVED, information**-0.5


@pytest.mark.parametrize(
    ("beta", "until_s", "largest_sigma"),
    [(3.0, 20.0, 0.2), (30.0, 24.0, 0.03), (700.0, 30.0, 1e-3), (8000.0, 36.0, 2e-4)],
)
def test_drag_gives_the_ballistic_coefficient(beta, until_s, largest_sigma):
    """Unbiased and no worse than it says: a balloon above 105 km, a warhead at 56 km."""
    found = np.array([weigh_fall(beta, until_s, seed) for seed in range(4)])
    assert (found[:, 1] < largest_sigma).all()
    # Half of the information is not counted, so errors are two thirds of the sigmas.
    scaled = (found[:, 0] - 1.0 / beta) / found[:, 1]
    assert abs(scaled.mean()) < 4.0 * 0.75 / np.sqrt(4)
    assert (scaled**2).mean() < 2.0


def test_what_has_left_the_air_is_looked_at_anew():
    """Nothing is concluded from the air of its way up about its way down."""
    evidence = np.zeros(N_EVIDENCE)
    state = np.zeros(9)
    for t, height_m, climb_m_s in ((0.0, 140e3, 3e3), (1.0, 143e3, 3e3), (1200.0, 120e3, -3e3)):
        state[:6] = RADIUS + height_m, 0.0, 0.0, climb_m_s, 3e3, 0.0
        known = ev._carry_drag(evidence, state, t)
        assert known == (t == 1.0)
    assert not evidence[ev.DRAG_STATE : ev.DRAG_STATE + 6].any()
    state[0] -= 3e3
    assert ev._carry_drag(evidence, state, 1201.0)
    assert 0.0 < np.linalg.norm(evidence[ev.DRAG_STATE + 3 : ev.DRAG_STATE + 6]) < 1e3


def test_without_air_drag_is_not_known():
    """A body at 600 km leaves no trace."""
    times = np.arange(0.0, 20.0, 2.0)
    truth = fly(np.array([6978e3, -900e3, 800e3]), np.array([500.0, 3500.0, -4500.0]), times)
    tracker = start_tracker(2)
    for k, t in enumerate(times):
        update(tracker, measure(np.random.default_rng(k), t, 0, RADAR_PLACE, truth[k : k + 1]), t,
               SETTINGS)  # fmt: skip
    assert tracker.slots.evidence[0, ev.DRAG_INFORMATION] == 0.0


def test_velocity_is_compared_with_that_of_a_known_neighbour():
    """An object that appears near a firm track parts from it; one that is too fast did not."""
    times = np.arange(0.0, 80.0, 2.0)
    start = np.array([6978e3, -900e3, 800e3])
    motion = np.array([500.0, 3500.0, -4500.0])
    bus = fly(start, motion, times)
    for speed, parted in ((5.0, True), (90.0, False)):
        other = fly(start + np.array([4e3, 0.0, 0.0]), motion + np.array([speed, 0.0, 0.0]), times)
        tracker = start_tracker(4)
        generator = np.random.default_rng(1)
        for k, t in enumerate(times):
            states = np.stack([bus[k], other[k]] if t >= 20.0 else [bus[k]])
            table = measure(
                generator, t, 0, RADAR_PLACE, states, angle=1e-4, distance=5.0, rate=0.5
            )
            table.band[:] = BANDS.index("X")
            update(tracker, table, t, SETTINGS)
        own = tracker.slots.evidence[1]
        if parted:
            assert own[[PARENT, PARENT_NUMBER]].tolist() == [0.0, 0.0]
            found = np.sqrt(own[ev.PARTING_SQUARE])
            assert found == pytest.approx(speed, abs=4.0 * np.sqrt(3.0 * own[ev.PARTING_VARIANCE]))
            assert 25.0 < own[ev.PARTING_VARIANCE] < 100.0
        else:
            assert own[PARENT] == -1.0 and own[ev.PARTING_VARIANCE] == 0.0
