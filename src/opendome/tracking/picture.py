"""All that the tracker keeps between decision times, and the form in which its kernels see it.

Kernels take few, wide arrays: each array argument costs compile time in every function on the way
down, and time in every call. The columns of `Tracks` are rows of those arrays.
"""

from __future__ import annotations

import math
from copy import deepcopy
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from opendome.errors import BadInput
from opendome.physics.jit import kernel
from opendome.tables.codes import FREE, PLUME_BAND
from opendome.tables.measurements import Measurements
from opendome.tables.tracks import Tracks
from opendome.tables.truth import Floats, Integers

if TYPE_CHECKING:
    from opendome.tracking.registration import Registration

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
BANK: Final = 8  # bits of the models that the track's bank holds, 0: closed
SETTLED: Final = 9  # looks in a row after which free fall was almost certain
PARENT_TRACK: Final = 10  # number of the track beside which it began, -1: none
_N_WHOLE: Final = 11

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
SURPRISE: Final = 12  # normalised innovations squared, old ones fading
SURPRISE_WEIGHT: Final = 13  # components in them, fading alike
ABSENCE: Final = 14  # log of the chance that looks since the last measurement all missed it
PARTED: Final = 15  # time up to which it was widened for what it may have parted from
_N_REAL: Final = 16

# Columns of each group of bands in `Slots.evidence`; all of them are in `tracking.evidence`.
N_ECHO: Final = 5
N_EVIDENCE: Final = 3 * N_ECHO + 17
PARENT: Final = 3 * N_ECHO + 13  # slot of the neighbour that it came from, -1: none
PARENT_NUMBER: Final = PARENT + 1

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
LOOK_BAND: Final = 17
LOOK_STRENGTH: Final = 18  # cross-section, in infrared irradiance
LOOK_STRENGTH_ERROR: Final = 19  # cross-section at the threshold, in infrared sigma
N_LOOK: Final = 20

# Columns of `Slots.expected`.
RANGE: Final = 0
RATE: Final = 1
RANGE_VARIANCE: Final = 2  # second order
RATE_VARIANCE: Final = 3
HALF_ANGLE: Final = 4  # no measurement further off than this can be in the gate

# Rows of `Slots.brief`: time, position, velocity, and the roots of the sums of their variances.
BRIEF_PLACE: Final = 1  # three
BRIEF_VELOCITY: Final = 4  # three
BRIEF_SIGMA: Final = 7  # infinite where it may not be carried along a straight line
BRIEF_SPEED_SIGMA: Final = 8
N_BRIEF: Final = 9

N_BANK: Final = 8  # models of motion, `models.N_MODELS`

# Rows of `Tracker.counters`.
NEXT_NUMBER: Final = 0  # number that the next track gets
N_PENDING: Final = 1  # rows of `pending` in use
N_REFUSED: Final = 2  # tracks that were not started because all slots were taken


class BankRoom(NamedTuple):
    """Working room for one bank at a time, so that none is made anew for each."""

    state: Floats  # (N_BANK, 10)
    covariance: Floats  # (N_BANK, 9, 9)
    weight: Floats  # (N_BANK,) each
    share: Floats
    thrust: Floats
    fit: Floats
    chance: Floats  # by phase
    mean: Floats  # (9,)
    lower: Floats  # (4, 5)


class Slots(NamedTuple):
    """Tracks as the kernels see them.

    `state` and `covariance` are those of Tracks, and rows of `whole` and `real` are its columns.
    The `ahead` arrays hold copies, predicted to the time of the scan in hand, and what its sensor
    should see of them.
    """

    whole: Integers  # (_N_WHOLE, capacity)
    real: Floats  # (_N_REAL, capacity)
    state: Floats  # (capacity, 9)
    covariance: Floats  # (capacity, 9, 9)
    ahead_state: Floats  # (capacity, 9)
    ahead_covariance: Floats  # (capacity, 9, 9)
    jacobian: Floats  # (capacity, 4, 6)
    spread: Floats  # (capacity, 4, 4)
    expected: Floats  # (capacity, 5)
    evidence: Floats  # (capacity, N_EVIDENCE) what looks have told of the object itself
    brief: Floats  # (N_BRIEF, capacity) of the ahead arrays what every scan asks of every track
    # Banks: kept and ahead, by model; the state's last column is the probability. Untouched
    # pages, and so no memory, until a bank opens.
    bank_state: Floats  # (capacity, 2, N_BANK, 10)
    bank_covariance: Floats  # (capacity, 2, N_BANK, 9, 9)
    bank_room: BankRoom


class Tracker(NamedTuple):
    """The tracker: `tracks` is what others read; the rest is its own."""

    tracks: Tracks
    slots: Slots
    pending: Floats  # (PENDING_CAPACITY, N_LOOK) directions that wait for a crossing line
    counters: Integers  # (3,)
    registration: Registration | None = None  # biases of sensors, where they are estimated

    @property
    def n_refused(self) -> int:
        """Tracks that were not started so far because all slots were taken."""
        return int(self.counters[N_REFUSED])


def _make_bank_room() -> BankRoom:
    weight, share, thrust, fit, chance = np.zeros((5, N_BANK))
    return BankRoom(
        np.zeros((N_BANK, 10)), np.zeros((N_BANK, 9, 9)), weight, share, thrust, fit, chance,
        np.zeros(9), np.zeros((4, 5)),
    )  # fmt: skip


def start_tracker(capacity: int, registration: Registration | None = None) -> Tracker:
    """A tracker without tracks.

    Parameters
    ----------
    capacity : int
        Most tracks alive at once; further ones are not started, and counted in `n_refused`.
    registration : Registration, optional
        From `start_registration`, with the same capacity: biases of sensors are estimated, and
        their looks corrected.

    Raises
    ------
    BadInput
        Capacity below one.
    """
    if capacity < 1:
        raise BadInput(f"tracking.capacity: {capacity} given, must be at least 1")
    whole = np.zeros((_N_WHOLE, capacity), np.int64)
    real = np.zeros((_N_REAL, capacity))
    whole[NUMBER] = -1
    whole[PARENT_TRACK] = -1
    real[:LOG_ODDS] = np.nan
    slots = Slots(
        whole=whole,
        real=real,
        state=np.zeros((capacity, 9)),
        covariance=np.zeros((capacity, 9, 9)),
        ahead_state=np.zeros((capacity, 9)),
        ahead_covariance=np.zeros((capacity, 9, 9)),
        jacobian=np.zeros((capacity, 4, 6)),
        spread=np.zeros((capacity, 4, 4)),
        expected=np.zeros((capacity, 5)),
        evidence=np.zeros((capacity, N_EVIDENCE)),
        brief=np.zeros((N_BRIEF, capacity)),
        bank_state=np.zeros((capacity, 2, N_BANK, 10)),
        bank_covariance=np.zeros((capacity, 2, N_BANK, 9, 9)),
        bank_room=_make_bank_room(),
    )
    tracks = Tracks(
        status=whole[STATUS],
        phase=whole[PHASE],
        number=whole[NUMBER],
        time_s=real[TIME],
        state=slots.state,
        covariance=slots.covariance,
        hits=whole[HITS],
        misses=whole[MISSES],
        first_s=real[FIRST],
        firm_s=real[FIRM_SINCE],
        last_s=real[LAST],
        last_plume_s=real[LAST_PLUME],
        launch_s=real[LAUNCH],
        log_odds=real[LOG_ODDS],
        sensors=whole[SENSORS],
        parent=whole[PARENT_TRACK],
    )
    return Tracker(
        tracks, slots, np.zeros((PENDING_CAPACITY, N_LOOK)), np.zeros(3, np.int64), registration
    )


def copy_tracker(tracker: Tracker) -> Tracker:
    """A tracker that knows the same tracks and goes its own way from here."""
    slots = tracker.slots
    other = start_tracker(tracker.tracks.status.shape[0], deepcopy(tracker.registration))
    other.slots.whole[:], other.slots.real[:] = slots.whole, slots.real
    used = np.flatnonzero(tracker.tracks.status != FREE)
    for name, old, new in zip(Slots._fields[2:-1], slots[2:-1], other.slots[2:-1], strict=True):
        if name != "brief":  # filled anew at each decision
            new[used] = old[used]
    other.pending[:], other.counters[:] = tracker.pending, tracker.counters
    return other


# Order of the looks of one decision time.
_SORT_KEYS: Final = (
    LOOK_TIME, LOOK_SENSOR, LOOK_LINE, LOOK_LINE + 1, LOOK_LINE + 2, LOOK_RANGE, LOOK_RATE,
    LOOK_KIND, LOOK_FEATURE,
)  # fmt: skip
# What may be wrong with a row of measurements.
_NOTHING_WRONG: Final = 0
_WRONG_LINE: Final = 1
_WRONG_RANGE: Final = 2
_UNSORTED: Final = -1  # nothing, but that some stand in another order
_MOST_RUNS: Final = 256


@kernel
def _group_scans(m: Measurements, order: Integers) -> None:
    """Bring an order of rows into that of their scans, by time and sensor; rows of one stay.

    Measurements come as runs of rows of one scan each. Nothing is done where there are too many
    runs to compare each with each.
    """
    n = order.shape[0]
    head = np.empty(_MOST_RUNS, np.int64)
    run_of = np.empty(n, np.int64)
    n_runs = 0
    for i in range(n):
        if i == 0 or m.time_s[i] != m.time_s[i - 1] or m.sensor[i] != m.sensor[i - 1]:
            if n_runs == _MOST_RUNS:
                return
            head[n_runs] = i
            n_runs += 1
        run_of[i] = n_runs - 1
    if n_runs == 1:
        return
    # Place of each run's scan: how many runs come before it.
    place = np.zeros(n_runs, np.int64)
    bound = np.zeros(n_runs + 1, np.int64)
    for a in range(n_runs):
        for b in range(n_runs):
            i = head[b]
            j = head[a]
            if m.time_s[i] < m.time_s[j] or (
                m.time_s[i] == m.time_s[j] and m.sensor[i] < m.sensor[j]
            ):
                place[a] += 1
    for i in range(n):
        bound[place[run_of[i]] + 1] += 1
    for a in range(n_runs):
        bound[a + 1] += bound[a]
    grouped = np.empty(n, np.int64)
    for k in range(n):
        a = place[run_of[order[k]]]
        grouped[bound[a]] = order[k]
        bound[a] += 1
    for k in range(n):
        order[k] = grouped[k]


@kernel
def _are_sorted(looks: Floats) -> bool:
    """Whether looks stand in the order of `_SORT_KEYS`."""
    for i in range(1, looks.shape[0]):
        for key in _SORT_KEYS:
            if looks[i - 1, key] < looks[i, key]:
                break
            if looks[i - 1, key] > looks[i, key]:
                return False
    return True


@kernel
def _fill_looks(m: Measurements, order: Integers, looks: Floats) -> int:
    """Measurements as rows of looks, by scan and else in an order given by row, which is grouped.

    Returns 0, or the number of what is wrong with a row or with their order.
    """
    wrong = _NOTHING_WRONG
    _group_scans(m, order)
    for n in range(looks.shape[0]):
        i = order[n]
        look = looks[n]
        look[LOOK_TIME] = m.time_s[i]
        look[LOOK_SENSOR] = m.sensor[i]
        look[LOOK_KIND] = m.kind[i]
        for k in range(3):
            look[LOOK_PLACE + k] = m.sensor_position_eci_m[i, k]
            look[LOOK_LINE + k] = m.direction_eci[i, k]
        look[LOOK_RANGE] = m.range_m[i]
        look[LOOK_RATE] = m.range_rate_m_s[i]
        look[LOOK_SIGMA] = m.sigma_angle_rad[i]
        look[LOOK_RANGE_SIGMA] = m.sigma_range_m[i]
        look[LOOK_RATE_SIGMA] = m.sigma_range_rate_m_s[i]
        look[LOOK_FEATURE] = m.feature[i]
        look[LOOK_FEATURE_SIGMA] = m.sigma_feature[i]
        look[LOOK_ROW] = -1.0
        look[LOOK_BAND] = m.band[i]
        passive = m.band[i] >= PLUME_BAND
        look[LOOK_STRENGTH] = m.irradiance_w_m2[i] if passive else m.cross_section_m2[i]
        look[LOOK_STRENGTH_ERROR] = (
            m.sigma_irradiance_w_m2[i] if passive else m.least_cross_section_m2[i]
        )
        for k in range(LOOK_RANGE):
            if not abs(look[k]) < np.inf:
                wrong = _WRONG_LINE
        if not 0.0 < look[LOOK_SIGMA] < np.inf:
            wrong = _WRONG_LINE
        for k in range(2):
            if not math.isfinite(look[LOOK_RANGE + k]):
                look[LOOK_RANGE + k] = 0.0
                look[LOOK_RANGE_SIGMA + k] = np.inf
            if not look[LOOK_RANGE_SIGMA + k] > 0.0:
                wrong = _WRONG_RANGE
    if wrong == _NOTHING_WRONG and not _are_sorted(looks):
        wrong = _UNSORTED
    return wrong


def find_scans(looks: Floats) -> Integers:
    """Bounds (n_scans + 1,) of the scans among sorted looks: runs of one time and one sensor."""
    bounds = np.empty(looks.shape[0] + 1, np.int64)
    return bounds[: _find_scans(looks, bounds) + 1]


@kernel
def _find_scans(looks: Floats, bounds: Integers) -> int:
    n = looks.shape[0]
    bounds[0] = 0
    n_scans = 0
    for i in range(1, n + 1):
        if (
            i == n
            or looks[i, LOOK_TIME] != looks[i - 1, LOOK_TIME]
            or looks[i, LOOK_SENSOR] != looks[i - 1, LOOK_SENSOR]
        ):
            n_scans += 1
            bounds[n_scans] = i
    return n_scans


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
    looks = np.empty((measurements.n_rows, N_LOOK))
    # Sensors report their rows in this order, scan by scan.
    order = np.arange(measurements.n_rows)
    wrong = _fill_looks(measurements, order, looks)
    if wrong == _WRONG_LINE:
        raise BadInput(
            "measurements: time, sensor position, direction and angular error must be finite, "
            "and the error above zero, in every row"
        )
    if wrong == _WRONG_RANGE:
        raise BadInput("measurements: errors of range and range rate must be above zero")
    if wrong == _UNSORTED:
        again = np.lexsort([looks[:, key] for key in reversed(_SORT_KEYS)])
        looks, order = looks[again], order[again]
    return looks, order
