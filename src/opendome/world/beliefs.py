"""What the defence believes of its adversary, as the tracker takes it."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from opendome.scenario.models.beliefs import Beliefs, Believed
from opendome.scenario.scenario import Scenario
from opendome.tables.truth import Floats
from opendome.tracking import SettingsTable, build_settings
from opendome.tracking.registration import N_BIASES, RANGE_BIAS
from opendome.tracking.settings import BELIEVED_PARTING, BELIEVED_PRIOR, Life
from opendome.world.assumptions import Assumptions
from opendome.world.model import SensorGroup


def compile_beliefs(
    scenario: Scenario, assumptions: Assumptions, longest_way_s: float, plume_way_s: float
) -> SettingsTable:
    """Tracker settings from the scenario's beliefs; nothing here looks at the raid.

    `longest_way_s` is the age that reports of looks may have when they arrive, and `plume_way_s`
    that of looks at plumes; the decision that takes them in may be a step later.
    Burn time is the mixture of the boost templates, its sigma their spread (within and between).
    Harmless objects are one class: decoys and debris pooled.
    """
    beliefs, step = scenario.beliefs, scenario.simulation.step
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
    partings = [
        assumptions.value(f"beliefs/{name}/parting-speed", own.parting_speed)
        for name, own in beliefs.classes.items()
    ]
    return build_settings(
        classes=_tabulate_classes(beliefs, share, assumptions),
        association=beliefs.association,
        physical=float(beliefs.discrimination == "features"),
        # What has parted slowest stays unresolved longest; what is new beside a track may be of the
        # fastest, and two of its sigmas are allowed for.
        parting_sigma_m_s=min(partings),
        spawn_sigma_m_s=2.0 * max(partings),
        lateness_s=longest_way_s + max(step.boost, step.otherwise),
        plume_gap_s=Life().plume_gap_s + plume_way_s,
        burn_time_s=mean,
        burn_time_sigma_s=math.sqrt(max(second - mean * mean, 1.0)),
        prior_log_odds=math.log(share / (1.0 - share)),
        lethal_feature=features.warhead.mean,
        lethal_feature_spread=max(features.warhead.spread, 1e-3),
        harmless_feature=harmless,
        harmless_feature_spread=max(spread, 1e-3),
    )


def compile_registration(
    scenario: Scenario, groups: tuple[SensorGroup, ...], n_sensors: int
) -> Floats:
    """Errors of range [m] and azimuth [rad] common to all looks of each sensor that are estimated.

    One sigma (n_sensors, 2), zero where none. Those that have any state it with their looks.
    """
    sigma = np.zeros((n_sensors, N_BIASES))
    if scenario.beliefs.registration == "estimated":
        for group in groups:
            registration_m = getattr(group.block, "registration_m", None)
            if registration_m is not None:
                sigma[group.block.sensor, RANGE_BIAS] = registration_m
    return sigma


def _tabulate_classes(beliefs: Beliefs, lethal_share: float, assumptions: Assumptions) -> Floats:
    """Believed classes as the tracker takes them; columns in `opendome.tracking.settings`.

    What an object parted from may be of any class, so a mean square of all their parting speeds
    adds to its own. The inverse ballistic coefficient has the median's inverse as its mean, and
    as its deviation that times the log of the factor.
    """
    totals = {
        lethal: sum(float(c.share) for c in beliefs.classes.values() if c.lethal == lethal)
        for lethal in (True, False)
    }
    rows = []
    for name, own in beliefs.classes.items():

        def median(quantity: Believed[Any], what: str, name: str = name) -> float:
            return assumptions.value(f"beliefs/{name}/{what}", quantity.median)

        share = (lethal_share if own.lethal else 1.0 - lethal_share) * float(own.share)
        row = [math.log(share / totals[own.lethal]), float(own.lethal)]
        sections = own.cross_section
        for what, quantity in (
            ("UHF", sections.uhf), ("S", sections.s), ("X", sections.x),
            ("body-intensity", own.body_intensity),
        ):  # fmt: skip
            row += [math.log(median(quantity, what)), math.log(quantity.factor) ** 2]
        inverse = 1.0 / median(own.ballistic_coefficient, "ballistic-coefficient")
        row += [inverse, (math.log(own.ballistic_coefficient.factor) * inverse) ** 2]
        row += [assumptions.value(f"beliefs/{name}/parting-speed", own.parting_speed) ** 2]
        row += [assumptions.value(f"beliefs/{name}/steady", own.steady)]
        rows.append(row)
    table = np.array(rows)
    table[:, BELIEVED_PARTING] += np.exp(table[:, BELIEVED_PRIOR]) @ table[:, BELIEVED_PARTING]
    return table
