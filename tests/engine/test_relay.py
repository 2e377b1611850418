"""Measurements arrive when their sensors have reported them."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from opendome.engine.relay import Links, Relay
from opendome.sensing.rows import (
    N_FOUND,
    N_VALUES,
    OBJECT,
    SENSOR,
    TIME_S,
    Sightings,
)
from opendome.tables.cued_looks import CuedLooks


def relay_of(*delays_s: float) -> Relay:
    """Sensors that report measurements, each after its own delay, over links without faults."""
    n = len(delays_s)
    links = Links([f"radar {i}" for i in range(n)], seed=1, replication=0)
    return Relay(np.array(delays_s), links, np.zeros(n, np.bool_))


def sight(time_s: float, sensors: list[int], objects: list[int]) -> Sightings:
    """One row for each sensor given, at one time."""
    rows = Sightings(
        np.zeros((len(sensors), N_FOUND), np.int64), np.zeros((len(sensors), N_VALUES))
    )
    rows.found[:, SENSOR], rows.found[:, OBJECT] = sensors, objects
    rows.values[:, TIME_S] = time_s
    return rows


def test_without_delay_all_passes_at_once() -> None:
    """What is reported at once arrives as it is, in the same order."""
    arrived, rows = relay_of(0.0, 0.0).pass_on(sight(3.0, [1, 0, 1], [5, 6, 7]), 3.0)
    assert arrived.sensor.tolist() == [1, 0, 1] and (arrived.time_s == 3.0).all()
    assert rows.tolist() == [5, 6, 7]


@given(st.lists(st.lists(st.integers(0, 2), max_size=4), min_size=1, max_size=12))
def test_each_measurement_arrives_once_and_on_time(looks: list[list[int]]) -> None:
    """Every row arrives at the first decision after its delay, with its own time and true row."""
    delay_s = [0.0, 1.5, 4.0]
    relay = relay_of(*delay_s)
    sent, got = [], []
    n_rows = 0
    for k in range(len(looks) + 5):
        sensors = looks[k] if k < len(looks) else []
        rows = list(range(n_rows, n_rows + len(sensors)))
        n_rows += len(sensors)
        sent += [(int(r), float(k), s) for r, s in zip(rows, sensors, strict=True)]
        arrived, arrived_rows = relay.pass_on(sight(float(k), sensors, rows), float(k))
        for row, time_s, sensor in zip(arrived_rows, arrived.time_s, arrived.sensor, strict=True):
            got.append((int(row), float(time_s), int(sensor)))
            late_s = k - time_s - delay_s[sensor]
            assert 0.0 <= late_s < 1.0
    assert sorted(got) == sent


def test_looks_at_cues_arrive_with_the_measurements_of_their_sensor() -> None:
    """A look that found nothing is known no sooner than one that found something."""
    relay = relay_of(0.0, 1.5)
    nothing = CuedLooks.empty()
    looks = CuedLooks(
        np.full(3, 2.0), np.array([1, 0, 1]), np.arange(3), np.zeros(3, int), np.ones(3)
    )
    assert relay.pass_on_looks(looks, 2.0).track.tolist() == [1]
    assert relay.pass_on_looks(nothing, 3.0).track.size == 0
    late = relay.pass_on_looks(nothing, 4.0)
    assert late.track.tolist() == [0, 2] and (late.time_s == 2.0).all()


def test_links_delay_and_lose_what_goes_far() -> None:
    """Of two sensors on one bad link the one whose element keeps tracks tells that at once."""
    links = Links(["far", "near"], seed=1, replication=0)
    links.latency_s, links.loss = np.full(2, 3.0), np.full(2, 0.4)
    relay = Relay(np.array([0.0, 1.0]), links, np.array([False, True]))
    came: list[list[tuple[float, float]]] = [[], []]
    for k in range(1000):
        arrived, rows = relay.pass_on(sight(float(k), [0, 1], [0, 1]), float(k))
        for row, time_s in zip(rows.tolist(), arrived.time_s.tolist(), strict=True):
            came[row].append((time_s, k - time_s))
    assert {late_s for _, late_s in came[0]} == {3.0}
    assert 0.55 < len(came[0]) / 1000 < 0.65
    assert [time_s for time_s, late_s in came[1] if late_s == 1.0] == list(range(999))
