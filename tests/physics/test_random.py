import os

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numba import njit
from scipy import stats

from opendome.physics import random

pytestmark = pytest.mark.kernels

COMPILED = os.environ.get("NUMBA_DISABLE_JIT", "0") in ("", "0")
N_DRAWS = 200_000 if COMPILED else 2_000
KEY = random.stream_key(20290120, "test")
ENTITY = random.entity_id("minot-1")

uint64s = st.integers(0, 2**64 - 1).map(np.uint64)
int63s = st.integers(0, 2**63 - 1).map(np.int64)


@njit
def _collect(key, entity, n, long, short, gaussian, fourth, waiting):
    for i in range(n):
        long[i] = random.uniform(key, 3, entity, i)
        gaussian[i] = random.normal(key, 4, entity, i)
        waiting[i] = random.exponential(key, 5, entity, i)
        short[0, i], short[1, i], short[2, i], short[3, i] = random.uniform4(key, 6, entity, i)
        fourth[0, i], fourth[1, i], fourth[2, i], fourth[3, i] = random.normal4(key, 7, entity, i)


@pytest.fixture(scope="module")
def draws():
    names = ("uniform", "normal", "exponential")
    single = {name: np.empty(N_DRAWS) for name in names}
    fours = {name: np.empty((4, N_DRAWS)) for name in ("uniform4", "normal4")}
    _collect(
        KEY, ENTITY, N_DRAWS, single["uniform"], fours["uniform4"], single["normal"],
        fours["normal4"], single["exponential"],
    )  # fmt: skip
    return single | fours


@given(key=uint64s, replication=int63s, entity=uint64s, index=int63s)
@settings(max_examples=200, deadline=None)
def test_every_name_gives_a_value_strictly_inside_the_unit_interval(
    key, replication, entity, index
):
    """No corner of the argument space yields 0, 1 or an error."""
    values = (
        random.uniform(key, replication, entity, index),
        *random.uniform4(key, replication, entity, index),
    )
    assert all(0.0 < value < 1.0 for value in values)
    assert np.isfinite(random.normal(key, replication, entity, index))


@given(key=uint64s, replication=int63s, entity=uint64s, index=int63s, bit=st.integers(0, 62))
@settings(max_examples=200, deadline=None)
def test_each_part_of_the_name_changes_the_draw(key, replication, entity, index, bit):
    """One bit flipped in any argument gives another value."""
    flip = np.uint64(1) << np.uint64(bit)
    flip_signed = np.int64(1) << np.int64(bit)
    base = random.uniform(key, replication, entity, index)
    assert random.uniform(key, replication, entity, index) == base
    assert random.uniform(key ^ flip, replication, entity, index) != base
    assert random.uniform(key, replication ^ flip_signed, entity, index) != base
    assert random.uniform(key, replication, entity ^ flip, index) != base
    assert random.uniform(key, replication, entity, index ^ flip_signed) != base


@given(a=uint64s, b=uint64s)
@settings(max_examples=200, deadline=None)
def test_mixing_depends_on_order(a, b):
    """(sensor, object) and (object, sensor) are different identities."""
    assert random.mix(a, b) == random.mix(a, b)
    assert (random.mix(a, b) == random.mix(b, a)) == (a == b)


@pytest.mark.parametrize(
    ("counter", "key", "answer"),
    [
        ((0, 0, 0, 0), (0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
        (
            (0xFFFFFFFF,) * 4,
            (0xFFFFFFFF,) * 2,
            (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD),
        ),
        (
            (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
            (0xA4093822, 0x299F31D0),
            (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
        ),
    ],
)
def test_philox_gives_the_known_answers_of_random123(counter, key, answer):
    """Bit-exact with the file kat_vectors of the Random123 library, philox4x32 10."""
    words = random.philox4x32(*(np.uint64(word) for word in (*counter, *key)))
    assert tuple(int(word) for word in words) == answer


def test_names_hash_to_fixed_values():
    """Identities never change between versions: recorded campaigns stay reproducible."""
    assert int(random.stream_key(1, "kill")) == 9626486120269593555
    assert int(random.entity_id("kill")) == 1753893541411196603


def test_seed_and_stream_do_not_run_together():
    """Seed 1 with stream "1x" is another key than seed 11 with stream "x"."""
    assert random.stream_key(1, "1x") != random.stream_key(11, "x")


@pytest.mark.parametrize(
    ("name", "law"), [("uniform", "uniform"), ("normal", "norm"), ("exponential", "expon")]
)
def test_draws_follow_their_law(draws, name, law):
    """Kolmogorov-Smirnov on a fixed sample; a right generator fails with probability 1e-4."""
    assert stats.kstest(draws[name], law).pvalue > 1e-4


@pytest.mark.parametrize(("name", "law"), [("uniform4", "uniform"), ("normal4", "norm")])
def test_the_four_values_follow_their_law_and_are_independent(draws, name, law):
    """Each lane has the law; correlations between lanes stay within five standard errors."""
    for lane in draws[name]:
        assert stats.kstest(lane, law).pvalue > 1e-4
    off_diagonal = np.corrcoef(draws[name]) - np.eye(4)
    assert np.abs(off_diagonal).max() < 5.0 / np.sqrt(N_DRAWS)


def test_neighbouring_indices_are_independent(draws):
    """Serial correlation stays within five standard errors, also of the tails' indicator."""
    for sample in (draws["uniform"], (draws["uniform"] > 0.9).astype(float)):
        assert abs(np.corrcoef(sample[1:], sample[:-1])[0, 1]) < 5.0 / np.sqrt(N_DRAWS)


def test_neighbouring_replications_and_entities_are_independent():
    """Low counters and replications, as a campaign uses them, give uncorrelated values."""
    n = 300 if COMPILED else 30
    table = np.array(
        [
            [random.uniform(KEY, replication, np.uint64(entity), 0) for entity in range(n)]
            for replication in range(n)
        ]
    )
    limit = 5.0 / n
    assert abs(np.corrcoef(table[1:].ravel(), table[:-1].ravel())[0, 1]) < limit
    assert abs(np.corrcoef(table[:, 1:].ravel(), table[:, :-1].ravel())[0, 1]) < limit
    assert stats.kstest(table.ravel(), "uniform").pvalue > 1e-4
