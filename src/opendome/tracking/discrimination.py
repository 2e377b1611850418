"""Estimates whether an object is lethal from what looks have told of it, by Bayes.

An object's features do not change from look to look, so looks sharpen one estimate of each, and
the log odds follow from those estimates: they never grow beyond what the believed classes, which
overlap, allow. Multiplying likelihoods look by look would.

Physical features are weighed over the believed classes. The scalar feature of the k-factor
literature, one number in which two classes differ, is what a sensor without a band reports and,
where the scenario asks for it, all that is used.
"""

from __future__ import annotations

import math
from typing import Final

from opendome.physics.jit import kernel
from opendome.tables.codes import BALLISTIC_PHASE, BOOST_PHASE, LONG_WAVE_BAND, PLUME_BAND
from opendome.tables.truth import Floats
from opendome.tracking.evidence import (
    DRAG_INFORMATION,
    DRAG_SCORE,
    ECHO_LOG,
    ECHO_NOISE,
    ECHO_WEIGHT,
    HEAT_INFORMATION,
    HEAT_LOG,
    N_GROUPS,
    PARTING_SQUARE,
    PARTING_VARIANCE,
    take_echo,
    take_heat,
    take_parting,
)
from opendome.tracking.picture import (
    FEATURE,
    FEATURE_TIME,
    INFORMATION,
    LOG_ODDS,
    LOOK_BAND,
    LOOK_FEATURE,
    LOOK_FEATURE_SIGMA,
    LOOK_TIME,
    N_ECHO,
    PHASE,
    Slots,
)
from opendome.tracking.settings import (
    BELIEVED_DRAG,
    BELIEVED_ECHO,
    BELIEVED_HEAT,
    BELIEVED_LETHAL,
    BELIEVED_PARTING,
    BELIEVED_PRIOR,
    Beliefs,
    Settings,
)

_FINEST_SIGMA: Final = 1e-6
# Mean and variance of the log of a unit exponential: minus Euler's constant, and pi^2 / 6.
_EXPONENTIAL_LOG: Final = -0.5772156649015329
_EXPONENTIAL_VARIANCE: Final = 1.6449340668482264
# An echo is taken to be at least this share of what noise alone gives.
_LEAST_ECHO: Final = 0.1


@kernel
def compute_log_odds(feature: float, variance: float, beliefs: Beliefs) -> float:
    """Log odds that an object with an estimated feature is lethal.

    Parameters
    ----------
    feature, variance : float
        Estimate in the feature's standard unit, and its error variance.
    beliefs : Beliefs
        Means and spreads of both classes, and the prior.

    Notes
    -----
    Bayes with normal classes; the error of the estimate widens both alike.
    """
    lethal = beliefs.lethal_feature_spread**2 + variance
    harmless = beliefs.harmless_feature_spread**2 + variance
    to_lethal = (feature - beliefs.lethal_feature) ** 2 / lethal
    to_harmless = (feature - beliefs.harmless_feature) ** 2 / harmless
    return beliefs.prior_log_odds + 0.5 * (to_harmless - to_lethal + math.log(harmless / lethal))


@kernel
def weigh_classes(evidence: Floats, classes: Floats, believed_coefficient_kg_m2: float) -> float:
    """Log odds that an object is lethal, from all physical features measured of it.

    Parameters
    ----------
    evidence : (N_EVIDENCE,) float64
        Of a track; columns in `opendome.tracking.evidence`.
    classes : (N_CLASSES, N_BELIEVED) float64
        Believed classes; columns in `opendome.tracking.settings`.
    believed_coefficient_kg_m2 : float
        That the track's motion was predicted with.

    Notes
    -----
    Bayes over the classes with normal densities, of log cross-section, log intensity, inverse
    ballistic coefficient and relative velocity; features are independent given the class. The
    error of each estimate adds to the class's variance. A feature that was not measured counts
    nothing. Relative velocities have zero mean, so their spread is what tells classes apart.
    """
    lethal = 0.0
    harmless = 0.0
    best = -math.inf
    for c in range(classes.shape[0]):
        own = classes[c]
        if own[BELIEVED_PRIOR] == -math.inf:
            continue
        # Sum of squares over variances, and product of variances.
        distance = 0.0
        volume = 1.0
        for g in range(N_GROUPS):
            weight = evidence[N_ECHO * g + ECHO_WEIGHT]
            if weight > 0.0:
                noise = evidence[N_ECHO * g + ECHO_NOISE]
                echo = math.exp(evidence[N_ECHO * g + ECHO_LOG] - _EXPONENTIAL_LOG)
                section = max(echo - noise, _LEAST_ECHO * noise)
                variance = own[BELIEVED_ECHO + 2 * g + 1] + (
                    _EXPONENTIAL_VARIANCE * (section + noise) ** 2 / (weight * section * section)
                )
                distance += (math.log(section) - own[BELIEVED_ECHO + 2 * g]) ** 2 / variance
                volume *= variance
        if evidence[HEAT_INFORMATION] > 0.0:
            variance = own[BELIEVED_HEAT + 1] + 1.0 / evidence[HEAT_INFORMATION]
            distance += (evidence[HEAT_LOG] - own[BELIEVED_HEAT]) ** 2 / variance
            volume *= variance
        if evidence[DRAG_INFORMATION] > 0.0:
            inverse = evidence[DRAG_SCORE] / evidence[DRAG_INFORMATION]
            inverse = max(inverse + 1.0 / believed_coefficient_kg_m2, 0.0)
            variance = own[BELIEVED_DRAG + 1] + 1.0 / evidence[DRAG_INFORMATION]
            distance += (inverse - own[BELIEVED_DRAG]) ** 2 / variance
            volume *= variance
        if evidence[PARTING_VARIANCE] > 0.0:
            variance = own[BELIEVED_PARTING] + evidence[PARTING_VARIANCE]
            distance += evidence[PARTING_SQUARE] / variance
            volume *= variance * variance * variance
        score = own[BELIEVED_PRIOR] - 0.5 * (distance + math.log(volume))
        # Sums are kept relative to the best class so far, so that none underflows.
        if score > best:
            fade = math.exp(best - score)
            lethal *= fade
            harmless *= fade
            best = score
        if own[BELIEVED_LETHAL] > 0.0:
            lethal += math.exp(score - best)
        else:
            harmless += math.exp(score - best)
    return math.log(max(lethal, 1e-12) / max(harmless, 1e-12))


@kernel
def take_feature(slots: Slots, slot: int, look: Floats, beliefs: Beliefs) -> bool:
    """Sharpen a track's estimate of its object's scalar feature by one look.

    A look without feature (it or its sigma not finite) changes nothing. A look that contradicts
    the estimate starts it anew: the track has passed from a bus to what it released, or to a
    neighbour. Old looks fade for the same reason. A sigma of zero counts as one in a million.
    """
    if not (math.isfinite(look[LOOK_FEATURE]) and math.isfinite(look[LOOK_FEATURE_SIGMA])):
        return False
    sigma = max(look[LOOK_FEATURE_SIGMA], _FINEST_SIGMA)
    real = slots.real
    weight = 1.0 / (sigma * sigma)
    if real[INFORMATION, slot] > 0.0:
        since_s = look[LOOK_TIME] - real[FEATURE_TIME, slot]
        real[INFORMATION, slot] *= math.exp(-max(since_s, 0.0) / beliefs.feature_memory_s)
        surprise = look[LOOK_FEATURE] - real[FEATURE, slot]
        variance = sigma * sigma + 1.0 / real[INFORMATION, slot]
        if surprise * surprise > beliefs.feature_gate * variance:
            real[INFORMATION, slot] = 0.0
    real[FEATURE_TIME, slot] = look[LOOK_TIME]
    real[INFORMATION, slot] += weight
    share = weight / real[INFORMATION, slot]
    real[FEATURE, slot] += share * (look[LOOK_FEATURE] - real[FEATURE, slot])
    return True


@kernel
def discriminate(slots: Slots, slot: int, look: Floats, drag: bool, settings: Settings) -> None:
    """Take what one look tells of a track's object, and its log odds of being lethal.

    A look at a burning booster says nothing of what it carries. `drag`: whether the look has
    changed what is known of the drag.
    """
    if slots.whole[PHASE, slot] == BOOST_PHASE:
        return
    discrimination = settings.discrimination
    changed = drag
    physical = discrimination.physical > 0.0
    band = look[LOOK_BAND]
    if physical and band >= 0.0:
        evidence = slots.evidence[slot]
        if band < PLUME_BAND:
            changed |= take_echo(evidence, look, discrimination)
        elif band == LONG_WAVE_BAND:
            changed |= take_heat(
                evidence,
                look,
                slots.ahead_state[slot],
                slots.ahead_covariance[slot],
                discrimination,
            )
        if slots.whole[PHASE, slot] == BALLISTIC_PHASE:
            changed |= take_parting(slots, slot)
    else:
        changed |= take_feature(slots, slot, look, settings.beliefs)
    if not changed:
        return
    beliefs = settings.beliefs
    odds = beliefs.prior_log_odds
    if slots.real[INFORMATION, slot] > 0.0:
        odds = compute_log_odds(
            slots.real[FEATURE, slot], 1.0 / slots.real[INFORMATION, slot], beliefs
        )
    if physical:
        odds += (
            weigh_classes(
                slots.evidence[slot], discrimination.classes,
                settings.motion.ballistic_coefficient_kg_m2,
            )
            - beliefs.prior_log_odds
        )  # fmt: skip
    slots.real[LOG_ODDS, slot] = odds
