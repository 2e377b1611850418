"""The defence's picture: track slots as arrays, filled and emptied in place by the tracker."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from opendome.physics.jit import kernel
from opendome.physics.sorting import sort_run
from opendome.tables.codes import FREE
from opendome.tables.truth import Floats, Integers


class Tracks(NamedTuple):
    """Track slots. A slot is alive where `status` is TENTATIVE or FIRM.

    The state is position, velocity and the non-gravitational acceleration; in ballistic flight
    the last three states and their covariance are zero.
    """

    status: Integers  # (capacity,) codes.FREE, TENTATIVE, FIRM
    phase: Integers  # (capacity,) codes.BOOST_PHASE, BALLISTIC_PHASE, GLIDE_PHASE, CRUISE_PHASE
    number: Integers  # (capacity,) track number, never used again; -1 where free
    time_s: Floats  # (capacity,) time of the state
    state: Floats  # (capacity, 9) ECI, m, m/s, m/s2
    covariance: Floats  # (capacity, 9, 9)
    hits: Integers  # (capacity,) measurements taken in
    misses: Integers  # (capacity,) looks in a row that should have seen it and did not
    first_s: Floats  # (capacity,) first measurement
    firm_s: Floats  # (capacity,) when it became firm, NaN before
    last_s: Floats  # (capacity,) last measurement
    last_plume_s: Floats  # (capacity,) last measurement of something burning, NaN if none
    launch_s: Floats  # (capacity,) estimated launch time, NaN if never seen in boost
    log_odds: Floats  # (capacity,) log odds that the object is lethal
    sensors: Integers  # (capacity,) bit set of sensors used, by index modulo 62
    parent: Integers  # (capacity,) number of the track beside which it began, -1: none

    @staticmethod
    def empty(capacity: int) -> Tracks:
        """`capacity` free slots."""
        zero = np.zeros(capacity, np.int64)
        nan = np.full(capacity, np.nan)
        return Tracks(
            status=zero.copy(),
            phase=zero.copy(),
            number=np.full(capacity, -1, np.int64),
            time_s=nan.copy(),
            state=np.zeros((capacity, 9)),
            covariance=np.zeros((capacity, 9, 9)),
            hits=zero.copy(),
            misses=zero.copy(),
            first_s=nan.copy(),
            firm_s=nan.copy(),
            last_s=nan.copy(),
            last_plume_s=nan.copy(),
            launch_s=nan.copy(),
            log_odds=np.zeros(capacity),
            sensors=zero.copy(),
            parent=np.full(capacity, -1, np.int64),
        )


def find_slots(tracks: Tracks, numbers: Integers) -> Integers:
    """Slot of each track number, -1 where there is no such live track."""
    slots = np.empty(numbers.shape[0], np.int64)
    _find_slots(tracks.status, tracks.number, numbers, slots)
    return slots


@kernel
def _find_slots(status: Integers, number: Integers, numbers: Integers, slots: Integers) -> None:
    order, scratch = np.empty(status.shape[0], np.int64), np.empty(status.shape[0], np.int64)
    known = np.empty((status.shape[0], 1))
    n = 0
    for i in range(status.shape[0]):
        if status[i] != FREE:
            known[i, 0] = number[i]
            order[n] = i
            n += 1
    sort_run(known, order, scratch, 0, n)
    for k in range(numbers.shape[0]):
        slots[k] = -1
        low, high = 0, n
        while low < high:
            middle = (low + high) // 2
            if number[order[middle]] < numbers[k]:
                low = middle + 1
            else:
                high = middle
        if low < n and number[order[low]] == numbers[k]:
            slots[k] = order[low]


class Predictions(NamedTuple):
    """Where firm tracks are going, for threat evaluation and planning; one row per track given."""

    slot: Integers  # (n,) row in Tracks
    number: Integers  # (n,) track number
    phase: Integers  # (n,)
    lethality: Floats  # (n,) probability that the object is lethal
    start_s: Floats  # (n,) time of the first path point
    step_s: Floats  # (n,) spacing of path points
    n_points: Integers  # (n,) path points in use
    position_eci_m: Floats  # (n, max_points, 3)
    velocity_eci_m_s: Floats  # (n, max_points, 3)
    sigma_m: Floats  # (n, max_points) largest axis of the position error; anything in boost
    impact_s: Floats  # (n,) NaN: no impact within the horizon
    impact_latitude_rad: Floats  # (n,)
    impact_longitude_rad: Floats  # (n,)
    impact_sigma_m: Floats  # (n,) largest one-sigma axis on the ground
    burnout_s: Floats  # (n,) estimated end of thrust; NaN in ballistic flight
    burnout_sigma_s: Floats  # (n,)

    @staticmethod
    def unfilled(slots: Integers, max_points: int) -> Predictions:
        """Rows for the given slots, with nothing else written yet."""
        n = slots.shape[0]
        whole, real = np.empty((3, n), np.int64), np.empty((9, n))
        return Predictions(
            slot=slots,
            number=whole[0],
            phase=whole[1],
            lethality=real[0],
            start_s=real[1],
            step_s=real[2],
            n_points=whole[2],
            position_eci_m=np.empty((n, max_points, 3)),
            velocity_eci_m_s=np.empty((n, max_points, 3)),
            sigma_m=np.empty((n, max_points)),
            impact_s=real[3],
            impact_latitude_rad=real[4],
            impact_longitude_rad=real[5],
            impact_sigma_m=real[6],
            burnout_s=real[7],
            burnout_sigma_s=real[8],
        )
