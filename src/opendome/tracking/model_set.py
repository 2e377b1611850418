"""Which models of motion a track is given: its bank is opened, reviewed and closed here.

Source: Li and Bar-Shalom (1996), "Multiple-model estimation with variable structure", IEEE T-AC
41(4).
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from opendome.physics.constants import EARTH_ROTATION_RAD_S
from opendome.physics.jit import kernel
from opendome.tables.codes import BALLISTIC_PHASE, BOOST_PHASE
from opendome.tables.truth import Floats
from opendome.tracking.bank import (
    AHEAD_OF_IT,
    KEPT,
    PROBABILITY,
    copy_bank,
    finish_bank,
    is_open,
    normalise_bank,
)
from opendome.tracking.gater import measure_distance
from opendome.tracking.initiator import compare_rate, copy_state
from opendome.tracking.models import (
    CRUISING,
    FREE_FALL,
    GLIDING,
    N_MODELS,
    STAGING,
    UNDER_THRUST,
    expected_drive,
    find_possible,
    forget_drive,
    start_driven,
)
from opendome.tracking.picture import (
    BANK,
    LAST_PLUME,
    LOOK_RATE_SIGMA,
    PHASE,
    SETTLED,
    SURPRISE,
    SURPRISE_WEIGHT,
    Slots,
)
from opendome.tracking.predictor import DRAG_CEILING_M, height_above_ellipsoid
from opendome.tracking.settings import Models, Settings
from opendome.tracking.updater import update_scalar

# Probability of all models that have just become possible: under `bank._LIKELY`, so that they add
# nothing to the others before a look has spoken for them (assumption).
_NEWCOMERS: Final = 0.05


@kernel
def change_models(slots: Slots, i: int, mask: int, share: float, settings: Settings) -> None:
    """Let the kept bank of a track hold the models of `mask`, opening it where it is closed.

    Models that it did not hold begin with the track's state and `share` of the probability in all.
    """
    old = slots.whole[BANK, i]
    n_new = 0
    for m in range(N_MODELS):
        if is_open(mask, m) and not is_open(old, m):
            n_new += 1
    for m in range(N_MODELS):
        if is_open(mask, m) and not is_open(old, m):
            state = slots.bank_state[i, KEPT, m]
            covariance = slots.bank_covariance[i, KEPT, m]
            copy_state(slots.state[i], slots.covariance[i], state, covariance)
            if slots.whole[PHASE, i] != BOOST_PHASE or not is_open(UNDER_THRUST, m):
                start_driven(state, covariance, m, settings.models)
            state[PROBABILITY] = share / n_new
            if m == STAGING:
                state[PROBABILITY] *= settings.models.restaging_probability
    slots.whole[BANK, i] = mask
    normalise_bank(slots, i, KEPT)


@kernel
def close_bank(slots: Slots, i: int) -> None:
    """Go on with one model: the phase that the track is in."""
    slots.whole[BANK, i] = 0
    slots.whole[SETTLED, i] = 0
    slots.real[SURPRISE, i] = 0.0
    slots.real[SURPRISE_WEIGHT, i] = 0.0
    if slots.whole[PHASE, i] != BOOST_PHASE:
        slots.whole[PHASE, i] = BALLISTIC_PHASE
        forget_drive(slots.state[i], slots.covariance[i])


@kernel
def is_surprising(slots: Slots, i: int, distance: float, n_components: int, models: Models) -> bool:
    """Add a normalised innovation squared to a track's memory; whether that fails its test.

    A sum with fading memory `a` of chi-squares of n degrees of freedom is close to (1 / (1 + a))
    times one of n (1 + a) / (1 - a) (Bar-Shalom, Li and Kirubarajan 2001, section 11.2.2); its
    quantile by Wilson and Hilferty (1931).
    """
    memory = models.innovation_memory
    slots.real[SURPRISE, i] = memory * slots.real[SURPRISE, i] + distance
    weight = memory * slots.real[SURPRISE_WEIGHT, i] + n_components
    slots.real[SURPRISE_WEIGHT, i] = weight
    degrees = weight * (1.0 + memory)
    c = 2.0 / (9.0 * degrees)
    quantile = degrees * (1.0 - c + models.innovation_tail_sigma * math.sqrt(c)) ** 3
    return bool(slots.real[SURPRISE, i] * (1.0 + memory) > quantile)


@kernel
def watch_track(slots: Slots, i: int, room: Floats, settings: Settings) -> None:
    """Open a bank for a track in the air that flies as free fall would not.

    To be called before the look is taken in, with its innovations in `room`.
    """
    state = slots.ahead_state[i]
    if height_above_ellipsoid(state[0], state[1], state[2]) > DRAG_CEILING_M:
        return
    lower = np.empty((4, 5))
    distance, _ = measure_distance(slots.spread[i], room[0], room[1], lower)
    n = 0
    for k in range(4):
        if room[1, k] < np.inf:
            n += 1
    if is_surprising(slots, i, distance, n, settings.models):
        mask = find_possible(state, slots.ahead_covariance[i], settings.models)
        if mask == 1 << FREE_FALL:
            return
        # What has driven it was taken for errors of the state.
        a2 = settings.models.unknown_acceleration_m_s2**2
        t = settings.models.unknown_s
        for j in range(3):
            slots.ahead_covariance[i, j, j] += 0.25 * a2 * t**4
            slots.ahead_covariance[i, j, j + 3] += 0.5 * a2 * t**3
            slots.ahead_covariance[i, j + 3, j] += 0.5 * a2 * t**3
            slots.ahead_covariance[i, j + 3, j + 3] += a2 * t * t
        copy_state(state, slots.ahead_covariance[i], slots.state[i], slots.covariance[i])
        change_models(slots, i, mask, 1.0, settings)
        copy_bank(slots, i, KEPT, AHEAD_OF_IT)


@kernel
def review_bank(slots: Slots, i: int, t: float, settings: Settings) -> None:
    """After the last scan: which models are still possible, and whether one is left."""
    mask = slots.whole[BANK, i]
    boosting = slots.whole[PHASE, i] == BOOST_PHASE
    if boosting and t - slots.real[LAST_PLUME, i] <= settings.life.plume_gap_s:
        wanted = UNDER_THRUST
    elif mask == 0:
        return
    elif slots.whole[SETTLED, i] >= settings.models.settled_looks:
        wanted = 1 << FREE_FALL
    else:
        c = slots.covariance[i]
        if max(c[3, 3], c[4, 4], c[5, 5]) > settings.models.known_speed_m_s**2:
            return
        wanted = find_possible(slots.state[i], c, settings.models)
        if boosting:
            wanted |= UNDER_THRUST
    if wanted == mask:
        return
    change_models(slots, i, wanted, 1.0 if mask & wanted == 0 else _NEWCOMERS, settings)
    finish_bank(slots, i, KEPT, slots.state[i], slots.covariance[i], settings)
    if wanted == 1 << FREE_FALL:
        close_bank(slots, i)


@kernel
def _assume_flight(state: Floats, covariance: Floats, model: int, settings: Settings) -> None:
    """Give a position the velocity that a model expects before any is known, in place.

    Gliders and cruise missiles fly level in any direction over the turning Earth.
    """
    models = settings.models
    across2 = settings.initiation.speed_sigma_m_s**2
    climb2 = across2
    for i in range(3, 6):
        state[i] = 0.0
        for j in range(6):
            covariance[i, j] = 0.0
            covariance[j, i] = 0.0
    if model != FREE_FALL:
        state[3] = -EARTH_ROTATION_RAD_S * state[1]
        state[4] = EARTH_ROTATION_RAD_S * state[0]
        across2 = 0.5 * (models.glide_speed_m_s**2 + models.glide_speed_sigma_m_s**2)
        climb2 = models.glide_climb_m_s**2
    if model == CRUISING:
        across2 = 0.5 * (models.cruise_speed_m_s**2 + models.cruise_speed_sigma_m_s**2)
        climb2 = models.cruise_climb_m_s**2
    r2 = state[0] * state[0] + state[1] * state[1] + state[2] * state[2]
    for i in range(3):
        for j in range(3):
            covariance[i + 3, j + 3] = (climb2 - across2) * state[i] * state[j] / r2
        covariance[i + 3, i + 3] += across2


@kernel
def start_bank(slots: Slots, i: int, look: Floats, settings: Settings) -> None:
    """Open a bank for a track that has just been started in the air, unless its parent is known.

    Where that look has a range rate, the models and their velocities are weighed by it.
    """
    models = settings.models
    height = height_above_ellipsoid(slots.state[i, 0], slots.state[i, 1], slots.state[i, 2])
    c = slots.covariance[i]
    known2 = 0.25 * settings.initiation.speed_sigma_m_s**2
    if height > models.highest_glide_m or max(c[3, 3], c[4, 4], c[5, 5]) < known2:
        return
    mask = (1 << FREE_FALL) | (1 << GLIDING)
    slack = math.sqrt(max(c[0, 0], c[1, 1], c[2, 2]))
    if height - 2.0 * slack < models.highest_cruise_m:
        mask |= 1 << CRUISING
    change_models(slots, i, mask, 1.0, settings)
    work = np.empty((2, 9))
    fit = np.zeros(N_MODELS)
    best = -math.inf
    for m in range(N_MODELS):
        if is_open(mask, m):
            state = slots.bank_state[i, KEPT, m]
            covariance = slots.bank_covariance[i, KEPT, m]
            _assume_flight(state, covariance, m, settings)
            start_driven(state, covariance, m, models)
            if look[LOOK_RATE_SIGMA] < np.inf:
                innovation, variance, total = compare_rate(slots, i, state, covariance, look)
                fit[m] = -0.5 * (innovation * innovation / total + math.log(total))
                n = 6 if m == FREE_FALL else 9
                row = slots.jacobian[i, 3]
                before = expected_drive(state, m, models)
                update_scalar(state, covariance, n, row, innovation, variance, work)
                after = expected_drive(state, m, models)
                for j in range(3):
                    state[j + 6] += after[j] - before[j]
            best = max(best, fit[m])
    for m in range(N_MODELS):
        if is_open(mask, m):
            slots.bank_state[i, KEPT, m, PROBABILITY] *= math.exp(fit[m] - best)
    normalise_bank(slots, i, KEPT)
    finish_bank(slots, i, KEPT, slots.state[i], slots.covariance[i], settings)
    copy_bank(slots, i, KEPT, AHEAD_OF_IT)
    copy_state(slots.state[i], slots.covariance[i], slots.ahead_state[i], slots.ahead_covariance[i])
