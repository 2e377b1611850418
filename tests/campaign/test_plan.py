from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opendome.campaign.plan import BATCH, make_plan
from opendome.errors import BadInput


@given(st.integers(1, 5000), st.booleans(), st.booleans())
def test_every_replication_is_in_one_chunk(
    runs: int, assumption_range: bool, in_batches: bool
) -> None:
    """Chunks hold each (draw, replication) once, in order, and their names sort in that order."""
    plan = make_plan(runs, assumption_range=assumption_range, in_batches=in_batches)
    chunks = plan.chunks()
    pairs = [(chunk.outer, number) for chunk in chunks for number in chunk.replications]
    draws = range(1, 21) if assumption_range else range(0)
    expected = [(0, number) for number in range(runs)]
    expected += [(draw, number) for draw in draws for number in range(max(1, runs // 50))]
    assert pairs == expected
    names = [chunk.name for chunk in chunks]
    assert names == sorted(set(names))


@given(st.integers(BATCH, 5000), st.integers(1, 20))
def test_a_campaign_that_ends_early_has_the_first_chunks_of_the_whole(
    runs: int, n_batches: int
) -> None:
    """Batch by batch gives the chunks of the shortened plan: parts that were stored stay valid."""
    whole = make_plan(runs, in_batches=True)
    stop = min(runs, n_batches * BATCH)
    shortened = make_plan(stop, in_batches=True)
    assert whole.best_chunks(0, stop) == shortened.best_chunks()


def test_draws_use_the_same_replication_numbers() -> None:
    """400 runs: 20 draws with replications 0 to 7, common with those at best values."""
    plan = make_plan(400)
    assert (plan.outer_draws, plan.runs_per_draw) == (20, 8)
    for chunk in plan.outer_chunks():
        assert chunk.replications == range(8)


@pytest.mark.parametrize("runs", [0, -1])
def test_no_runs_are_bad_input(runs: int) -> None:
    """Zero and negative numbers of replications are refused with what is allowed."""
    with pytest.raises(BadInput, match="1 or more"):
        make_plan(runs)
