"""What the defence believes of its adversary, as the tracker takes it."""

from __future__ import annotations

import math

from opendome.scenario.scenario import Scenario
from opendome.tracking import SettingsTable, build_settings
from opendome.world.assumptions import Assumptions


def compile_beliefs(scenario: Scenario, assumptions: Assumptions) -> SettingsTable:
    """Tracker settings from the scenario's beliefs; nothing here looks at the raid.

    Burn time is the mixture of the boost templates, its sigma their spread (within and between).
    Harmless objects are one class: decoys and debris pooled.
    """
    beliefs = scenario.beliefs
    weights, means, variances = [], [], []
    for name, template in beliefs.boost_templates.items():
        low, high = float(template.burn_time.low), float(template.burn_time.high)
        weights.append(float(template.share))
        means.append(assumptions.value(f"beliefs/{name}/burn-time", template.burn_time))
        # A triangle between low and high has a variance of about a 24th of its width squared.
        variances.append((high - low) ** 2 / 24.0)
    total = sum(weights)
    mean = sum(w * m for w, m in zip(weights, means, strict=True)) / total
    second = sum(
        w * (v + m * m) for w, m, v in zip(weights, means, variances, strict=True)
    ) / total  # fmt: skip
    lethal = assumptions.value("beliefs/lethal-share", beliefs.lethal_share)
    share = min(max(lethal, 1e-6), 1.0 - 1e-6)
    features = beliefs.feature
    harmless = 0.5 * (features.debris.mean + features.decoy.mean)
    spread = math.sqrt(
        0.5 * (features.debris.spread**2 + features.decoy.spread**2)
        + 0.25 * (features.debris.mean - features.decoy.mean) ** 2
    )
    return build_settings(
        burn_time_s=mean,
        burn_time_sigma_s=math.sqrt(max(second - mean * mean, 1.0)),
        prior_log_odds=math.log(share / (1.0 - share)),
        lethal_feature=features.warhead.mean,
        lethal_feature_spread=max(features.warhead.spread, 1e-3),
        harmless_feature=harmless,
        harmless_feature_spread=max(spread, 1e-3),
    )
