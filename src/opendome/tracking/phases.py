"""Boost and ballistic flight: when a missile was launched, when it burns out, what then follows."""

from __future__ import annotations

import math
from typing import Final

from opendome.physics.jit import kernel
from opendome.tables.codes import BALLISTIC_PHASE, BOOST_PHASE, FREE
from opendome.tables.truth import Floats
from opendome.tracking.initiator import copy_state
from opendome.tracking.picture import (
    AHEAD,
    BANK,
    LAST,
    LAST_PLUME,
    LOG_ODDS,
    PHASE,
    PLUME_INTERVAL,
    STATUS,
    TIME,
    Slots,
)
from opendome.tracking.predictor import height_above_ellipsoid
from opendome.tracking.settings import Beliefs, Initiation, Life, Settings

_EARLIEST_S: Final = 5.0  # nothing is seen sooner after launch (assumption)


@kernel
def estimate_launch(state: Floats, time_s: float, beliefs: Beliefs) -> float:
    """Launch time [s] from altitude and climb rate in boost.

    From rest, time is `climb_factor` times altitude over climb rate; it is held between a few
    seconds and the believed burn time.
    """
    x = state[0]
    y = state[1]
    z = state[2]
    height = max(height_above_ellipsoid(x, y, z), 0.0)
    r = math.sqrt(x * x + y * y + z * z)
    climb = max((x * state[3] + y * state[4] + z * state[5]) / r, 1.0)
    elapsed = beliefs.climb_factor * height / climb
    return float(time_s - min(max(elapsed, _EARLIEST_S), beliefs.burn_time_s))


@kernel
def estimate_burnout(launch_s: float, burning_at_s: float, beliefs: Beliefs) -> tuple[float, float]:
    """Believed end of thrust and its sigma [s], given that it was still burning at a time.

    Mean and deviation of a normal distribution cut off below (Johnson, Kotz and Balakrishnan
    1994, "Continuous univariate distributions" 1, section 13.10.1).
    """
    mean = launch_s + beliefs.burn_time_s
    sigma = math.sqrt(beliefs.burn_time_sigma_s**2 + beliefs.launch_sigma_s**2)
    cut = (burning_at_s - mean) / sigma
    if cut > 25.0:  # the tail is an exponential there, and erfc would underflow further on
        left = sigma / cut
        return burning_at_s + left, left
    tail = 0.5 * math.erfc(cut / math.sqrt(2.0))
    hazard = math.exp(-0.5 * cut * cut) / math.sqrt(2.0 * math.pi) / tail
    share = max(1.0 + cut * hazard - hazard * hazard, 1e-6)
    return mean + sigma * hazard, sigma * math.sqrt(share)


@kernel
def end_thrust(
    state: Floats, covariance: Floats, burned_s: float, burned_sigma_s: float, sigma_m_s: float
) -> None:
    """Turn a boost state into a ballistic one, in place.

    Parameters
    ----------
    state : (9,) float64
    covariance : (9, 9) float64
    burned_s, burned_sigma_s : float
        How long thrust is believed to have gone on past this state, and its sigma [s].
    sigma_m_s : float
        Further velocity error per axis: fading thrust, separation.
    """
    for j in range(9):
        for i in range(3):
            covariance[i + 3, j] += burned_s * covariance[i + 6, j]
    for j in range(9):
        for i in range(3):
            covariance[j, i + 3] += burned_s * covariance[j, i + 6]
    for i in range(3):
        for j in range(3):
            covariance[i + 3, j + 3] += burned_sigma_s**2 * state[i + 6] * state[j + 6]
        covariance[i + 3, i + 3] += sigma_m_s * sigma_m_s
    for i in range(3):
        state[i + 3] += burned_s * state[i + 6]
        state[i + 6] = 0.0
    for i in range(6, 9):
        for j in range(9):
            covariance[i, j] = 0.0
            covariance[j, i] = 0.0


@kernel
def begin_thrust(state: Floats, covariance: Floats, initiation: Initiation) -> None:
    """Turn a ballistic state into one under unknown thrust, in place."""
    for i in range(6, 9):
        state[i] = 0.0
        for j in range(9):
            covariance[i, j] = 0.0
            covariance[j, i] = 0.0
        covariance[i, i] = initiation.thrust_acceleration_m_s2**2 + initiation.thrust_sigma_m_s2**2


@kernel
def has_burned_out(state: Floats, covariance: Floats, since_plume_s: float, life: Life) -> bool:
    """Whether a boost track should be taken as ballistic.

    No plume for too long, or thrust acceleration known and near zero.
    """
    if since_plume_s > life.plume_gap_s:
        return True
    limit = life.burnout_acceleration_m_s2
    thrust2 = 0.0
    variance = 0.0
    for i in range(6, 9):
        thrust2 += state[i] * state[i]
        variance = max(variance, covariance[i, i])
    return thrust2 < limit * limit and variance < limit * limit


@kernel
def end_boosts(slots: Slots, t: float, settings: Settings) -> None:
    """Turn boost tracks whose motor has stopped into ballistic ones, with the gap in their errors.

    A boost track stands at its last measurement. Where that was the last plume, thrust ended at an
    unknown moment between it and the next look that should have come. What burned was lethal; what
    the track follows now may be any of what it let go.
    """
    life = settings.life
    real = slots.real
    for i in range(slots.state.shape[0]):
        if slots.whole[STATUS, i] == FREE or slots.whole[PHASE, i] != BOOST_PHASE:
            continue
        state = slots.state[i]
        covariance = slots.covariance[i]
        if has_burned_out(state, covariance, t - real[LAST_PLUME, i], life):
            interval = 0.0
            if real[LAST, i] <= real[LAST_PLUME, i]:
                interval = real[PLUME_INTERVAL, i]
            end_thrust(
                state, covariance, 0.5 * interval, interval / math.sqrt(12.0),
                life.burnout_speed_sigma_m_s,
            )  # fmt: skip
            slots.whole[PHASE, i] = BALLISTIC_PHASE
            slots.whole[BANK, i] = 0
            real[AHEAD, i] = real[TIME, i]
            real[LOG_ODDS, i] = settings.beliefs.prior_log_odds
            copy_state(state, covariance, slots.ahead_state[i], slots.ahead_covariance[i])
