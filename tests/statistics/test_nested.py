from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from opendome.statistics import estimate_drawn_ratios


def draw_campaigns(
    seed: int, n_campaigns: int, *, common: bool
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Leaked of ten at 20 draws (true leakages 0.2 to 0.39) with 5 of 100 base replications.

    Warheads leak where their random number is below the leakage; numbers are common or not.
    """
    generator = np.random.Generator(np.random.Philox(key=seed))
    numbers = generator.random((n_campaigns, 100, 10))
    base = (numbers < 0.3).sum(axis=2)
    true = 0.2 + 0.01 * np.arange(20)
    own = numbers[:, None, :5] if common else generator.random((n_campaigns, 20, 5, 10))
    return true, (own < true[:, None, None]).sum(axis=3), base


def test_common_luck_is_taken_out() -> None:
    """Where draws and base share their luck, ratios come nearer to the truth than raw ones."""
    true, draws, base = draw_campaigns(1, 200, common=True)
    raw = draws.mean(axis=2) / 10.0
    found = [
        estimate_drawn_ratios(top, np.full((20, 5), 10), row, np.full(100, 10))
        for top, row in zip(draws, base, strict=True)
    ]
    error = np.array([each.ratio - true for each in found])
    # What pulls all draws of a campaign to one side is the mean error over its draws.
    assert error.mean(axis=1).std() < 0.75 * (raw - true).mean(axis=1).std()
    # 200 campaigns, error about 0.04 each: the mean is known to 0.003.
    assert abs(error.mean()) < 0.01


def test_nothing_is_lost_where_luck_is_not_common() -> None:
    """Where luck is not shared the coefficient is near zero and ratios stay about as good."""
    true, draws, base = draw_campaigns(2, 200, common=False)
    raw = draws.mean(axis=2) / 10.0
    found = [
        estimate_drawn_ratios(top, np.full((20, 5), 10), row, np.full(100, 10))
        for top, row in zip(draws, base, strict=True)
    ]
    assert np.median([each.coefficient for each in found]) < 0.2
    error = np.array([each.ratio - true for each in found])
    assert error.std() < 1.1 * (raw - true).std()


@given(st.lists(st.integers(0, 10), min_size=5, max_size=5))
def test_the_base_as_its_own_draw_is_itself(leaked: list[int]) -> None:
    """A base without further replications has no luck to take out: ratios are raw."""
    lethal = np.full(5, 10)
    found = estimate_drawn_ratios([leaked, leaked], [lethal, lethal], leaked, lethal)
    assert found.ratio == pytest.approx([sum(leaked) / 50.0] * 2)


def test_failed_replications_count_for_nothing() -> None:
    """A draw whose replications all failed is NaN; a failed replication is left out of its draw."""
    found = estimate_drawn_ratios([[0, 0], [4, 0]], [[0, 0], [10, 0]], [3, 3], [10, 10])
    assert math.isnan(found.ratio[0])
    assert found.ratio[1] == pytest.approx(0.4)
    nothing = estimate_drawn_ratios([[0, 0]], [[0, 0]], [3, 3], [10, 10])
    assert math.isnan(nothing.ratio[0])
    assert math.isnan(nothing.sampling_error)


def test_other_replications_are_refused() -> None:
    """A base with fewer replications than the draws cannot tell their luck."""
    with pytest.raises(ValueError, match="same replications"):
        estimate_drawn_ratios([[1, 1]], [[2, 2]], [1], [2])
