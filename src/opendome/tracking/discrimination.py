"""Estimates whether an object is lethal from its measured feature.

An object's feature does not change from look to look, so looks sharpen one estimate of it, and
the log odds follow from that estimate: they never grow beyond what the believed classes, which
overlap, allow. Multiplying likelihoods look by look would.
"""

from __future__ import annotations

import math
from typing import Final

from opendome.physics.jit import kernel
from opendome.tables.codes import BOOST_PHASE
from opendome.tables.truth import Floats
from opendome.tracking.picture import (
    FEATURE,
    FEATURE_TIME,
    INFORMATION,
    LOG_ODDS,
    LOOK_FEATURE,
    LOOK_FEATURE_SIGMA,
    LOOK_TIME,
    PHASE,
    Slots,
)
from opendome.tracking.settings import Beliefs

_FINEST_SIGMA: Final = 1e-6


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
def take_feature(slots: Slots, slot: int, look: Floats, beliefs: Beliefs) -> None:
    """Sharpen a track's estimate of its object's feature by one look, and its log odds.

    A look without feature (it or its sigma not finite) changes nothing, and neither does one at a
    burning booster, which says nothing of what it carries. A look that contradicts the estimate
    starts it anew: the track has passed from a bus to what it released, or to a neighbour. Old
    looks fade for the same reason. A sigma of zero counts as one in a million.
    """
    if slots.whole[PHASE, slot] == BOOST_PHASE:
        return
    sigma = max(look[LOOK_FEATURE_SIGMA], _FINEST_SIGMA)
    if math.isfinite(look[LOOK_FEATURE]) and math.isfinite(look[LOOK_FEATURE_SIGMA]):
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
        real[LOG_ODDS, slot] = compute_log_odds(
            real[FEATURE, slot], 1.0 / real[INFORMATION, slot], beliefs
        )
