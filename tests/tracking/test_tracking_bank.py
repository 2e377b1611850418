"""Interacting models: each kind of flight is told from the others, and followed."""

from __future__ import annotations

import numpy as np
import pytest
from tracking_scenes import (
    EAST,
    INFRARED_ANGLE,
    MU,
    RADAR_PLACE,
    RADIUS,
    SPIN,
    WEST,
    fly,
    measure,
)

from opendome.errors import BadInput
from opendome.physics.constants import EARTH_ROTATION_RAD_S
from opendome.tables.codes import (
    BALLISTIC_PHASE,
    BOOST_PHASE,
    CRUISE_PHASE,
    FIRM,
    FREE,
    GLIDE_PHASE,
    PLUME,
    RADAR,
)
from opendome.tables.measurements import Measurements, concatenate
from opendome.tracking import build_settings, predict, predict_place, start_tracker, update
from opendome.tracking.bank import AHEAD_OF_IT, PROBABILITY, chance_of_change, predict_bank
from opendome.tracking.models import (
    CRUISING,
    FREE_FALL,
    GLIDING,
    HOLDING,
    N_MODELS,
    STAGING,
    STEERING,
    TURNING,
    level_acceleration,
    predict_model,
    restart_thrust,
)
from opendome.tracking.picture import BANK, N_BANK

pytestmark = pytest.mark.kernels
SETTINGS = build_settings()
SINGLE = build_settings(models="single")


def level_flight(
    times, height_m, speed_m_s, east_m=-150e3, north_m=100e3, turn_rad_s=0.0, slowing=0.0
):
    """True states (n, 6) of level flight north-east over the turning Earth, near the radar.

    `turn_rad_s` is one rate, or one for each time; `slowing` [m/s2] comes off the speed.
    """
    turns = np.broadcast_to(turn_rad_s, len(times))
    r = RADIUS + height_m
    start = np.array([1.0, east_m / r, north_m / r])
    start /= np.linalg.norm(start)
    heading = np.array([0.0, 1.0, 0.5]) - start * (start @ np.array([0.0, 1.0, 0.5]))
    heading /= np.linalg.norm(heading)
    states, p, h = [], start, heading
    last = times[0]
    for t, turn in zip(times, turns, strict=True):
        n = max(1, int((t - last) / 0.1))
        for _ in range(n if t > last else 0):
            step = (t - last) / n
            w = speed_m_s / r * step
            p, h = p * np.cos(w) + h * np.sin(w), h * np.cos(w) - p * np.sin(w)
            h = h * np.cos(turn * step) + np.cross(p, h) * np.sin(turn * step)
            speed_m_s -= slowing * step
        last = t
        a = SPIN * t
        turned = np.array([[np.cos(a), -np.sin(a), 0], [np.sin(a), np.cos(a), 0], [0, 0, 1]])
        place = turned @ (r * p)
        states.append(
            np.concatenate([
                place, turned @ (speed_m_s * h) + np.cross([0.0, 0.0, SPIN], place)
            ])
        )  # fmt: skip
    return np.array(states)


def follow(truth, times, settings=SETTINGS, seed=1, angle=1e-3, distance=20.0, rate=2.0):
    """Track one object by the radar; the tracker, and the number that took each look."""
    generator = np.random.default_rng(seed)
    tracker = start_tracker(8)
    numbers = []
    for state, t in zip(truth, times, strict=True):
        table = measure(
            generator, t, 0, RADAR_PLACE, state[None], angle=angle, distance=distance, rate=rate
        )
        numbers.append(int(update(tracker, table, t, settings)[0]))
    return tracker, numbers


def slot_of_only(tracker):
    (slot,) = np.flatnonzero(tracker.tracks.status != FREE)
    return slot


def test_banks_hold_all_models():
    """The arrays of banks have room for every model."""
    assert N_BANK == N_MODELS


def test_a_cruise_missile_is_one_track():
    """Five-second looks at 240 m/s and 100 m: cruise by the sixth look, 15 m/s by the last."""
    times = np.arange(0.0, 150.0, 5.0)
    truth = level_flight(times, 100.0, 240.0)
    tracker, numbers = follow(truth, times)
    assert set(numbers) == {0}
    slot = slot_of_only(tracker)
    assert tracker.tracks.status[slot] == FIRM
    assert tracker.tracks.phase[slot] == CRUISE_PHASE
    assert np.linalg.norm(tracker.tracks.state[slot, 3:6] - truth[-1, 3:]) < 15.0
    early, _ = follow(truth[:6], times[:6])
    assert early.tracks.phase[slot_of_only(early)] == CRUISE_PHASE


def test_a_single_model_loses_what_cruises():
    """In free fall alone the same looks start track after track."""
    times = np.arange(0.0, 150.0, 5.0)
    _, numbers = follow(level_flight(times, 100.0, 240.0), times, SINGLE)
    assert len(set(numbers)) > 1


def test_a_glider_is_one_track_that_turns():
    """A glider at 35 km and 3 km/s that begins to turn with 2 g stays one glide track."""
    times = np.arange(0.0, 60.0, 1.0)
    # Net weight at 3 km/s, 8.3 m/s2, over a lift-to-drag ratio of 2.6.
    straight = level_flight(times, 35e3, 3e3, slowing=3.2)
    turns = np.where(times > 30.0, 20.0 / 3e3, 0.0)
    turned = level_flight(times, 35e3, 3e3, slowing=3.2, turn_rad_s=turns)
    for truth in (straight, turned):
        tracker, numbers = follow(truth, times)
        assert set(numbers) == {0}
        slot = slot_of_only(tracker)
        assert tracker.tracks.phase[slot] == GLIDE_PHASE
        # Across the line of sight a look is good to 200 m, and a turn lets few of them count.
        assert np.linalg.norm(tracker.tracks.state[slot, 3:6] - truth[-1, 3:]) < 150.0


def test_a_plume_and_an_echo_of_one_missile_are_one_track():
    """Above the air too, what a radar and two satellites see at once is one boost track."""
    generator = np.random.default_rng(1)
    state = np.concatenate([RADAR_PLACE + np.array([150e3, 100e3, 80e3]), [2e3, 2e3, 1e3]])[None]
    tracker = start_tracker(8)
    looks = [
        measure(generator, 0.0, 0, RADAR_PLACE, state),
        measure(generator, 0.0, 1, WEST, state, PLUME, INFRARED_ANGLE),
        measure(generator, 0.0, 2, EAST, state, PLUME, INFRARED_ANGLE),
    ]
    taken = update(tracker, concatenate(looks), 0.0, SETTINGS)
    assert set(taken) == {0}
    assert tracker.tracks.phase[slot_of_only(tracker)] == BOOST_PHASE


def test_free_fall_in_the_air_closes_its_bank():
    """What falls is told from what glides; it ends with one model, as a ballistic track."""
    times = np.arange(0.0, 40.0, 1.0)
    place = RADAR_PLACE + np.array([90e3, 100e3, 50e3])
    truth = fly(place, np.array([-700.0, -500.0, 1500.0]), times)
    tracker, numbers = follow(truth, times)
    assert set(numbers) == {0}
    slot = slot_of_only(tracker)
    assert tracker.tracks.phase[slot] == BALLISTIC_PHASE
    assert tracker.slots.whole[BANK, slot] == 0
    assert not tracker.tracks.state[slot, 6:].any()
    assert not tracker.tracks.covariance[slot, 6:].any()


def test_far_above_the_air_no_bank_opens():
    """Free fall at 500 km is one filter whether models interact or not: the same bits."""
    times = np.arange(0.0, 40.0, 2.0)
    truth = fly(RADAR_PLACE + np.array([500e3, -300e3, 200e3]), np.array([0.0, 5e3, 3e3]), times)
    many, _ = follow(truth, times)
    one, _ = follow(truth, times, SINGLE)
    assert np.array_equal(many.tracks.state, one.tracks.state)
    assert np.array_equal(many.tracks.covariance, one.tracks.covariance)
    assert not many.slots.bank_state.any()


@pytest.mark.parametrize("model", [GLIDING, CRUISING, TURNING])
def test_models_with_lift_keep_their_height(model):
    """Level flight stays level for 100 s, to the Earth's flattening and the drag that slows it."""
    (truth,) = level_flight(np.zeros(1), 30e3, 3e3)
    state = np.zeros(9)
    state[:6] = truth
    covariance = np.zeros((9, 9))
    # What starts level carries its weight.
    r = np.linalg.norm(truth[:3])
    level2 = truth[3:] @ truth[3:] - (truth[:3] @ truth[3:] / r) ** 2
    state[6:] = (MU / r**2 - level2 / r) * truth[:3] / r
    models = SETTINGS[0].models
    predict_model(state, covariance, model, 100.0, SETTINGS[0].motion, models)
    assert abs(np.linalg.norm(state[:3]) - r) < 1500.0
    assert np.linalg.eigvalsh(covariance[:6, :6]).min() > 0.0


@pytest.mark.parametrize(
    "model", [FREE_FALL, GLIDING, CRUISING, TURNING, HOLDING, STEERING, STAGING]
)
def test_there_and_back_is_where_it_was(model):
    """Ten seconds on and ten back restore the state under every model."""
    (truth,) = level_flight(np.zeros(1), 40e3, 3e3)
    state = np.zeros(9)
    state[:6] = truth
    if model != FREE_FALL:
        state[6:] = 9.0 * truth[:3] / np.linalg.norm(truth[:3])
    before = state.copy()
    covariance = np.zeros((9, 9))
    for elapsed_s in (10.0, -10.0):
        predict_model(state, covariance, model, elapsed_s, SETTINGS[0].motion, SETTINGS[0].models)
    # Levelling takes away what climbs, either way; the rest errs by third order in the step.
    assert np.linalg.norm(state[:3] - before[:3]) < 200.0
    assert np.linalg.norm(state[3:6] - before[3:6]) < 20.0


def test_a_stage_that_lights_between_two_looks_is_what_many_draws_give():
    """Thrust of 70 m/s2 that falls at any moment of two seconds: mean and spread at their end."""
    models = SETTINGS[0].models
    generator = np.random.default_rng(1)
    h, before = 2.0, 70.0
    moment = generator.uniform(0.0, h, 200_000)
    after = generator.normal(models.ignition_m_s2, models.ignition_sigma_m_s2, moment.size)
    left = h - moment
    draws = np.array([
        before * moment * (0.5 * moment + left) + 0.5 * after * left**2,
        before * moment + after * left,
        after,
    ])  # fmt: skip
    state = np.zeros(9)
    state[6] = before
    covariance = np.zeros((9, 9))
    restart_thrust(state, covariance, h, models)
    move = np.array([[1.0, h, 0.5 * h * h], [0.0, 1.0, h], [0.0, 0.0, 1.0]])
    along = np.array([0, 3, 6])
    # What the spread of the new thrust adds to that of the position is left out.
    assert move @ state[along] == pytest.approx(draws.mean(axis=1), rel=0.01)
    spread = np.sqrt(np.diag(move @ covariance[np.ix_(along, along)] @ move.T))
    assert spread == pytest.approx(draws.std(axis=1), rel=0.15)
    assert not state[[1, 2, 4, 5, 7, 8]].any()
    assert np.linalg.eigvalsh(covariance).min() > -1e-9 * covariance.max()


def test_a_gravity_turn_keeps_the_angle_of_thrust_to_the_velocity():
    """Steered thrust turns as the velocity does: 20 s at 1.5 km/s, to a degree; held, it stays."""
    (truth,) = level_flight(np.zeros(1), 40e3, 1.5e3)
    up = truth[:3] / np.linalg.norm(truth[:3])
    held = {}
    for model in (STEERING, HOLDING):
        state = np.zeros(9)
        state[:6] = truth
        state[3:6] += 1500.0 * up
        wind = state[3:6] - np.cross([0.0, 0.0, SPIN], state[:3])
        thrust = 40.0 * wind / np.linalg.norm(wind)
        state[6:] = thrust
        predict_model(state, np.zeros((9, 9)), model, 20.0, SETTINGS[0].motion, SETTINGS[0].models)
        wind = state[3:6] - np.cross([0.0, 0.0, SPIN], state[:3])
        held[model] = [
            np.degrees(np.arccos(state[6:] @ to / np.linalg.norm(state[6:]) / np.linalg.norm(to)))
            for to in (wind, thrust)
        ]
    lead = np.degrees(20.0 * SETTINGS["models"]["steering_lead_rad_s"][0])
    assert abs(held[STEERING][0] - lead) < 1.0
    assert held[STEERING][1] > 2.0 + lead
    assert held[HOLDING][1] < 0.01


@pytest.mark.parametrize("model", [HOLDING, STEERING])
def test_thrust_is_less_sure_in_the_vertical_plane_than_aside(model):
    """Steered thrust errs upward more than aside, held thrust alike; in any direction by some."""
    (truth,) = level_flight(np.zeros(1), 60e3, 2e3)
    up = truth[:3] / np.linalg.norm(truth[:3])
    wind = truth[3:6] - np.cross([0.0, 0.0, SPIN], truth[:3])
    ahead = wind / np.linalg.norm(wind)
    aside = np.cross(ahead, up)
    for thrust in (ahead, aside, ahead + aside, ahead - 0.3 * aside + up):
        state = np.concatenate([truth, 40.0 * thrust])
        covariance = 1e-4 * np.eye(9)
        predict_model(state, covariance, model, 2.0, SETTINGS[0].motion, SETTINGS[0].models)
        assert np.linalg.eigvalsh(covariance[6:, 6:]).min() > 0.9e-4
        if thrust is ahead:
            upward, sideward = up @ covariance[6:, 6:] @ up, aside @ covariance[6:, 6:] @ aside
            assert upward > sideward * (2.0 if model == STEERING else 0.999)


def test_thrust_grows_as_the_air_thins():
    """Drag of half rho v2 over the believed coefficient falls with the air; above it, nothing."""
    models = SETTINGS[0].models
    growth = []
    for height_m in (25e3, 130e3):
        (truth,) = level_flight(np.zeros(1), height_m, 1.2e3)
        up = truth[:3] / np.linalg.norm(truth[:3])
        state = np.concatenate([truth[:3], 1.2e3 * up + np.cross([0, 0, SPIN], truth[:3]), 30 * up])
        predict_model(state, np.zeros((9, 9)), HOLDING, 0.1, SETTINGS[0].motion, models)
        growth.append((state[6:] @ up - 30.0) / 0.1)
    drag = 0.5 * 0.0401 * 1.2e3**2 / models.boost_drag_kg_m2  # US standard atmosphere at 25 km
    wanted = 900.0 / SETTINGS[0].motion.exhaust_speed_m_s
    assert growth[1] == pytest.approx(wanted, rel=0.02)
    expected = drag * (1.2e3 / 7e3 - 2.0 * (30.0 - 9.7) / 1.2e3)
    assert growth[0] - wanted == pytest.approx(expected, rel=0.1)


def test_a_rocket_that_a_radar_saw_first_is_one_track():
    """A slow range rate looks like a cruise missile; the plume of the same second tells better."""
    generator = np.random.default_rng(8)
    times = np.arange(0.0, 31.0)
    place = RADAR_PLACE + np.array([12e3, 250e3, 150e3])
    across = np.cross([0.0, 0.0, 1.0], place - RADAR_PLACE)
    across /= np.linalg.norm(across)
    course = (across if across[0] > 0.0 else -across) + np.array([0.0, 0.0, 0.7])
    truth = fly(
        place, 500.0 * course + np.array([0.0, 465.0, 0.0]), times,
        lambda t: (28.0 + 0.3 * t) * course / np.linalg.norm(course),
    )  # fmt: skip
    tracker = start_tracker(8)
    numbers = set()
    for k, t in enumerate(times):
        looks = [measure(generator, t, 0, RADAR_PLACE, truth[k : k + 1], RADAR, 3e-4, 2.0, 1.0)]
        if k % 2 == 0:
            looks += [
                measure(generator, t, s, eye, truth[k : k + 1], PLUME, INFRARED_ANGLE)
                for s, eye in ((1, WEST), (2, EAST))
            ]
        taken = update(tracker, concatenate(looks), t, SETTINGS)
        assert taken.min() >= 0
        numbers.update(taken.tolist())
    assert numbers == {0}
    slot = slot_of_only(tracker)
    error = tracker.tracks.state[slot, :6] - truth[-1]
    assert error @ np.linalg.solve(tracker.tracks.covariance[slot, :6, :6], error) < 22.5


@pytest.mark.parametrize("thrust_m_s2", [20.0, 90.0, 400.0])
def test_chances_of_a_change_are_chances(thrust_m_s2):
    """What may become of steady thrust adds up to one, whatever has been taken for its size."""
    models = SETTINGS[0].models
    for elapsed_s in (0.5, 12.0):
        leaves = sum(
            chance_of_change(HOLDING, to, elapsed_s, 3, thrust_m_s2, models)
            for to in (STEERING, STAGING)
        )
        assert 0.0 < leaves <= 1.0


def test_a_thrust_that_cannot_have_lasted_leaves_every_model_a_state():
    """Long after its burnout no model of thrust is fed by another: each goes on from its own."""
    slots = start_tracker(1).slots
    models = [HOLDING, STEERING, STAGING]
    slots.whole[BANK, 0] = sum(1 << model for model in models)
    states = slots.bank_state[0, AHEAD_OF_IT]
    states[models, :9] = [RADIUS + 80e3, 0.0, 0.0, 1e3, 3e3, 0.0, 0.0, 900.0, 0.0]
    states[models, PROBABILITY] = 0.5, 0.25, 0.25
    slots.bank_covariance[0, AHEAD_OF_IT, models] = 100.0 * np.eye(9)
    predict_bank(slots, 0, 60.0, SETTINGS[0])
    assert np.isfinite(states[models]).all()
    assert (np.linalg.norm(states[models, :3], axis=1) > RADIUS).all()


def test_climb_is_known_no_better_than_which_way_is_up():
    """A level course a kilometre aside has another vertical: levelling leaves that doubt in."""
    models = SETTINGS[0].models
    motion = SETTINGS[0].motion
    speed = 250.0 + EARTH_ROTATION_RAD_S * RADIUS
    state = np.array([RADIUS, 0.0, 0.0, 0.0, speed, 0.0, 0.0, 0.0, 0.0])
    covariance = np.diag([1e6, 1e6, 1e6, 1.0, 1.0, 1.0, 0.0, 0.0, 0.0])
    predict_model(state, covariance, CRUISING, 20.0, motion, models)
    sigma = np.sqrt(covariance[3, 3])
    assert sigma == pytest.approx(speed * 1e3 / RADIUS, rel=0.2)
    # It is no doubt about the height: the climb goes with the place along the course.
    assert covariance[3, 1] == pytest.approx(-sigma * np.sqrt(covariance[1, 1]), rel=0.2)


def test_drag_of_a_glide_is_known_as_soon_as_its_course_is():
    """Before the course is known lift aside may point along it; two looks later it cannot."""
    times = np.arange(0.0, 4.0, 1.0)
    truth = level_flight(times, 35e3, 3e3, slowing=3.0)
    tracker, _ = follow(truth, times, angle=2e-4)
    slot = slot_of_only(tracker)
    own = tracker.slots.bank_state[slot, 0, GLIDING]
    spread = tracker.slots.bank_covariance[slot, 0, GLIDING, 6:, 6:]
    along = own[3:6] / np.linalg.norm(own[3:6])
    models = SETTINGS[0].models
    assert np.sqrt(along @ spread @ along) < 1.5 * models.glide_drag_sigma_m_s2
    assert np.sqrt(np.linalg.eigvalsh(spread)[-1]) > 0.5 * models.glide_bank_sigma_m_s2


def test_lift_follows_the_velocity_that_a_look_finds():
    """After three looks at a glider its estimated acceleration is that of the speed found."""
    times = np.arange(0.0, 12.0, 1.0)
    truth = level_flight(times, 35e3, 3e3, slowing=3.0)
    tracker, _ = follow(truth, times, angle=2e-4)
    own = tracker.slots.bank_state[slot_of_only(tracker), 0, GLIDING]
    expected = level_acceleration(own[:9].copy(), 1.0 / SETTINGS[0].models.lift_to_drag)
    # Lift at rest would be 1.5 m/s2 more and drag 3 m/s2 less.
    assert np.linalg.norm(own[6:9] - np.array(expected)) < 0.5


def test_paths_in_the_air_grow_less_certain_and_have_no_impact():
    """A cruise track's path goes on level with a growing sigma; its place is that path's."""
    times = np.arange(0.0, 150.0, 5.0)
    truth = level_flight(times, 100.0, 240.0)
    tracker, _ = follow(truth, times)
    slots = np.array([slot_of_only(tracker)])
    paths = predict(tracker.tracks, slots, times[-1], SETTINGS)
    assert paths.phase[0] == CRUISE_PHASE
    assert np.isnan(paths.impact_s[0])
    assert np.isnan(paths.burnout_s[0])
    n = paths.n_points[0]
    assert n > 30
    assert (np.diff(paths.sigma_m[0, :n]) > 0.0).all()
    later = level_flight(np.array([0.0, times[-1] + 100.0]), 100.0, 240.0)[1]
    k = round(100.0 / paths.step_s[0])
    # 15 m/s over 100 s, and the error of the place.
    assert np.linalg.norm(paths.position_eci_m[0, k] - later[:3]) < 3000.0
    place = predict_place(tracker.tracks, int(slots[0]), times[-1], times[-1] + 100.0, SETTINGS)
    assert place is not None
    assert np.linalg.norm(place[0] - paths.position_eci_m[0, k]) < 1.0
    assert paths.lethality[0] > 0.9


def test_nothing_to_see_keeps_a_bank_and_ends_it():
    """A cruise track without looks grows less certain until it is lost."""
    times = np.arange(0.0, 60.0, 5.0)
    tracker, _ = follow(level_flight(times, 100.0, 240.0), times)
    slot = slot_of_only(tracker)
    before = np.trace(tracker.tracks.covariance[slot, :3, :3])
    update(tracker, Measurements.empty(), 160.0, SETTINGS)
    assert np.trace(tracker.tracks.covariance[slot, :3, :3]) > before
    assert np.isfinite(tracker.tracks.state[slot]).all()


@pytest.mark.parametrize(("silent_s", "largest_m"), [(60, 1_500.0), (200, 3_500.0), (400, 7_000.0)])
def test_what_cruises_unseen_flies_on(silent_s, largest_m):
    """Free fall would have come down within seconds, and holds nothing back.

    The error of the last speed, 15 m/s, is what grows; step by step as a run takes them.
    """
    times = np.arange(0.0, 150.0, 5.0)
    tracker, _ = follow(level_flight(times, 100.0, 240.0), times)
    for t in np.arange(5.0, silent_s + 1.0, 5.0):
        update(tracker, Measurements.empty(), times[-1] + t, SETTINGS)
    slot = slot_of_only(tracker)
    assert tracker.tracks.phase[slot] == CRUISE_PHASE
    at_s = tracker.tracks.time_s[slot]
    assert at_s > times[-1] + 0.8 * silent_s
    truth = level_flight(np.append(times, at_s), 100.0, 240.0)
    error_m = np.linalg.norm(tracker.tracks.state[slot, :3] - truth[-1, :3])
    assert error_m < largest_m
    height_m = np.linalg.norm(tracker.tracks.state[slot, :3]) - np.linalg.norm(truth[-1, :3])
    assert abs(height_m) < 1_000.0


def test_unknown_sets_of_models_are_refused():
    """`models` is single or interacting."""
    with pytest.raises(BadInput, match="allowed are single, interacting"):
        build_settings(models="many")
