"""Interacting multiple models: several filters of one track, mixed by their probabilities.

A bank is open only while physics and the evidence leave more than one model: a variable structure.
What others read stays one state and one covariance, matched to the mixture in its moments.

Sources: Blom and Bar-Shalom (1988), "The interacting multiple model algorithm for systems with
Markovian switching coefficients", IEEE T-AC 33(8); Li and Bar-Shalom (1996), "Multiple-model
estimation with variable structure", IEEE T-AC 41(4); Yuan, Lian, Wang and Cui (2012), "Models and
algorithms for tracking target with coordinated turn motion": states of unlike length are mixed
with the target's own prior in the place of what is missing.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from opendome.physics.jit import kernel
from opendome.tables.codes import BALLISTIC_PHASE, BOOST_PHASE
from opendome.tables.truth import Floats
from opendome.tracking.gater import compare_look, measure_distance
from opendome.tracking.initiator import copy_state
from opendome.tracking.measurement_model import predict_measurement
from opendome.tracking.models import (
    CRUISING,
    FREE_FALL,
    GLIDING,
    HOLDING,
    N_MODELS,
    STAGING,
    STEERING,
    TURNING,
    expected_drive,
    forget_drive,
    is_astray,
    phase_of,
    predict_model,
    restart_thrust,
    start_driven,
)
from opendome.tracking.picture import (
    BANK,
    PHASE,
    SETTLED,
    Slots,
)
from opendome.tracking.predictor import height_above_ellipsoid
from opendome.tracking.settings import Models, Settings
from opendome.tracking.updater import update_state

PROBABILITY: Final = 9  # column of `bank_state`
KEPT: Final = 0  # the bank at the time of the track's state ...
AHEAD_OF_IT: Final = 1  # ... and its working copy at the time of the scan in hand
_PHASES: Final = 5  # codes of phases, and one
_LEAST: Final = 1e-6  # probability of a model that is possible
# A model less probable than this share of another adds nothing to it, and nothing to the output
# (assumption): mixed in for good, the noise of what is not going on would hide what is.
_LIKELY: Final = 0.1
# Weight of turns and stagings in gates: their first look must fall inside (assumption).
_GATED: Final = 0.5


@kernel
def is_open(mask: int, model: int) -> bool:
    """Whether a bank of these models holds one of them."""
    return (mask >> model) & 1 == 1


@kernel
def copy_bank(slots: Slots, i: int, source: int, target: int) -> None:
    """Copy the open models of a bank between KEPT and AHEAD_OF_IT."""
    for m in range(N_MODELS):
        if is_open(slots.whole[BANK, i], m):
            slots.bank_state[i, target, m, PROBABILITY] = slots.bank_state[
                i, source, m, PROBABILITY
            ]
            copy_state(
                slots.bank_state[i, source, m], slots.bank_covariance[i, source, m],
                slots.bank_state[i, target, m], slots.bank_covariance[i, target, m],
            )  # fmt: skip


@kernel
def combine_bank(
    slots: Slots, i: int, copy: int, mask: int, least: float, state: Floats, covariance: Floats
) -> None:
    """Fill the mean and covariance of the mixture of the models of `mask`, all of them open.

    A turn or a staging counts for `least` of the probability or more.
    """
    share = slots.bank_room.share
    total = 0.0
    for m in range(N_MODELS):
        share[m] = 0.0
        if is_open(mask, m):
            share[m] = slots.bank_state[i, copy, m, PROBABILITY]
            if m in (TURNING, STAGING):
                share[m] = max(share[m], least)
            total += share[m]
    for j in range(9):
        state[j] = 0.0
        for k in range(9):
            covariance[j, k] = 0.0
    for m in range(N_MODELS):
        if share[m] > 0.0:
            for j in range(9):
                state[j] += share[m] / total * slots.bank_state[i, copy, m, j]
    for m in range(N_MODELS):
        if share[m] > 0.0:
            own = slots.bank_state[i, copy, m]
            spread = slots.bank_covariance[i, copy, m]
            for j in range(9):
                for k in range(9):
                    covariance[j, k] += (share[m] / total) * (
                        spread[j, k] + (own[j] - state[j]) * (own[k] - state[k])
                    )
    if slots.whole[PHASE, i] == BALLISTIC_PHASE:
        forget_drive(state, covariance)


@kernel
def normalise_bank(slots: Slots, i: int, copy: int) -> None:
    """Let the probabilities of the open models sum to one, each at least `_LEAST`."""
    mask = slots.whole[BANK, i]
    total = 0.0
    for m in range(N_MODELS):
        if is_open(mask, m):
            own = slots.bank_state[i, copy, m]
            own[PROBABILITY] = max(own[PROBABILITY], _LEAST)
            total += own[PROBABILITY]
    for m in range(N_MODELS):
        if is_open(mask, m):
            slots.bank_state[i, copy, m, PROBABILITY] /= total


@kernel
def chance_of_change(
    source: int, target: int, elapsed_s: float, n_open: int, thrust_m_s2: float, models: Models
) -> float:
    """Probability that one kind of flight has given way to another within a time.

    What leaves one goes to all others alike; only thrust stages, the sooner the higher it has
    grown, and `settle_staging` ends that. The sum over all targets is at most one.
    """
    mean_s = models.steady_flight_s
    others = n_open - 1
    lasts = 1.0
    if source >= HOLDING:
        if source == STAGING:
            return 0.0
        grown = thrust_m_s2 / models.burnout_m_s2
        lasts = math.exp(-elapsed_s * grown**4 / models.burnout_s)
        if target == STAGING:
            return 1.0 - lasts
        mean_s = models.steered_s
        others = n_open - 2
    elif target == STAGING:
        return 0.0
    elif source == TURNING:
        mean_s = models.turn_s
    return lasts * (1.0 - math.exp(-elapsed_s / mean_s)) / max(others, 1)


@kernel
def _end_fall(states: Floats, covariances: Floats, mask: int) -> None:
    """Where free fall has come down, let what flies on be the likeliest other model, in place.

    What would have fallen to the ground and was not seen there does not fall; its state stands
    still under the ground, and must not be mixed into those that fly.
    """
    fallen = states[FREE_FALL]
    if height_above_ellipsoid(fallen[0], fallen[1], fallen[2]) >= 0.0:
        return
    best = -1
    for m in range(N_MODELS):
        if m == FREE_FALL or not is_open(mask, m):
            continue
        if best < 0 or states[m, PROBABILITY] > states[best, PROBABILITY]:
            best = m
    chance = fallen[PROBABILITY]
    copy_state(states[best], covariances[best], fallen, covariances[FREE_FALL])
    forget_drive(fallen, covariances[FREE_FALL])
    states[best, PROBABILITY] += chance - _LEAST
    states[FREE_FALL, PROBABILITY] = _LEAST


@kernel
def mix_bank(slots: Slots, i: int, elapsed_s: float, models: Models) -> None:
    """Mix the working copies by the chances of a change of model within `elapsed_s`, in place.

    An unlikely model gives another its chance but not its estimate (Li and Zhang 2000,
    "Multiple-model estimation with variable structure, part V: likely-model set algorithm").
    Free fall has no driving acceleration: another model takes its own in the place of it. So do
    glide and cruise in the place of any: what ends a turn flies on as they expect.
    """
    mask = slots.whole[BANK, i]
    states = slots.bank_state[i, AHEAD_OF_IT]
    covariances = slots.bank_covariance[i, AHEAD_OF_IT]
    n_open = 0
    for m in range(N_MODELS):
        if is_open(mask, m):
            n_open += 1
    if n_open < 2:
        return
    if is_open(mask, FREE_FALL):
        _end_fall(states, covariances, mask)
    old = slots.bank_room.state
    spread = slots.bank_room.covariance
    weight = slots.bank_room.weight
    mean = slots.bank_room.mean
    thrust = slots.bank_room.thrust
    for m in range(N_MODELS):
        if is_open(mask, m):
            copy_state(states[m], covariances[m], old[m], spread[m])
            old[m, PROBABILITY] = states[m, PROBABILITY]
            thrust[m] = math.sqrt(old[m, 6] ** 2 + old[m, 7] ** 2 + old[m, 8] ** 2)
    for to in range(N_MODELS):
        if not is_open(mask, to):
            continue
        total = 0.0
        for m in range(N_MODELS):
            weight[m] = 0.0
            if is_open(mask, m):
                if m != to:
                    share = chance_of_change(m, to, elapsed_s, n_open, thrust[m], models)
                else:
                    share = 1.0
                    for other in range(N_MODELS):
                        if other != m and is_open(mask, other):
                            share -= chance_of_change(
                                m, other, elapsed_s, n_open, thrust[m], models
                            )
                weight[m] = max(share, 0.0) * old[m, PROBABILITY]
                total += weight[m]
        states[to, PROBABILITY] = total
        total = 0.0
        for m in range(N_MODELS):
            if weight[m] > 0.0 and old[m, PROBABILITY] < _LIKELY * old[to, PROBABILITY]:
                weight[m] = 0.0
            total += weight[m]
        if total == 0.0:  # no thrust lasts so long, and nothing leads back to it
            weight[to] = total = 1.0
        if to == STAGING:  # the last of them: nothing else is mixed from the old copies after it
            for m in range(HOLDING, STAGING):
                if is_open(mask, m):
                    restart_thrust(old[m], spread[m], elapsed_s, models)
        n = 6 if to == FREE_FALL else 9
        steady = to in (GLIDING, CRUISING)
        for j in range(9):
            mean[j] = 0.0
            for k in range(9):
                covariances[to, j, k] = 0.0
        for m in range(N_MODELS):
            if weight[m] > 0.0:
                weight[m] /= total
                for j in range(n):
                    own = to if (steady or m == FREE_FALL) and j >= 6 else m
                    mean[j] += weight[m] * old[own, j]
        for m in range(N_MODELS):
            if weight[m] > 0.0:
                for j in range(n):
                    own_j = to if (steady or m == FREE_FALL) and j >= 6 else m
                    for k in range(n):
                        own_k = to if (steady or m == FREE_FALL) and k >= 6 else m
                        value = spread[own_j, j, k] if own_j == own_k else 0.0
                        covariances[to, j, k] += weight[m] * (
                            value + (old[own_j, j] - mean[j]) * (old[own_k, k] - mean[k])
                        )
        if to == TURNING:  # what begins to turn may do so at once
            for j in range(6, 9):
                covariances[to, j, j] += (1.0 - weight[to]) * models.turn_sigma_m_s2**2
        for j in range(9):
            states[to, j] = mean[j]
        # What is mixed of a model with lift is how far each is off what that expects of it.
        after = expected_drive(mean, to, models)
        for j in range(3):
            states[to, j + 6] += after[j]
        for m in range(N_MODELS):
            if weight[m] > 0.0:
                own = to if steady or m == FREE_FALL else m
                before = expected_drive(old[own], to, models)
                for j in range(3):
                    states[to, j + 6] -= weight[m] * before[j]


@kernel
def predict_bank(slots: Slots, i: int, elapsed_s: float, settings: Settings) -> None:
    """Move the working copies of a bank, and of the track's state, by `elapsed_s`.

    The state then is that of the gates: wide enough for the first look of a turn or a staging.
    """
    if elapsed_s > 0.0:
        mix_bank(slots, i, elapsed_s, settings.models)
    for m in range(N_MODELS):
        if is_open(slots.whole[BANK, i], m):
            predict_model(
                slots.bank_state[i, AHEAD_OF_IT, m], slots.bank_covariance[i, AHEAD_OF_IT, m], m,
                elapsed_s, settings.motion, settings.models,
            )  # fmt: skip
    combine_bank(
        slots, i, AHEAD_OF_IT, slots.whole[BANK, i], _GATED, slots.ahead_state[i],
        slots.ahead_covariance[i],
    )  # fmt: skip


@kernel
def update_bank(slots: Slots, i: int, look: Floats, room: Floats, settings: Settings) -> None:
    """Take a look into every model of a bank's working copy, and weigh them by its likelihood.

    `room` is (5, 9). Fills the working copy of the track's state, and its phase.
    """
    mask = slots.whole[BANK, i]
    states = slots.bank_state[i, AHEAD_OF_IT]
    jacobian = slots.jacobian[i]
    spread = slots.spread[i]
    lower = slots.bank_room.lower
    fit = slots.bank_room.fit
    best = -math.inf
    for m in range(N_MODELS):
        if is_open(mask, m):
            covariance = slots.bank_covariance[i, AHEAD_OF_IT, m]
            predict_measurement(states[m], covariance, look, jacobian, spread, slots.expected[i])
            compare_look(look, jacobian, slots.expected[i], room[0], room[1])
            distance, ratio = measure_distance(spread, room[0], room[1], lower)
            for k in range(4):
                if room[1, k] < np.inf:
                    ratio += math.log(room[1, k])
            fit[m] = -0.5 * (distance + ratio)
            best = max(best, fit[m])
            # The updater asks for a phase only to know the number of states.
            phase = BALLISTIC_PHASE if m == FREE_FALL else BOOST_PHASE
            before = expected_drive(states[m], m, settings.models)
            astray = is_astray(states[m], covariance)
            update_state(states[m], covariance, phase, jacobian, room[0], room[1], room[2:])
            # What is estimated of a model with lift is how far it is off what that expects.
            after = expected_drive(states[m], m, settings.models)
            for j in range(3):
                states[m, j + 6] += after[j] - before[j]
            # Lift aside was believed in any level direction until the course was known.
            if m == GLIDING and astray and not is_astray(states[m], covariance):
                start_driven(states[m], covariance, m, settings.models)
    for m in range(N_MODELS):
        if is_open(mask, m):
            states[m, PROBABILITY] *= math.exp(fit[m] - best)
    normalise_bank(slots, i, AHEAD_OF_IT)
    if is_open(mask, STAGING):
        settle_staging(slots, i, settings.models)
    if is_open(mask, FREE_FALL):
        settled = states[FREE_FALL, PROBABILITY] > settings.models.settled_probability
        slots.whole[SETTLED, i] = slots.whole[SETTLED, i] + 1 if settled else 0
    finish_bank(slots, i, AHEAD_OF_IT, slots.ahead_state[i], slots.ahead_covariance[i], settings)


@kernel
def settle_staging(slots: Slots, i: int, models: Models) -> None:
    """Once a staging is certain enough, go on from it under steady thrust.

    Steady thrust takes nothing from the staging model before: else it would carry the noise of all
    stagings that might have been, and know nothing better than one noise for the whole boost.
    """
    states = slots.bank_state[i, AHEAD_OF_IT]
    covariances = slots.bank_covariance[i, AHEAD_OF_IT]
    both = states[STAGING, PROBABILITY] + states[STEERING, PROBABILITY]
    both += states[HOLDING, PROBABILITY]
    if states[STAGING, PROBABILITY] > models.staging_probability * both:
        for m in range(HOLDING, STAGING):
            copy_state(states[STAGING], covariances[STAGING], states[m], covariances[m])
            states[m, PROBABILITY] = 0.5 * (1.0 - models.restaging_probability) * both
        states[STAGING, PROBABILITY] = models.restaging_probability * both


@kernel
def finish_bank(
    slots: Slots, i: int, copy: int, state: Floats, covariance: Floats, settings: Settings
) -> None:
    """Set the phase that is most probable, and combine a bank into a state.

    What is unlikely is left out, and a turn that is not more probable than not: gates allow for all
    of them (`predict_bank`), but what others read would always be as uncertain as if it had just
    begun. A staging counts for what it is worth: it may have happened some seconds ago.
    """
    mask = slots.whole[BANK, i]
    chance = slots.bank_room.chance
    for phase in range(_PHASES):
        chance[phase] = 0.0
    for m in range(N_MODELS):
        if is_open(slots.whole[BANK, i], m):
            own = slots.bank_state[i, copy, m]
            chance[phase_of(m, own, settings.models)] += own[PROBABILITY]
    best = 0
    for phase in range(_PHASES):
        if chance[phase] > chance[best]:
            best = phase
    slots.whole[PHASE, i] = best
    most = 0.0
    for m in range(N_MODELS):
        if is_open(mask, m):
            most = max(most, slots.bank_state[i, copy, m, PROBABILITY])
    for m in range(N_MODELS):
        least = _LIKELY * most
        if m == TURNING:
            least = 0.5
        elif m == STAGING:
            least = 0.0
        if is_open(mask, m) and slots.bank_state[i, copy, m, PROBABILITY] < least:
            mask &= ~(1 << m)
    if mask == 0:
        mask = slots.whole[BANK, i]
    combine_bank(slots, i, copy, mask, 0.0, state, covariance)
