"""What looks tell of the object itself, kept for each track as a few numbers.

Four kinds of evidence: strength of radar echoes by group of bands, long-wave infrared intensity,
drag against the believed one, and the speed at which the object parted from a known neighbour.
`opendome.tracking.discrimination` weighs them. Old echoes and intensities fade: a track may have
changed its object unnoticed.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from opendome.physics.atmosphere import density
from opendome.physics.constants import EARTH_ROTATION_RAD_S
from opendome.physics.jit import kernel
from opendome.tables.codes import BALLISTIC_PHASE
from opendome.tables.truth import Floats
from opendome.tracking.picture import (
    AHEAD,
    LOOK_BAND,
    LOOK_PLACE,
    LOOK_STRENGTH,
    LOOK_STRENGTH_ERROR,
    LOOK_TIME,
    N_ECHO,
    NUMBER,
    PARENT,
    PARENT_NUMBER,
    PHASE,
    Slots,
)
from opendome.tracking.predictor import height_above_ellipsoid
from opendome.tracking.settings import Discrimination

# Columns of `Slots.evidence`. Radar echoes come in groups of bands that teach alike: VHF and UHF, L
# and S, C and X; each has its number of independent looks, the mean log of the echo [ln m2] beyond
# the threshold, the mean cross-section [m2] that noise alone gives, the time of the last look, and
# the mean squared deviation of the log.
N_GROUPS: Final = 3
ECHO_WEIGHT: Final = 0
ECHO_LOG: Final = 1
ECHO_NOISE: Final = 2
ECHO_TIME: Final = 3
ECHO_SCATTER: Final = 4
HEAT: Final = N_GROUPS * N_ECHO
HEAT_INFORMATION: Final = HEAT  # inverse variance of the log intensity; 0 before the first look
HEAT_LOG: Final = HEAT + 1  # ln W/sr
HEAT_TIME: Final = HEAT + 2
# Inverse ballistic coefficient less the believed one [m2/kg]: information on it, information times
# estimate, time and dynamic pressure [Pa] of the last look, and by how much the track's state is
# off for each unit of it.
DRAG: Final = HEAT + 3
DRAG_INFORMATION: Final = DRAG
DRAG_SCORE: Final = DRAG + 1
DRAG_TIME: Final = DRAG + 2
DRAG_PRESSURE: Final = DRAG + 3
DRAG_STATE: Final = DRAG + 4  # six columns
# After the neighbour that it came from: the squared relative speed [m2/s2] with its error variance
# per axis when that was least; 0 before the first.
PARTING_SQUARE: Final = PARENT + 2
PARTING_VARIANCE: Final = PARENT + 3

# A threshold at a false-alarm probability of 1e-6 stands this many noise powers over the echo
# of ratio zero (-ln 1e-6 - 1).
THRESHOLD_RATIO: Final = 12.816
# Above it the drag even of a balloon of 1 kg/m2 is under 0.05 m/s2.
AIR_CEILING_M: Final = 150_000.0
# Mean and variance of the log of a unit exponential: minus Euler's constant, and pi^2 / 6.
EXPONENTIAL_LOG: Final = -0.5772156649015329
EXPONENTIAL_VARIANCE: Final = 1.6449340668482264
# An echo is taken to be at least this share of what noise alone gives.
LEAST_ECHO: Final = 0.1
# What falls steeply passes the air in less.
_LONGEST_IN_AIR_S: Final = 60.0
# Innovations of a filter that knows nothing of this drag are not white: their information counts
# for this share (assumption).
_DRAG_TRUST: Final = 0.5
# In a cluster tracks exchange looks, and their velocities are wrong by more than they tell: error
# per axis that adds to theirs [m/s] (assumption).
_EXCHANGE_M_S: Final = 5.0
# Objects that part faster than this did not part from each other [m/s] (assumption).
_FASTEST_PARTING_M_S: Final = 20.0


@kernel
def find_section(own: Floats) -> float:
    """Mean cross-section [m2] of the echoes in one group of bands, less the noise in them.

    `own` are the group's columns; some echo must have been taken in.
    """
    noise = own[ECHO_NOISE]
    echo = math.exp(own[ECHO_LOG] - EXPONENTIAL_LOG)
    return float(max(echo - noise, LEAST_ECHO * noise))


@kernel
def take_echo(evidence: Floats, look: Floats, discrimination: Discrimination) -> bool:
    """Take the strength of a radar's echo in; false where the look has none.

    Echoes fluctuate as Swerling 1: exponentially, so that what passes the threshold exceeds it by
    an exponential again, of mean cross-section plus noise. Its log has a spread of 1.28 whatever
    the mean. Looks nearer in time than the decorrelation time count for less than one.
    """
    band = int(look[LOOK_BAND])
    if not (math.isfinite(look[LOOK_STRENGTH]) and look[LOOK_STRENGTH_ERROR] > 0.0):
        return False
    own = evidence[N_ECHO * (band // 2) : N_ECHO * (band // 2) + N_ECHO]
    least = look[LOOK_STRENGTH_ERROR]
    noise = least / THRESHOLD_RATIO
    strength = math.log(max(look[LOOK_STRENGTH] - least, 1e-6 * noise))
    weight = 1.0
    if own[ECHO_WEIGHT] > 0.0:
        since_s = max(look[LOOK_TIME] - own[ECHO_TIME], 0.0)
        weight = 1.0 - math.exp(-since_s / discrimination.decorrelation_s)
        own[ECHO_WEIGHT] *= math.exp(-since_s / discrimination.echo_memory_s)
        if weight <= 0.0:
            return False
    own[ECHO_TIME] = look[LOOK_TIME]
    own[ECHO_WEIGHT] += weight
    share = weight / own[ECHO_WEIGHT]
    apart = strength - own[ECHO_LOG] if share < 1.0 else 0.0
    own[ECHO_SCATTER] = (1.0 - share) * (own[ECHO_SCATTER] + share * apart * apart)
    own[ECHO_LOG] += share * (strength - own[ECHO_LOG])
    own[ECHO_NOISE] += share * (noise - own[ECHO_NOISE])
    return True


@kernel
def take_heat(
    evidence: Floats, look: Floats, state: Floats, covariance: Floats,
    discrimination: Discrimination,
) -> bool:  # fmt: skip
    """Take a long-wave irradiance in, as intensity by the track's range; false where none.

    Errors of irradiance and of range add; the range's own is bounded by the trace.
    """
    irradiance = look[LOOK_STRENGTH]
    if not (irradiance > 0.0 and look[LOOK_STRENGTH_ERROR] > 0.0):
        return False
    range2 = 0.0
    for k in range(3):
        range2 += (state[k] - look[LOOK_PLACE + k]) ** 2
    trace = covariance[0, 0] + covariance[1, 1] + covariance[2, 2]
    variance = (look[LOOK_STRENGTH_ERROR] / irradiance) ** 2 + 4.0 * trace / range2
    since_s = max(look[LOOK_TIME] - evidence[HEAT_TIME], 0.0)
    kept = evidence[HEAT_INFORMATION] * math.exp(-since_s / discrimination.echo_memory_s)
    information = kept + 1.0 / variance
    miss = math.log(irradiance * range2) - evidence[HEAT_LOG]
    evidence[HEAT_INFORMATION] = information
    evidence[HEAT_LOG] += miss / (variance * information)
    evidence[HEAT_TIME] = look[LOOK_TIME]
    return True


@kernel
def forget_motion(evidence: Floats) -> None:
    """Begin anew with the dependence of the state on drag: it has moved in other ways since."""
    for k in range(DRAG_PRESSURE, DRAG_STATE + 6):
        evidence[k] = 0.0


@kernel
def _carry_drag(evidence: Floats, state: Floats, time_s: float) -> bool:
    """Bring the state's dependence on inverse ballistic coefficient to a time; false: no air.

    Between looks the dynamic pressure is taken to grow exponentially, as the air's density does.
    Over a long time it does not: the object has left the air, and comes back.
    """
    x = state[0]
    y = state[1]
    height = height_above_ellipsoid(x, y, state[2])
    if height > AIR_CEILING_M:
        return False
    ux = state[3] + EARTH_ROTATION_RAD_S * y
    uy = state[4] - EARTH_ROTATION_RAD_S * x
    uz = state[5]
    speed = math.sqrt(ux * ux + uy * uy + uz * uz)
    pressure = 0.5 * density(max(height, 0.0)) * speed * speed
    step = time_s - evidence[DRAG_TIME]
    if step > _LONGEST_IN_AIR_S:
        forget_motion(evidence)
    before = evidence[DRAG_PRESSURE]
    if before > 0.0 and step <= 0.0:
        return False
    evidence[DRAG_PRESSURE] = pressure
    evidence[DRAG_TIME] = time_s
    if before <= 0.0:
        return False
    growth = math.log(pressure / before)
    gain = 0.5 * (before + pressure) * step
    shift = (2.0 * before + pressure) * step * step / 6.0
    if abs(growth) > 1e-3:
        gain = (pressure - before) * step / growth
        shift = (gain - before * step) * step / growth
    for k in range(3):
        evidence[DRAG_STATE + k] += step * evidence[DRAG_STATE + 3 + k]
    inverse = 1.0 / max(speed, 1.0)
    for k, u in enumerate((ux, uy, uz)):
        evidence[DRAG_STATE + k] -= shift * u * inverse
        evidence[DRAG_STATE + 3 + k] -= gain * u * inverse
    return True


@kernel
def take_drag(
    evidence: Floats, state: Floats, covariance: Floats, look: Floats, jacobian: Floats,
    innovation: Floats, variance: Floats,
) -> bool:  # fmt: skip
    """Estimate the inverse ballistic coefficient from how a look differs from what was expected.

    Parameters
    ----------
    evidence : (N_EVIDENCE,) float64
    state : (9,) float64
        Of a ballistic track at the time of the look, before it is taken in.
    covariance : (9, 9) float64
    look : (N_LOOK,) float64
    jacobian : (4, 6) float64
    innovation, variance : (4,) float64
        As the filter takes them.

    Returns
    -------
    changed : bool
        False above the air.

    Notes
    -----
    Two-stage estimation: the filter runs as if the believed coefficient were right, and the
    dependence of its state on the error of that belief is carried beside it, through motion and
    through each update; innovations then are a linear measurement of the error. Source: Friedland
    (1969), "Treatment of bias in recursive filtering", IEEE TAC 14(4).
    """
    if not _carry_drag(evidence, state, look[LOOK_TIME]):
        return False
    spread = np.empty((6, 6))
    room = np.zeros((2, 6))
    moved = room[0]
    forward = room[1]
    for i in range(6):
        for j in range(6):
            spread[i, j] = covariance[i, j]
    for k in range(4):
        if not variance[k] < np.inf:
            continue
        row = jacobian[k]
        total = variance[k]
        left = innovation[k]
        slope = 0.0
        for i in range(6):
            forward[i] = 0.0
            for j in range(6):
                forward[i] += spread[i, j] * row[j]
            total += row[i] * forward[i]
            left -= row[i] * moved[i]
            slope += row[i] * evidence[DRAG_STATE + i]
        evidence[DRAG_INFORMATION] += _DRAG_TRUST * slope * slope / total
        evidence[DRAG_SCORE] += _DRAG_TRUST * slope * left / total
        for i in range(6):
            moved[i] += forward[i] * left / total
            evidence[DRAG_STATE + i] -= forward[i] * slope / total
            for j in range(6):
                spread[i, j] -= forward[i] * forward[j] / total
    return True


@kernel
def take_parting(slots: Slots, slot: int) -> bool:
    """Compare a track's velocity with that of the neighbour that it came from.

    Both as they stand at the time of the scan. Kept is the comparison of least error; a neighbour
    that is lost, or too fast to be where it came from, is compared no more.
    """
    evidence = slots.evidence[slot]
    parent = int(evidence[PARENT])
    if parent < 0:
        return False
    if (
        slots.whole[NUMBER, parent] != evidence[PARENT_NUMBER]
        or slots.whole[PHASE, parent] != BALLISTIC_PHASE
    ):
        evidence[PARENT] = -1.0
        return False
    if slots.real[AHEAD, parent] != slots.real[AHEAD, slot]:
        return False
    variance = _EXCHANGE_M_S**2
    square = 0.0
    for k in range(3, 6):
        variance += (
            slots.ahead_covariance[slot, k, k] + slots.ahead_covariance[parent, k, k]
        ) / 3.0
        square += (slots.ahead_state[slot, k] - slots.ahead_state[parent, k]) ** 2
    if square > 9.0 * (variance + _FASTEST_PARTING_M_S**2):
        evidence[PARENT] = -1.0
        evidence[PARTING_VARIANCE] = 0.0
        return False
    if evidence[PARTING_VARIANCE] > 0.0 and variance >= evidence[PARTING_VARIANCE]:
        return False
    evidence[PARTING_SQUARE] = square
    evidence[PARTING_VARIANCE] = variance
    return True
