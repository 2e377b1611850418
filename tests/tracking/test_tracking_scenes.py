"""Whole scenes: tracks begin, stay on their objects, tell honestly how well they know, and end."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import chi2
from tracking_scenes import (
    COLD,
    EAST,
    INFRARED_ANGLE,
    PLUME,
    RADAR_PLACE,
    SOUTH,
    WEST,
    fly,
    measure,
)

from opendome.errors import BadInput
from opendome.tables.codes import BALLISTIC_PHASE, BOOST_PHASE, FIRM, FREE, TENTATIVE
from opendome.tables.measurements import Measurements, concatenate, select
from opendome.tracking import build_settings, start_tracker, update

pytestmark = pytest.mark.kernels
SETTINGS = build_settings()
POSITION = np.array([6978e3, -900e3, 800e3])
VELOCITY = np.array([500.0, 3500.0, -4500.0])
NOTHING = Measurements.empty()


def slot_of(tracker, number):
    (slot,) = np.flatnonzero(tracker.tracks.number == number)
    return slot


def fly_raid(generator, n, times, apart_m=150e3, speed_m_s=200.0):
    """True states (n_objects, n_times, 6) of objects scattered about one trajectory."""
    return np.array([
        fly(
            POSITION + generator.normal(size=3) * apart_m,
            VELOCITY + generator.normal(size=3) * speed_m_s,
            times,
        )
        for _ in range(n)
    ])  # fmt: skip


def no_nan(tracker):
    tracks = tracker.tracks
    alive = tracks.status != FREE
    return np.isfinite(tracks.state).all() and np.isfinite(tracks.covariance[alive]).all()


def test_errors_are_as_large_as_the_covariance_says():
    """Normalised error squared of 24 objects stays in its chi-square band, and errors shrink."""
    generator = np.random.default_rng(2)
    times = np.arange(0.0, 60.0, 5.0)
    raid = fly_raid(generator, 24, times)
    tracker = start_tracker(32)
    medians = []
    for k, t in enumerate(times):
        taken = update(tracker, measure(generator, t, 0, RADAR_PLACE, raid[:, k]), t, SETTINGS)
        slots = [slot_of(tracker, number) for number in taken]
        error = tracker.tracks.state[slots, :6] - raid[:, k]
        covariance = tracker.tracks.covariance[slots][:, :6, :6]
        whitened = np.linalg.solve(covariance, error[:, :, None])[:, :, 0]
        total = (whitened * error).sum()
        if k >= 2:  # before, the velocity prior speaks, which the scene does not draw from
            low, high = chi2.ppf([1e-3, 1 - 1e-3], 6 * len(slots))
            assert low < total < high
        medians.append(np.median(np.linalg.norm(error[:, :3], axis=1)))
        assert no_nan(tracker)
    assert (tracker.tracks.status == FIRM).sum() == 24
    # One look across 1,200 km is 1,200 m per axis; twelve with a known law of motion average.
    assert medians[-1] < 0.6 * medians[0]


def test_order_of_rows_changes_nothing():
    """Any permutation of the rows gives bit-equal tracks, numbers included."""
    generator = np.random.default_rng(3)
    times = np.arange(0.0, 20.0, 5.0)
    raid = fly_raid(generator, 5, times, apart_m=20e3)
    straight, shuffled = start_tracker(32), start_tracker(32)
    for k, t in enumerate(times):
        table = concatenate([
            measure(generator, t, 0, RADAR_PLACE, raid[:, k]),
            measure(generator, t, 1, WEST, raid[:, k], COLD, INFRARED_ANGLE),
            measure(generator, t, 2, EAST, raid[:, k], COLD, INFRARED_ANGLE),
        ])  # fmt: skip
        order = generator.permutation(table.n_rows)
        taken = update(straight, table, t, SETTINGS)
        assert np.array_equal(update(shuffled, select(table, order), t, SETTINGS), taken[order])
        for ours, theirs in zip(straight.tracks, shuffled.tracks, strict=True):
            assert np.array_equal(ours, theirs, equal_nan=True)
    assert (straight.tracks.status == FIRM).sum() == 5


def test_tracks_stay_on_their_objects_when_these_cross():
    """Two objects that pass within a resolution cell of each other keep their numbers."""
    generator = np.random.default_rng(4)
    times = np.arange(0.0, 60.0, 3.0)
    middle = fly(POSITION, VELOCITY, times)
    offset = np.array([0.0, 0.0, 400.0])[None, :] * (times - 30.0)[:, None]
    raid = np.array([middle, middle])
    raid[0, :, :3] += offset
    raid[0, :, 5] += 400.0
    raid[1, :, :3] -= offset
    raid[1, :, 5] -= 400.0
    tracker = start_tracker(8)
    numbers = [
        update(tracker, measure(generator, t, 0, RADAR_PLACE, raid[:, k]), t, SETTINGS)
        for k, t in enumerate(times)
    ]
    assert set(numbers[5]) == {0, 1}
    assert np.array_equal(numbers[5], numbers[-1])


def test_a_deployed_object_starts_with_its_parents_velocity():
    """What appears 3 km from a known track is firm and good to tens of metres a second at once."""
    generator = np.random.default_rng(5)
    times = np.arange(0.0, 60.0, 5.0)
    parent = fly(POSITION, VELOCITY, times)
    child = parent.copy()
    child[:, :3] += np.array([0.0, 2e3, 2e3]) + np.outer(times, [0.0, 1.0, 2.0])
    child[:, 3:] += [0.0, 1.0, 2.0]
    tracker = start_tracker(8)
    for k, t in enumerate(times):
        both = np.array([parent[k], child[k]]) if t >= 40.0 else parent[k : k + 1]
        taken = update(tracker, measure(generator, t, 0, RADAR_PLACE, both), t, SETTINGS)
        if t == 40.0:
            slot = slot_of(tracker, taken[1])
            # The parent's error and 70 m/s per axis.
            assert np.linalg.norm(tracker.tracks.state[slot, 3:6] - child[k, 3:]) < 200.0
    assert list(taken) == [0, 1]
    assert (tracker.tracks.status == FIRM).sum() == 2


def boosting(times, burn_s):
    """A missile that rises from rest at 25 m/s2 net, pitching over, until it burns out."""
    start = np.array([6378e3 + 10e3, 0.0, 0.0])

    def thrust(t):
        tilt = np.deg2rad(min(0.6 * t, 60.0))
        size = 25.0 / (1.0 - min(t, 100.0) / 150.0)
        return (t < burn_s) * size * np.array([np.cos(tilt), 0.0, np.sin(tilt)])

    return fly(start, np.array([400.0, 465.0, 0.0]), times, thrust)


def test_two_satellites_start_a_boost_track_that_burns_out():
    """Triangulated at once, firm at the third look, ballistic after the plume has gone."""
    generator = np.random.default_rng(6)
    times = np.arange(0.0, 76.0, 2.0)
    burn_s = 50.0
    truth = boosting(times, burn_s)
    tracker = start_tracker(8)
    tracks = tracker.tracks
    for k, t in enumerate(times):
        table = NOTHING
        if t < burn_s:
            table = concatenate([
                measure(generator, t, sensor, place, truth[k : k + 1], PLUME, INFRARED_ANGLE)
                for sensor, place in enumerate((WEST, EAST))
            ])  # fmt: skip
        taken = update(tracker, table, t, SETTINGS)
        if t < burn_s:
            assert set(taken) == {0}
        if t == 4.0:
            assert tracks.status[0] == FIRM
            # Launch from rest to 10 km at this climb is 2 h / w = 50 s before first sight; the
            # believed factor differs by 15 %, the early climb rate by as much again.
            assert -80.0 < tracks.launch_s[0] < -20.0
        if 10.0 <= t < burn_s:
            assert tracks.phase[0] == BOOST_PHASE
            error = tracks.state[0] - np.concatenate([truth[k], np.zeros(3)])
            # 50 urad over 2,900 km is 150 m from each side.
            assert np.linalg.norm(error[:3]) < 500.0
            assert np.linalg.norm(error[3:6]) < 200.0
            assert np.linalg.norm(tracks.state[0, 6:]) > 15.0
            assert tracks.log_odds[0] == SETTINGS[0].beliefs.boost_log_odds
    assert tracks.phase[0] == BALLISTIC_PHASE
    # It may follow the spent stage as well as what that carried.
    assert tracks.log_odds[0] == SETTINGS[0].beliefs.prior_log_odds
    assert not tracks.state[0, 6:].any()
    assert not tracks.covariance[0, 6:].any()
    k = int(np.flatnonzero(times == tracks.time_s[0])[0])
    error = tracks.state[0, :6] - truth[k]
    distance = error @ np.linalg.solve(tracks.covariance[0, :6, :6], error)
    assert distance < chi2.ppf(0.999, 6)
    assert no_nan(tracker)


def test_lines_that_cross_by_chance_do_not_become_firm():
    """Six launches at once seen by three satellites make six firm tracks and no ghost."""
    generator = np.random.default_rng(7)
    times = np.arange(0.0, 40.0, 2.0)
    one = boosting(times, 100.0)
    shift = generator.uniform(-1.0, 1.0, (6, 3)) * np.array([0.0, 60e3, 60e3])
    tracker = start_tracker(64)
    for k, t in enumerate(times):
        states = one[k] + np.hstack([shift, np.zeros((6, 3))])
        table = concatenate([
            measure(generator, t, sensor, place, states, PLUME, INFRARED_ANGLE)
            for sensor, place in enumerate((WEST, EAST, SOUTH))
        ])  # fmt: skip
        taken = update(tracker, table, t, SETTINGS).reshape(3, 6)
    assert (tracker.tracks.status == FIRM).sum() == 6
    assert np.array_equal(taken[0], taken[1])
    assert np.array_equal(taken[0], taken[2])


def test_one_satellite_starts_a_track_at_the_cloud_tops():
    """A plume that one satellite keeps seeing gets a track with a long error along its line."""
    generator = np.random.default_rng(8)
    times = np.arange(0.0, 8.0, 2.0)
    truth = boosting(times, 100.0)
    tracker = start_tracker(8)
    for k, t in enumerate(times):
        table = measure(generator, t, 0, WEST, truth[k : k + 1], PLUME, INFRARED_ANGLE)
        taken = update(tracker, table, t, SETTINGS)
        assert (taken[0] >= 0) == (t >= SETTINGS[0].initiation.single_view_wait_s)
    error = tracker.tracks.state[0, :3] - truth[-1, :3]
    covariance = tracker.tracks.covariance[0, :3, :3]
    assert error @ np.linalg.solve(covariance, error) < chi2.ppf(0.999, 3)
    assert np.sqrt(np.linalg.eigvalsh(covariance)[-1]) > 3e3


def test_two_satellites_find_a_cold_body():
    """Directions alone, over half a minute, give speed to a few metres a second."""
    generator = np.random.default_rng(9)
    times = np.arange(0.0, 40.0, 2.0)
    truth = fly(POSITION, VELOCITY, times)
    tracker = start_tracker(8)
    for k, t in enumerate(times):
        table = concatenate([
            measure(generator, t, sensor, place, truth[k : k + 1], COLD, INFRARED_ANGLE)
            for sensor, place in enumerate((WEST, EAST))
        ])  # fmt: skip
        taken = update(tracker, table, t, SETTINGS)
    assert set(taken) == {0}
    assert tracker.tracks.phase[0] == BALLISTIC_PHASE
    # 150 m over 40 s with 20 looks: 150 sqrt(12 / 20) / 40, three sigma on three axes.
    assert np.linalg.norm(tracker.tracks.state[0, 3:6] - truth[-1, 3:]) < 15.0


def test_tentative_tracks_without_looks_end_and_their_numbers_are_not_used_again():
    """A false alarm is gone after the coast time; the next track has the next number."""
    generator = np.random.default_rng(10)
    state = fly(POSITION, VELOCITY, [0.0, 1.0])[:1]
    tracker = start_tracker(4)
    table = measure(generator, 0.0, 0, RADAR_PLACE, state)
    assert list(update(tracker, table, 0.0, SETTINGS)) == [0]
    assert tracker.tracks.status[0] == TENTATIVE
    coast = SETTINGS[0].life.tentative_coast_s + SETTINGS[0].life.lateness_s
    update(tracker, NOTHING, coast, SETTINGS)
    assert tracker.tracks.status[0] == TENTATIVE
    update(tracker, NOTHING, coast + 1.0, SETTINGS)
    assert not tracker.tracks.status.any()
    later = measure(generator, coast + 2.0, 0, RADAR_PLACE, state)
    assert list(update(tracker, later, coast + 2.0, SETTINGS)) == [1]


def test_firm_tracks_coast_and_end_on_the_ground():
    """A firm ballistic track lives without looks until it has come down."""
    generator = np.random.default_rng(11)
    times = np.arange(0.0, 30.0, 5.0)
    state = np.array([6378e3 + 300e3, 600e3, 500e3]), np.array([-1500.0, 2000.0, 1000.0])
    truth = fly(*state, times)
    tracker = start_tracker(4)
    for k, t in enumerate(times):
        update(tracker, measure(generator, t, 0, RADAR_PLACE, truth[k : k + 1]), t, SETTINGS)
    update(tracker, NOTHING, 100.0, SETTINGS)
    assert tracker.tracks.status[0] == FIRM
    assert tracker.tracks.misses[0] == 7  # 75 s since the last look, one expected every 10 s
    assert tracker.tracks.time_s[0] == 100.0 - SETTINGS[0].life.lag_s
    for t in np.arange(130.0, 700.0, 30.0):
        update(tracker, NOTHING, t, SETTINGS)
    assert not tracker.tracks.status.any()


def test_late_measurements_are_taken_at_their_own_time():
    """Every second look comes 5 s late and out of order; errors stay honest."""
    generator = np.random.default_rng(12)
    times = np.arange(0.0, 60.0, 5.0)
    truth = fly(POSITION, VELOCITY, times)
    tracker = start_tracker(4)
    looks = [
        measure(generator, t, k % 2, RADAR_PLACE, truth[k : k + 1]) for k, t in enumerate(times)
    ]
    for k in range(0, len(times) - 1, 2):  # the later look of each pair arrives first
        update(tracker, looks[k + 1], times[k + 1], SETTINGS)
        assert set(update(tracker, looks[k], times[k + 1], SETTINGS)) == {0}
    state = fly(truth[0, :3], truth[0, 3:], [0.0, tracker.tracks.time_s[0]])[-1]
    error = tracker.tracks.state[0, :6] - state
    distance = error @ np.linalg.solve(tracker.tracks.covariance[0, :6, :6], error)
    assert distance < chi2.ppf(0.999, 6)


@pytest.mark.parametrize(("lateness_s", "is_firm"), [(1e-3, False), (11.0, True)])
def test_tracks_of_a_late_sensor_become_firm(lateness_s, is_firm):
    """A look every 12 s, told of 10 s later, where patience counts the way that it takes."""
    generator = np.random.default_rng(1)
    truth = fly(POSITION, VELOCITY, np.arange(0.0, 130.0))
    settings = build_settings(lateness_s=lateness_s)
    tracker = start_tracker(8)
    for t in range(120):
        seen = t - 10 >= 0 and (t - 10) % 12 == 0
        table = NOTHING
        if seen:
            table = measure(generator, t - 10.0, 0, RADAR_PLACE, truth[t - 10 : t - 9])
        update(tracker, table, float(t), settings)
    assert (tracker.tracks.status == FIRM).any() == is_firm


@pytest.mark.parametrize(("step_s", "delay_s"), [(5, 0), (5, 1), (1, 3)])
def test_lines_that_cross_late_start_a_track(step_s, delay_s):
    """Two satellites that look five seconds apart, whenever they report."""
    generator = np.random.default_rng(1)
    truth = fly(POSITION, VELOCITY, np.arange(0.0, 60.0))
    settings = build_settings(lateness_s=float(step_s + delay_s))
    tracker = start_tracker(4)
    waiting = [
        (t, measure(generator, t, sensor, place, truth[t : t + 1], kind=COLD, angle=INFRARED_ANGLE))
        for t, sensor, place in ((10, 0, WEST), (15, 1, EAST))
    ]
    for now in range(0, 40, step_s):
        arrived = [table for t, table in waiting if t + delay_s <= now]
        waiting = waiting[len(arrived) :]
        update(tracker, concatenate(arrived) if arrived else NOTHING, float(now), settings)
    assert tracker.tracks.status[0] == TENTATIVE


def test_two_tracks_of_one_object_become_one():
    """Sensors that each fed a track of their own end with one, which keeps the first look."""
    generator = np.random.default_rng(13)
    times = np.arange(0.0, 60.0, 5.0)
    truth = fly(POSITION, VELOCITY, times)
    tracker = start_tracker(4)
    for k, t in enumerate(times):
        update(tracker, measure(generator, t, 0, RADAR_PLACE, truth[k : k + 1]), t, SETTINGS)
    tracks = tracker.tracks
    for column in (*tracks, tracker.slots.whole.T, tracker.slots.real.T):
        column[1] = column[0]
    tracks.number[1] = 7
    tracks.covariance[1] *= 1.5
    tracks.first_s[1] = -3.0
    tracker.slots.whole[7, 1] = 1  # its last look was by another sensor
    tracks.state[1, :3] += 20.0
    update(tracker, NOTHING, times[-1], SETTINGS)
    assert list(tracks.status) == [FIRM, FREE, FREE, FREE]
    assert tracks.first_s[0] == -3.0


def test_tracks_that_one_sensor_tells_apart_stay_two():
    """Objects 60 m apart, far inside the errors, seen as two at every look, remain two tracks."""
    generator = np.random.default_rng(14)
    times = np.arange(0.0, 60.0, 5.0)
    truth = fly(POSITION, VELOCITY, times)
    twins = np.repeat(truth[None], 2, axis=0)
    twins[1, :, :3] += 60.0
    tracker = start_tracker(8)
    for k, t in enumerate(times):
        taken = update(tracker, measure(generator, t, 0, RADAR_PLACE, twins[:, k]), t, SETTINGS)
        assert len(set(taken)) == 2
    assert (tracker.tracks.status == FIRM).sum() == 2


def test_full_slots_refuse_new_tracks_and_count_them():
    """Where no slot is free, a measurement starts nothing."""
    generator = np.random.default_rng(15)
    raid = fly_raid(generator, 3, [0.0, 1.0])[:, 0]
    tracker = start_tracker(2)
    taken = update(tracker, measure(generator, 0.0, 0, RADAR_PLACE, raid), 0.0, SETTINGS)
    assert sorted(taken) == [-1, 0, 1]
    assert tracker.n_refused == 1


@pytest.mark.parametrize(
    ("column", "value"),
    [("time_s", np.nan), ("sigma_angle_rad", 0.0), ("sigma_angle_rad", np.nan),
     ("direction_eci", np.inf), ("sigma_range_m", -1.0)],
)  # fmt: skip
def test_measurements_that_cannot_be_used_are_refused(column, value):
    """Nothing that is not a number gets into a track."""
    table = measure(np.random.default_rng(0), 0.0, 0, RADAR_PLACE, fly(POSITION, VELOCITY, [0, 1]))
    getattr(table, column)[0] = value
    tracker = start_tracker(2)
    with pytest.raises(BadInput, match="measurements"):
        update(tracker, table, 0.0, SETTINGS)
    assert not tracker.tracks.status.any()


def test_a_tracker_needs_a_slot():
    """Capacity below one is refused."""
    with pytest.raises(BadInput, match="capacity"):
        start_tracker(0)
