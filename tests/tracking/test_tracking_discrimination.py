"""What the tracker believes of lethality, and the settings that hold its beliefs."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm
from tracking_scenes import RADAR_PLACE, fly, measure

from opendome.errors import BadInput
from opendome.tracking import build_settings, start_tracker, update
from opendome.tracking.discrimination import compute_log_odds
from opendome.tracking.settings import Settings

pytestmark = pytest.mark.kernels
SETTINGS = build_settings(
    lethal_feature=2.0, lethal_feature_spread=0.7, harmless_feature=-1.0,
    harmless_feature_spread=1.5, prior_log_odds=-0.4,
)  # fmt: skip


@settings(max_examples=50, deadline=None)
@given(st.floats(-10.0, 10.0), st.floats(0.0, 10.0))
def test_log_odds_are_bayes_rule(feature, variance):
    """Prior plus the log ratio of the two normal densities."""
    beliefs = SETTINGS[0].beliefs
    lethal = norm(2.0, np.sqrt(0.49 + variance)).logpdf(feature)
    harmless = norm(-1.0, np.sqrt(2.25 + variance)).logpdf(feature)
    assert compute_log_odds(feature, variance, beliefs) == pytest.approx(
        -0.4 + lethal - harmless, abs=1e-9
    )


def test_many_looks_at_one_object_do_not_pile_up_evidence():
    """Log odds tend to those of the feature itself, as looks only sharpen its estimate."""
    generator = np.random.default_rng(1)
    times = np.arange(0.0, 60.0, 2.0)
    truth = fly(np.array([6978e3, -900e3, 800e3]), np.array([500.0, 3500.0, -4500.0]), times)
    tracker = start_tracker(2)
    odds = []
    for k, t in enumerate(times):
        table = measure(generator, t, 0, RADAR_PLACE, truth[k : k + 1])
        if k % 3 == 0:  # other looks have no feature and say nothing
            table.feature[:] = 0.9 + 0.5 * generator.normal()
            table.sigma_feature[:] = 0.5
        update(tracker, table, t, SETTINGS)
        odds.append(tracker.tracks.log_odds[0])
    assert odds[1] == odds[0]
    exact = compute_log_odds(0.9, 0.0, SETTINGS[0].beliefs)
    # Ten looks leave 0.5 / sqrt(10) of error in the feature; the log odds' slope is below 3.
    assert abs(odds[-1] - exact) < 3 * 3 * 0.5 / np.sqrt(10)
    assert odds[-1] < 3.0


def test_a_perfect_look_settles_the_feature():
    """A sigma of zero gives the log odds of the feature itself."""
    truth = fly(np.array([6978e3, -900e3, 800e3]), np.array([500.0, 3500.0, -4500.0]), [0.0, 1.0])
    table = measure(np.random.default_rng(1), 0.0, 0, RADAR_PLACE, truth[:1])
    table.feature[:] = 1.2
    table.sigma_feature[:] = 0.0
    tracker = start_tracker(2)
    update(tracker, table, 0.0, SETTINGS)
    exact = compute_log_odds(1.2, 0.0, SETTINGS[0].beliefs)
    assert tracker.tracks.log_odds[0] == pytest.approx(exact, abs=1e-6)


def test_settings_are_changed_by_name_and_stay_floats():
    """One value changes, everything else is the default, and integers become floats."""
    changed = build_settings(gmst0_rad=2, burn_time_s=100)[0]
    assert changed.prediction.gmst0_rad == 2.0
    assert isinstance(changed.prediction.gmst0_rad, float)
    assert tuple(changed.beliefs) == Settings().beliefs._replace(burn_time_s=100.0)
    assert tuple(changed.motion) == Settings().motion


def test_no_setting_stands_in_two_groups():
    """A flat name reaches one value only."""
    names = [name for group in Settings() for name in group._fields]
    assert len(names) == len(set(names))


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [("burn_time", 1.0, "no such setting"), ("burn_time_s", 0.0, "above zero"),
     ("gate_2", -1.0, "above zero"), ("gmst0_rad", np.inf, "finite"),
     ("jerk_noise_m2_s5", np.nan, "finite")],
)  # fmt: skip
def test_bad_settings_are_refused_in_one_line(name, value, says):
    """The message names the setting and what it may be."""
    with pytest.raises(BadInput, match=f"tracking.{name}.*{says}") as caught:
        build_settings(**{name: value})
    assert "\n" not in str(caught.value)
