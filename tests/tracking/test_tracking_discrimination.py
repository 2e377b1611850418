"""What the tracker believes of lethality, and the settings that hold its beliefs."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from scipy.stats import norm
from tracking_scenes import RADAR_PLACE, fly, measure

from opendome.errors import BadInput
from opendome.statistics import find_operating_area
from opendome.tracking import build_settings, start_tracker, update
from opendome.tracking.discrimination import compute_log_odds, weigh_classes, weigh_scatter
from opendome.tracking.evidence import (
    ECHO_LOG,
    ECHO_NOISE,
    ECHO_SCATTER,
    ECHO_WEIGHT,
    HEAT_INFORMATION,
    PARTING_SQUARE,
    PARTING_VARIANCE,
)
from opendome.tracking.picture import N_ECHO, N_EVIDENCE
from opendome.tracking.settings import (
    BELIEVED_ECHO,
    BELIEVED_HEAT,
    BELIEVED_LETHAL,
    BELIEVED_PARTING,
    BELIEVED_PRIOR,
    N_BELIEVED,
    Settings,
)

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


def believe(**means):
    """Two classes, lethal first, equal priors: mean by column, and a variance of one after it."""
    classes = np.ones((2, N_BELIEVED))
    classes[:, BELIEVED_PRIOR] = np.log(0.5)
    classes[:, BELIEVED_LETHAL] = [1.0, 0.0]
    for column in (*range(BELIEVED_ECHO, BELIEVED_PARTING, 2),):
        classes[:, column] = 0.0
    for column, values in means.items():
        classes[:, int(column[1:])] = values
    return classes


@settings(max_examples=50, deadline=None)
@given(st.floats(-5.0, 5.0), st.floats(0.01, 50.0))
def test_physical_features_are_weighed_by_bayes_rule(heat, information):
    """Log ratio of two densities of Student's law that the estimate's error has widened."""
    evidence = np.zeros(N_EVIDENCE)
    evidence[HEAT_INFORMATION : HEAT_INFORMATION + 2] = information, heat
    scale = np.sqrt(1.0 + 1.0 / information)
    expected = stats.t.logpdf(heat, 4, 1.0, scale) - stats.t.logpdf(heat, 4, -1.0, scale)
    classes = believe(**{f"_{BELIEVED_HEAT}": [1.0, -1.0]})
    assert weigh_classes(evidence, classes, 8000.0) == pytest.approx(expected, abs=1e-9)


def test_independent_features_add_and_unmeasured_ones_count_nothing():
    """Log odds of two features are the sum of those of each; without any, the prior's."""
    classes = believe(
        **{f"_{BELIEVED_HEAT}": [1.0, -1.0], f"_{BELIEVED_PARTING}": [1.0, 9.0],
           f"_{BELIEVED_PRIOR}": np.log([0.2, 0.8])}
    )  # fmt: skip
    prior = np.log(0.2 / 0.8)
    heat, parting = np.zeros(N_EVIDENCE), np.zeros(N_EVIDENCE)
    heat[HEAT_INFORMATION : HEAT_INFORMATION + 2] = 3.0, 0.4
    parting[PARTING_SQUARE], parting[PARTING_VARIANCE] = 2.0, 0.5
    odds = [weigh_classes(e, classes, 8000.0) for e in (heat, parting, heat + parting)]
    assert weigh_classes(np.zeros(N_EVIDENCE), classes, 8000.0) == pytest.approx(prior)
    assert odds[2] - prior == pytest.approx(odds[0] - prior + odds[1] - prior)
    # Slow parting speaks for the class that parts slowly.
    assert odds[1] > prior


def tell_apart(classes, k, seed=1):
    """Area under the operating curve over objects whose log X-band sections are k apart."""
    generator = np.random.default_rng(seed)
    scores = []
    for mean in (0.5 * k, -0.5 * k):
        sections = np.exp(mean + generator.normal(size=150))
        own = np.zeros((150, N_EVIDENCE))
        # Twenty independent looks at each, at a ratio so high that noise is nothing.
        echoes = np.log(generator.exponential(sections[:, None], (150, 20))).mean(axis=1)
        own[:, 2 * N_ECHO + ECHO_WEIGHT] = 20.0
        own[:, 2 * N_ECHO + ECHO_LOG] = echoes
        own[:, 2 * N_ECHO + ECHO_NOISE] = 1e-9
        scores.append([weigh_classes(e, classes, 8000.0) for e in own])
    return find_operating_area(*scores)


def test_wrong_beliefs_lower_the_operating_curve():
    """Right beliefs come near the closed form of two normals; swapped ones are as far below."""
    column, k = BELIEVED_ECHO + 4, 2.0
    right = tell_apart(believe(**{f"_{column}": [1.0, -1.0]}), k)
    # The spread of the classes and of twenty fluctuating looks together.
    apart = k / np.sqrt(1.0 + np.pi**2 / 6.0 / 20.0)
    expected = norm.cdf(apart / np.sqrt(2.0))
    assert right == pytest.approx(expected, abs=4.0 * np.sqrt(2 * expected * (1 - expected) / 150))
    wrong = tell_apart(believe(**{f"_{column}": [-1.0, 1.0]}), k)
    assert wrong == pytest.approx(1.0 - right, abs=1e-9)
    # Believing in a difference that is small, or wide, orders objects no worse.
    blunt = tell_apart(believe(**{f"_{column}": [0.2, -0.2]}), k)
    assert wrong < 0.5 < blunt <= right + 0.02


def test_the_k_factor_gives_the_closed_operating_curve():
    """Two unit normals k apart: detection is Phi(Phi^-1(false alarm) + k); four sigmas."""
    k, n = 1.8, 1500
    beliefs = build_settings(
        lethal_feature=k, lethal_feature_spread=1.0, harmless_feature=1e-9,
        harmless_feature_spread=1.0,
    )[0].beliefs  # fmt: skip
    generator = np.random.default_rng(1)
    scores = [
        np.array([compute_log_odds(x, 0.0, beliefs) for x in generator.normal(mean, 1.0, n)])
        for mean in (k, 0.0)
    ]
    for false_alarm in (0.02, 0.1, 0.3):
        # Log odds are k (x - k / 2), so the threshold stands in closed form too.
        threshold = k * (norm.isf(false_alarm) - 0.5 * k)
        for score, expected in zip(
            scores, (norm.cdf(norm.ppf(false_alarm) + k), false_alarm), strict=True
        ):
            spread = np.sqrt(expected * (1.0 - expected) / n)
            assert (score > threshold).mean() == pytest.approx(expected, abs=4.0 * spread)


def test_each_mode_listens_to_its_own_features():
    """A radar's scalar feature counts in the k-factor mode alone, its echo in the other."""
    truth = fly(np.array([6978e3, -900e3, 800e3]), np.array([500.0, 3500.0, -4500.0]), [0.0, 1.0])
    classes = believe(**{f"_{BELIEVED_ECHO + 4}": [1.0, -1.0]})
    for physical, counts in ((0.0, "feature"), (1.0, "cross_section_m2")):
        chosen = build_settings(physical=physical, classes=classes)
        for column in ("feature", "cross_section_m2"):
            table = measure(np.random.default_rng(1), 0.0, 0, RADAR_PLACE, truth[:1])
            table.band[:] = 5
            table.least_cross_section_m2[:] = 1e-3
            table.sigma_feature[:] = 0.1
            getattr(table, column)[:] = 4.0
            tracker = start_tracker(2)
            update(tracker, table, 0.0, chosen)
            odds = tracker.tracks.log_odds[0]
            assert (odds > 0.5) if column == counts else (odds == 0.0), (column, physical)


@pytest.mark.parametrize("snr", [20.0, 100.0])
def test_scatter_of_echoes_tells_steady_from_tumbling(snr):
    """Bayes over many looks: each law is found the more probable one more often than not.

    Swerling 3 with noise is drawn from its scatterers, not from the formula: a signal's power of
    four degrees of freedom, and a complex normal noise.
    """
    generator = np.random.default_rng(7)
    threshold, n, runs = 13.816, 60, 200
    favoured = {}
    for steady in (False, True):
        half = 2.0 if steady else 1.0
        signal = generator.gamma(half, snr / half, 4 * n * runs)
        noise = generator.normal(size=(2, signal.size)) / np.sqrt(2.0)
        power = (np.sqrt(signal) + noise[0]) ** 2 + noise[1] ** 2
        logs = np.log(power[power > threshold][: n * runs] - threshold).reshape(runs, n)
        own = np.zeros((runs, N_ECHO))
        own[:, ECHO_WEIGHT], own[:, ECHO_NOISE] = n, 1.0
        own[:, ECHO_LOG], own[:, ECHO_SCATTER] = logs.mean(axis=1), logs.var(axis=1)
        favoured[steady] = np.mean([weigh_scatter(row) > 1.0 for row in own])
    # Two normals of equal spread whose means are d sigmas apart: d is 0.4 at 20 and 1.7 at 100.
    least = {20.0: 0.52, 100.0: 0.72}[snr]
    assert favoured[True] > least
    assert favoured[False] < 1.0 - least + 0.05


def test_few_echoes_say_nothing_of_their_scatter():
    """Fewer than three independent looks leave all classes as they are."""
    own = np.zeros(N_ECHO)
    own[ECHO_WEIGHT], own[ECHO_NOISE], own[ECHO_SCATTER] = 2.9, 1e-3, 0.1
    assert weigh_scatter(own) == 1.0
