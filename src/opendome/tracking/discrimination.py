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
    ECHO_SCATTER,
    ECHO_WEIGHT,
    EXPONENTIAL_LOG,
    EXPONENTIAL_VARIANCE,
    HEAT_INFORMATION,
    HEAT_LOG,
    LEAST_ECHO,
    N_GROUPS,
    PARTING_SQUARE,
    PARTING_VARIANCE,
    THRESHOLD_RATIO,
    find_section,
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
    BELIEVED_STEADY,
    Beliefs,
    Settings,
)

_FINEST_SIGMA: Final = 1e-6
# Degrees of freedom of features within a class: heavy tails (assumption).
_FREEDOM: Final = 4.0
# Relative variance of the mean square of logs of exponentials: their excess kurtosis, 12/5, plus 2.
_SCATTER_VARIANCE: Final = 4.4
# Scatter of fewer independent looks says nothing.
_LEAST_LOOKS: Final = 3.0
# No class is believed to be less likely than this.
_LEAST_SHARE: Final = 1e-12


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
def _widen(volume: float, square: float, variance: float) -> float:
    """A class's spread so far, times that of one more feature at a squared distance from its mean.

    Its root is the inverse of the density of Student's law, but for a constant.
    """
    tail = 1.0 + square / (_FREEDOM * variance)
    tail2 = tail * tail
    return volume * variance * tail2 * tail2 * tail


@kernel
def weigh_scatter(own: Floats) -> float:
    """How much more probable the scatter of an object's echoes is as Swerling 3 than as Swerling 1.

    `own` are the columns of one group of bands in `tracking.evidence`.

    Notes
    -----
    What passes the threshold T of an exponential power exceeds it by an exponential, the variance
    of whose log is pi^2 / 6 whatever the mean. Of Swerling 3 it exceeds it by an exponential or,
    with probability `q' = q / (1 + b q T)`, by the sum of two, with b and q as in
    `physics.radar.find_steady_power`; that variance is `pi^2 / 6 - q'^2`. The log of the measured
    variance is taken to be normal, with variance 4.4 / N, N independent looks (assumption).
    """
    looks = own[ECHO_WEIGHT]
    if looks < _LEAST_LOOKS or own[ECHO_SCATTER] <= 0.0:
        return 1.0
    echo = math.exp(own[ECHO_LOG] - EXPONENTIAL_LOG)
    ratio = max(echo / own[ECHO_NOISE] - 1.0, LEAST_ECHO)
    share = ratio / (2.0 + ratio)
    share /= 1.0 + 2.0 * share * (THRESHOLD_RATIO + 1.0) / (2.0 + ratio)
    measured = math.log(own[ECHO_SCATTER] * looks / (looks - 1.0))
    to_one = measured - math.log(EXPONENTIAL_VARIANCE)
    to_three = measured - math.log(EXPONENTIAL_VARIANCE - share * share)
    variance = _SCATTER_VARIANCE / looks
    tails = _widen(1.0, to_one * to_one, variance) / _widen(1.0, to_three * to_three, variance)
    return math.sqrt(tails)


@kernel
def _estimate_echo(own: Floats) -> tuple[float, float]:
    """Log of the cross-section that one group of bands has shown, and its error variance.

    `own` are the group's columns in `tracking.evidence`. A variance below zero: none was shown.
    """
    if own[ECHO_WEIGHT] <= 0.0:
        return 0.0, -1.0
    section = find_section(own)
    error = EXPONENTIAL_VARIANCE / own[ECHO_WEIGHT] * (1.0 + own[ECHO_NOISE] / section) ** 2
    return math.log(section), error


@kernel
def _widen_by_echo(volume: float, echo_log: float, error: float, own: Floats, group: int) -> float:
    """As `_widen`, by the echoes of one group of bands from `_estimate_echo`, if there are any."""
    if error < 0.0:
        return volume
    apart = echo_log - own[BELIEVED_ECHO + 2 * group]
    return _widen(volume, apart * apart, own[BELIEVED_ECHO + 2 * group + 1] + error)


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
    Bayes over the classes; features are independent given the class. The features are log
    cross-section by group of bands, the scatter of its echoes, log intensity, inverse ballistic
    coefficient and velocity
    relative to a neighbour (three components of mean zero). The error of each estimate adds to the
    class's variance, so that what was hardly measured hardly counts. Densities are Student's with
    four degrees of freedom, not normal: a track takes looks of its object's neighbours at times,
    and one feature that fits no class must not outweigh all others.
    """
    lethal = 0.0
    harmless = 0.0
    best = 0.0
    steadier = 1.0
    for g in range(N_GROUPS):
        steadier *= weigh_scatter(evidence[N_ECHO * g : N_ECHO * g + N_ECHO])
    low, low_error = _estimate_echo(evidence[0:N_ECHO])
    middle, middle_error = _estimate_echo(evidence[N_ECHO : 2 * N_ECHO])
    high, high_error = _estimate_echo(evidence[2 * N_ECHO : N_GROUPS * N_ECHO])
    for c in range(classes.shape[0]):
        own = classes[c]
        if own[BELIEVED_PRIOR] == -math.inf:
            continue
        volume = _widen_by_echo(1.0, low, low_error, own, 0)
        volume = _widen_by_echo(volume, middle, middle_error, own, 1)
        volume = _widen_by_echo(volume, high, high_error, own, 2)
        if evidence[HEAT_INFORMATION] > 0.0:
            apart = evidence[HEAT_LOG] - own[BELIEVED_HEAT]
            error = 1.0 / evidence[HEAT_INFORMATION]
            volume = _widen(volume, apart * apart, own[BELIEVED_HEAT + 1] + error)
        if evidence[DRAG_INFORMATION] > 0.0:
            error = 1.0 / evidence[DRAG_INFORMATION]
            inverse = evidence[DRAG_SCORE] * error + 1.0 / believed_coefficient_kg_m2
            apart = max(inverse, 0.0) - own[BELIEVED_DRAG]
            volume = _widen(volume, apart * apart, own[BELIEVED_DRAG + 1] + error)
        if evidence[PARTING_VARIANCE] > 0.0:
            variance = own[BELIEVED_PARTING] + evidence[PARTING_VARIANCE]
            volume = _widen(volume, evidence[PARTING_SQUARE], variance)
            tail = 1.0 + evidence[PARTING_SQUARE] / (_FREEDOM * variance)
            volume *= (tail * variance) ** 2
        steady = own[BELIEVED_STEADY]
        score = math.exp(own[BELIEVED_PRIOR]) * (steady * steadier + 1.0 - steady)
        score /= math.sqrt(volume)
        best = max(best, score)
        if own[BELIEVED_LETHAL] > 0.0:
            lethal += score
        else:
            harmless += score
    return math.log(max(lethal, _LEAST_SHARE * best) / max(harmless, _LEAST_SHARE * best))


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
