"""Starts tracks: from one radar hit, from two lines of sight, from one line and the cloud tops."""

from __future__ import annotations

import math

import numpy as np

from opendome.physics.constants import EARTH_MEAN_RADIUS_M, EARTH_ROTATION_RAD_S
from opendome.physics.jit import kernel
from opendome.tables.codes import BALLISTIC_PHASE, BOOST_PHASE, FIRM, FREE, PLUME, TENTATIVE
from opendome.tables.truth import Floats, Integers
from opendome.tracking.measurement_model import predict_measurement
from opendome.tracking.picture import (
    ABSENCE,
    AHEAD,
    BANK,
    FEATURE,
    FIRM_SINCE,
    FIRST,
    HITS,
    INFORMATION,
    LAST,
    LAST_PLUME,
    LAST_SENSOR,
    LAUNCH,
    LOG_ODDS,
    LOOK_KIND,
    LOOK_LINE,
    LOOK_PLACE,
    LOOK_RANGE,
    LOOK_RANGE_SIGMA,
    LOOK_RATE,
    LOOK_RATE_SIGMA,
    LOOK_SENSOR,
    LOOK_SIGMA,
    LOOK_TIME,
    LOOKS,
    MISSES,
    N_REFUSED,
    NEXT_NUMBER,
    NUMBER,
    PARENT,
    PARENT_NUMBER,
    PARENT_TRACK,
    PARTED,
    PHASE,
    PLUME_INTERVAL,
    RATE,
    RATE_VARIANCE,
    SENSORS,
    SETTLED,
    STATUS,
    SURPRISE,
    SURPRISE_WEIGHT,
    TIME,
    Slots,
)  # fmt: skip
from opendome.tracking.predictor import height_above_ellipsoid
from opendome.tracking.settings import Initiation, Settings
from opendome.tracking.updater import count_states, update_scalar


@kernel
def copy_state(state: Floats, covariance: Floats, to_state: Floats, to_covariance: Floats) -> None:
    """Copy a state (9,) and its covariance (9, 9)."""
    for i in range(9):
        to_state[i] = state[i]
        for j in range(9):
            to_covariance[i, j] = covariance[i, j]


@kernel
def open_slot(slots: Slots, counters: Integers, look: Floats, settings: Settings) -> int:
    """Take the first free slot for a new tentative track that begins with a look.

    A plume begins a boost track, anything else a ballistic one. Returns the slot, `ahead_state`
    and its covariance zero and at the time of the look; or -1 where no slot is free.
    """
    slot = -1
    for i in range(slots.state.shape[0]):
        if slots.whole[STATUS, i] == FREE:
            slot = i
            break
    if slot < 0:
        counters[N_REFUSED] += 1
        return -1
    whole = slots.whole
    real = slots.real
    burning = look[LOOK_KIND] == PLUME
    time_s = look[LOOK_TIME]
    sensor = int(look[LOOK_SENSOR])
    whole[STATUS, slot] = TENTATIVE
    whole[PHASE, slot] = BOOST_PHASE if burning else BALLISTIC_PHASE
    whole[NUMBER, slot] = counters[NEXT_NUMBER]
    whole[HITS, slot] = 1
    whole[MISSES, slot] = 0
    whole[SENSORS, slot] = 1 << (sensor % 62)
    whole[LOOKS, slot] = 1
    whole[LAST_SENSOR, slot] = sensor
    whole[BANK, slot] = 0
    whole[SETTLED, slot] = 0
    whole[PARENT_TRACK, slot] = -1
    counters[NEXT_NUMBER] += 1
    real[TIME, slot] = time_s
    real[FIRST, slot] = time_s
    real[FIRM_SINCE, slot] = np.nan
    real[LAST, slot] = time_s
    real[LAST_PLUME, slot] = time_s if burning else np.nan
    real[LAUNCH, slot] = np.nan
    real[LOG_ODDS, slot] = (
        settings.beliefs.boost_log_odds if burning else settings.beliefs.prior_log_odds
    )
    real[PLUME_INTERVAL, slot] = settings.life.expected_revisit_s
    real[FEATURE, slot] = 0.0
    real[INFORMATION, slot] = 0.0
    slots.evidence[slot] = 0.0
    slots.evidence[slot, PARENT] = -1.0
    real[AHEAD, slot] = time_s
    real[SURPRISE, slot] = 0.0
    real[SURPRISE_WEIGHT, slot] = 0.0
    real[ABSENCE, slot] = 0.0
    real[PARTED, slot] = time_s
    for i in range(9):
        slots.ahead_state[slot, i] = 0.0
        for j in range(9):
            slots.ahead_covariance[slot, i, j] = 0.0
    return slot


@kernel
def assume_velocity(slots: Slots, slot: int, reach_m: float, initiation: Initiation) -> None:
    """Give a ballistic track that has a position only a velocity prior, in `ahead_state`.

    From the nearest firm ballistic track of well-known velocity within `reach_m`, where there is
    one: the object probably came off the same missile. A neighbour on the same path but behind
    differs in velocity by gravity over the time between them. Otherwise any direction is as likely.
    """
    state = slots.ahead_state[slot]
    covariance = slots.ahead_covariance[slot]
    nearest = reach_m
    parent = -1
    limit = 3.0 * initiation.spawn_parent_sigma_m_s**2
    for i in range(slots.state.shape[0]):
        # A tentative track may itself have only a borrowed velocity: a wrong one would be handed on
        # from look to look, and no track of the object would ever take a second look.
        if slots.whole[STATUS, i] != FIRM or slots.whole[PHASE, i] != BALLISTIC_PHASE or i == slot:
            continue
        other = slots.ahead_state[i]
        c = slots.ahead_covariance[i]
        distance = math.sqrt(
            (other[0] - state[0]) ** 2 + (other[1] - state[1]) ** 2 + (other[2] - state[2]) ** 2
        )
        if distance < nearest and c[3, 3] + c[4, 4] + c[5, 5] < limit:
            nearest = distance
            parent = i
    slots.evidence[slot, PARENT] = parent
    slots.whole[PARENT_TRACK, slot] = -1
    if parent >= 0:
        slots.whole[PARENT_TRACK, slot] = slots.whole[NUMBER, parent]
        slots.evidence[slot, PARENT_NUMBER] = slots.whole[NUMBER, parent]
    speed2 = 1.0
    for i in range(3, 6):
        state[i] = 0.0
        for j in range(6):
            covariance[i, j] = 0.0
            covariance[j, i] = 0.0
        covariance[i, i] = initiation.speed_sigma_m_s**2
        if parent >= 0:
            state[i] = slots.ahead_state[parent, i]
            speed2 += state[i] * state[i]
    if parent >= 0:
        trail = 9.0 * nearest / math.sqrt(speed2)
        for i in range(3, 6):
            covariance[i, i] = (
                slots.ahead_covariance[parent, i, i] + initiation.spawn_sigma_m_s**2 + trail**2
            )


@kernel
def compare_rate(
    slots: Slots, slot: int, state: Floats, covariance: Floats, look: Floats
) -> tuple[float, float, float]:
    """Innovation of a range rate, its variance without the state's, and with it.

    `state` may be any of the track in `slot`; fills the measurement matrix of that slot.
    """
    expected = slots.expected[slot]
    spread = slots.spread[slot]
    predict_measurement(state, covariance, look, slots.jacobian[slot], spread, expected)
    variance = look[LOOK_RATE_SIGMA] ** 2 + expected[RATE_VARIANCE]
    return look[LOOK_RATE] - expected[RATE], variance, variance + spread[3, 3]


@kernel
def take_first_rate(slots: Slots, slot: int, look: Floats, gate: float) -> bool:
    """Take the range rate of the first hit into the velocity prior; false where they disagree."""
    if look[LOOK_RATE_SIGMA] == np.inf:
        return True
    state = slots.ahead_state[slot]
    covariance = slots.ahead_covariance[slot]
    innovation, variance, total = compare_rate(slots, slot, state, covariance, look)
    if innovation * innovation > gate * total:
        return False
    n = count_states(slots.whole[PHASE, slot])
    row = slots.jacobian[slot, 3]
    update_scalar(state, covariance, n, row, innovation, variance, np.empty((2, 9)))
    return True


@kernel
def start_from_radar(slots: Slots, counters: Integers, look: Floats, settings: Settings) -> int:
    """Start a ballistic track from one radar hit. Returns its slot, -1 where none is free.

    A look without range starts nothing.
    """
    if look[LOOK_RANGE_SIGMA] == np.inf:
        return -1
    slot = open_slot(slots, counters, look, settings)
    if slot < 0:
        return -1
    state = slots.ahead_state[slot]
    covariance = slots.ahead_covariance[slot]
    distance = look[LOOK_RANGE]
    along = look[LOOK_RANGE_SIGMA] ** 2
    across = (distance * look[LOOK_SIGMA]) ** 2
    for i in range(3):
        state[i] = look[LOOK_PLACE + i] + distance * look[LOOK_LINE + i]
        for j in range(3):
            covariance[i, j] = (along - across) * look[LOOK_LINE + i] * look[LOOK_LINE + j]
        covariance[i, i] += across
    gate = settings.association.gate_2
    reach_m = settings.initiation.spawn_distance_m
    for _ in range(2):
        assume_velocity(slots, slot, reach_m, settings.initiation)
        if take_first_rate(slots, slot, look, gate):
            break
        # Not of that parent; and where even the wide prior disagrees, the next looks decide.
        reach_m = 0.0
    copy_state(state, covariance, slots.state[slot], slots.covariance[slot])
    return slot


@kernel
def assume_climb(state: Floats, covariance: Floats, initiation: Initiation) -> None:
    """Give a position the velocity and thrust of a climb from rest, in place.

    From rest on the turning ground, straight up at a believed net acceleration; sideways speed and
    everything else is in the sigma.
    """
    x, y, z = state[0], state[1], state[2]
    height = max(height_above_ellipsoid(x, y, z), 1_000.0)
    r = math.sqrt(x * x + y * y + z * z)
    climb = math.sqrt(2.0 * initiation.climb_acceleration_m_s2 * height)
    for i in range(3, 9):
        for j in range(9):
            covariance[i, j] = 0.0
            covariance[j, i] = 0.0
    state[3] = -EARTH_ROTATION_RAD_S * y
    state[4] = EARTH_ROTATION_RAD_S * x
    state[5] = 0.0
    for i in range(3):
        state[i + 3] += climb * state[i] / r
        state[i + 6] = initiation.thrust_acceleration_m_s2 * state[i] / r
        covariance[i + 3, i + 3] = (initiation.climb_error * climb) ** 2
        covariance[i + 6, i + 6] = initiation.thrust_sigma_m_s2**2


@kernel
def start_from_point(
    slots: Slots,
    counters: Integers,
    look: Floats,
    point: Floats,
    spread: Floats,
    settings: Settings,
) -> int:
    """Start a track from an infrared position fix. Returns its slot, -1 where none is free.

    Parameters
    ----------
    slots, counters : Slots, (3,) int64
    look : (N_LOOK,) float64
        The look that completed the fix.
    point : (3,) float64
        ECI [m].
    spread : (3, 3) float64
        Covariance of the point.
    settings : Settings
    """
    slot = open_slot(slots, counters, look, settings)
    if slot < 0:
        return -1
    state = slots.ahead_state[slot]
    covariance = slots.ahead_covariance[slot]
    for i in range(3):
        state[i] = point[i]
        for j in range(3):
            covariance[i, j] = spread[i, j]
    initiation = settings.initiation
    if look[LOOK_KIND] == PLUME:
        assume_climb(state, covariance, initiation)
    else:
        assume_velocity(slots, slot, initiation.spawn_distance_m, initiation)
    copy_state(state, covariance, slots.state[slot], slots.covariance[slot])
    return slot


@kernel
def fix_on_cloud_tops(look: Floats, initiation: Initiation, point: Floats, spread: Floats) -> bool:
    """Where one line of sight meets the believed altitude of first sight; false if it passes by.

    Fills point (3,) [m] and its covariance (3, 3).
    """
    sx = look[LOOK_PLACE]
    sy = look[LOOK_PLACE + 1]
    sz = look[LOOK_PLACE + 2]
    ux = look[LOOK_LINE]
    uy = look[LOOK_LINE + 1]
    uz = look[LOOK_LINE + 2]
    along = sx * ux + sy * uy + sz * uz
    nearest2 = sx * sx + sy * sy + sz * sz - along * along
    # The Earth's radius is that under the point: three rounds settle it to a metre.
    foot = EARTH_MEAN_RADIUS_M
    distance = 0.0
    incidence = 0.0
    for _ in range(3):
        shell = foot + initiation.single_view_altitude_m
        inside = shell * shell - nearest2
        if inside <= 0.0 or along >= 0.0:
            return False
        distance = -along - math.sqrt(inside)
        x = sx + distance * ux
        y = sy + distance * uy
        z = sz + distance * uz
        r = math.sqrt(x * x + y * y + z * z)
        foot = r - height_above_ellipsoid(x, y, z)
        incidence = -(x * ux + y * uy + z * uz) / r
        point[0] = x
        point[1] = y
        point[2] = z
    if incidence < 0.05:  # grazing: the altitude says nothing of the place
        return False
    along2 = (initiation.single_view_altitude_sigma_m / incidence) ** 2
    across2 = (distance * look[LOOK_SIGMA]) ** 2
    for i in range(3):
        for j in range(3):
            spread[i, j] = (along2 - across2) * look[LOOK_LINE + i] * look[LOOK_LINE + j]
        spread[i, i] += across2
    return True
