"""All that the tracker keeps between decision times, and the form in which its kernels see it.

Kernels take few, wide arrays: each array argument costs compile time in every function on the way
down. Columns of `Tracks` and `Measurements` are gathered into them once per decision time.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from opendome.errors import BadInput
from opendome.tables.measurements import Measurements
from opendome.tables.tracks import Tracks
from opendome.tables.truth import Floats, Integers

# Unassigned directions kept; the oldest give way. Sixty satellites with eight each (assumption).
PENDING_CAPACITY: Final = 512

# Rows of `Slots.whole`: the whole-number columns of Tracks, then what only the tracker remembers.
STATUS: Final = 0
PHASE: Final = 1
NUMBER: Final = 2
HITS: Final = 3
MISSES: Final = 4
SENSORS: Final = 5
LOOKS: Final = 6  # distinct times at which the object was measured
LAST_SENSOR: Final = 7  # sensor of the last measurement
_WHOLE_COLUMNS: Final = ("status", "phase", "number", "hits", "misses", "sensors")

# Rows of `Slots.real`, in the same way.
TIME: Final = 0
FIRST: Final = 1
FIRM_SINCE: Final = 2
LAST: Final = 3
LAST_PLUME: Final = 4
LAUNCH: Final = 5
LOG_ODDS: Final = 6
PLUME_INTERVAL: Final = 7  # seconds between the last two times a plume was seen
FEATURE: Final = 8  # estimate of the object's discrimination feature
INFORMATION: Final = 9  # inverse variance of that estimate; 0 before the first look
AHEAD: Final = 10  # time of `ahead_state`
FEATURE_TIME: Final = 11  # time of the last look that took a feature in
_REAL_COLUMNS: Final = (
    "time_s", "first_s", "firm_s", "last_s", "last_plume_s", "launch_s", "log_odds",
)  # fmt: skip

# Columns of a look: one measurement as one row. Passive ones have infinite sigmas of range and
# range rate.
LOOK_TIME: Final = 0
LOOK_SENSOR: Final = 1
LOOK_KIND: Final = 2
LOOK_PLACE: Final = 3  # three columns, sensor position, eci
LOOK_LINE: Final = 6  # three columns, unit line of sight, eci
LOOK_RANGE: Final = 9
LOOK_RATE: Final = 10
LOOK_SIGMA: Final = 11  # angle
LOOK_RANGE_SIGMA: Final = 12
LOOK_RATE_SIGMA: Final = 13
LOOK_FEATURE: Final = 14
LOOK_FEATURE_SIGMA: Final = 15
LOOK_ROW: Final = 16  # in the buffer: row among the present looks, -1: of an earlier time
N_LOOK: Final = 17

# Columns of `Slots.expected`.
RANGE: Final = 0
RATE: Final = 1
RANGE_VARIANCE: Final = 2  # second order
RATE_VARIANCE: Final = 3
HALF_ANGLE: Final = 4  # no measurement further off than this can be in the gate

# Rows of `Tracker.counters`.
NEXT_NUMBER: Final = 0  # number that the next track gets
N_PENDING: Final = 1  # rows of `pending` in use
N_REFUSED: Final = 2  # tracks that were not started because all slots were taken


class Slots(NamedTuple):
    """Tracks as the kernels see them.

    `state` and `covariance` are those of Tracks. The `ahead` arrays hold copies, predicted to the
    time of the scan in hand, and what its sensor should see of them.
    """

    whole: Integers  # (8, capacity)
    real: Floats  # (12, capacity)
    state: Floats  # (capacity, 9)
    covariance: Floats  # (capacity, 9, 9)
    ahead_state: Floats  # (capacity, 9)
    ahead_covariance: Floats  # (capacity, 9, 9)
    jacobian: Floats  # (capacity, 4, 6)
    spread: Floats  # (capacity, 4, 4)
    expected: Floats  # (capacity, 5)


class Tracker(NamedTuple):
    """The tracker: `tracks` is what others read; the rest is its own."""

    tracks: Tracks
    slots: Slots
    pending: Floats  # (PENDING_CAPACITY, N_LOOK) directions that wait for a crossing line
    counters: Integers  # (3,)

    @property
    def n_refused(self) -> int:
        """Tracks that were not started so far because all slots were taken."""
        return int(self.counters[N_REFUSED])


def start_tracker(capacity: int) -> Tracker:
    """A tracker without tracks.

    Parameters
    ----------
    capacity : int
        Most tracks alive at once; further ones are not started, and counted in `n_refused`.

    Raises
    ------
    BadInput
        Capacity below one.
    """
    if capacity < 1:
        raise BadInput(f"tracking.capacity: {capacity} given, must be at least 1")
    tracks = Tracks.empty(capacity)
    slots = Slots(
        whole=np.zeros((8, capacity), np.int64),
        real=np.zeros((12, capacity)),
        state=tracks.state,
        covariance=tracks.covariance,
        ahead_state=np.zeros((capacity, 9)),
        ahead_covariance=np.zeros((capacity, 9, 9)),
        jacobian=np.zeros((capacity, 4, 6)),
        spread=np.zeros((capacity, 4, 4)),
        expected=np.zeros((capacity, 5)),
    )
    return Tracker(tracks, slots, np.zeros((PENDING_CAPACITY, N_LOOK)), np.zeros(3, np.int64))


def load_slots(tracker: Tracker) -> None:
    """Copy the columns of `tracks` into the kernels' form."""
    tracks, slots = tracker.tracks, tracker.slots
    for row, name in enumerate(_WHOLE_COLUMNS):
        slots.whole[row] = getattr(tracks, name)
    for row, name in enumerate(_REAL_COLUMNS):
        slots.real[row] = getattr(tracks, name)


def store_slots(tracker: Tracker) -> None:
    """Copy the kernels' form back into the columns of `tracks`."""
    tracks, slots = tracker.tracks, tracker.slots
    for row, name in enumerate(_WHOLE_COLUMNS):
        getattr(tracks, name)[:] = slots.whole[row]
    for row, name in enumerate(_REAL_COLUMNS):
        getattr(tracks, name)[:] = slots.real[row]


def sort_looks(measurements: Measurements) -> tuple[Floats, Integers]:
    """Measurements as rows of looks, in an order that does not depend on the order given.

    Returns
    -------
    looks : (n, N_LOOK) float64
        Sorted by time, sensor, line of sight (x first), then everything else.
    order : (n,) int64
        Row of each look in `measurements`.

    Raises
    ------
    BadInput
        A time, sensor position, direction or angular error is not finite, or an error is not
        above zero.
    """
    m = measurements
    looks = np.empty((m.n_rows, N_LOOK))
    looks[:, LOOK_TIME] = m.time_s
    looks[:, LOOK_SENSOR] = m.sensor
    looks[:, LOOK_KIND] = m.kind
    looks[:, LOOK_PLACE : LOOK_PLACE + 3] = m.sensor_position_eci_m
    looks[:, LOOK_LINE : LOOK_LINE + 3] = m.direction_eci
    looks[:, LOOK_RANGE] = m.range_m
    looks[:, LOOK_RATE] = m.range_rate_m_s
    looks[:, LOOK_SIGMA] = m.sigma_angle_rad
    looks[:, LOOK_RANGE_SIGMA] = m.sigma_range_m
    looks[:, LOOK_RATE_SIGMA] = m.sigma_range_rate_m_s
    looks[:, LOOK_FEATURE] = m.feature
    looks[:, LOOK_FEATURE_SIGMA] = m.sigma_feature
    looks[:, LOOK_ROW] = -1.0
    if not (np.isfinite(looks[:, :LOOK_RANGE]).all() and _is_above_zero(m.sigma_angle_rad)):
        raise BadInput(
            "measurements: time, sensor position, direction and angular error must be finite, "
            "and the error above zero, in every row"
        )
    for value, sigma in ((LOOK_RANGE, LOOK_RANGE_SIGMA), (LOOK_RATE, LOOK_RATE_SIGMA)):
        missing = ~np.isfinite(looks[:, value])
        if missing.any():
            looks[missing, value] = 0.0
            looks[missing, sigma] = np.inf
        if not (looks[:, sigma] > 0.0).all():
            raise BadInput("measurements: errors of range and range rate must be above zero")
    keys = (
        LOOK_FEATURE, LOOK_KIND, LOOK_RATE, LOOK_RANGE, LOOK_LINE + 2, LOOK_LINE + 1, LOOK_LINE,
        LOOK_SENSOR, LOOK_TIME,
    )  # fmt: skip
    order = np.lexsort([looks[:, key] for key in keys])
    return looks[order], order


def find_scans(looks: Floats) -> Integers:
    """Bounds (n_scans + 1,) of the scans among sorted looks: runs of one time and one sensor."""
    head = looks[:, LOOK_TIME : LOOK_SENSOR + 1]
    starts = np.flatnonzero((head[1:] != head[:-1]).any(axis=1)) + 1
    n = looks.shape[0]
    return np.concatenate([[0], starts, [n]]) if n else np.zeros(1, np.int64)


def _is_above_zero(values: Floats) -> bool:
    return bool(((values > 0.0) & (values < np.inf)).all())
