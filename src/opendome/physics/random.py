"""Random numbers by name: Philox4x32-10 with the campaign seed and the stream as its key.

A draw is a pure function of (seed, stream, replication, entity, index). No state is carried, so a
value depends neither on the order of the draws, nor on the executor, nor on what else is in the
scenario.

The 64-bit key of Philox is the stream's key, joined with the replication by exclusive or. Stream
keys are hashes, so that two streams meet in any of a million replications with a chance of
2**-44. The 128-bit counter is the index (low half) and the entity (high half).

Source: Salmon, Moraes, Dror, Shaw (2011), "Parallel random numbers: as easy as 1, 2, 3",
SC'11; constants and known answers from the authors' Random123 library.
"""

from __future__ import annotations

import hashlib
import math

import numpy as np

from opendome.physics.jit import kernel

_MULTIPLIER_0 = np.uint64(0xD2511F53)
_MULTIPLIER_1 = np.uint64(0xCD9E8D57)
_WEYL_0 = np.uint64(0x9E3779B9)
_WEYL_1 = np.uint64(0xBB67AE85)
_LOW_WORD = np.uint64(0xFFFFFFFF)
_WORD_BITS = np.uint64(32)
_MANTISSA_SHIFT = np.uint64(12)
_N_ROUNDS = 10


def _hash64(text: str) -> np.uint64:
    return np.uint64(int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big"))


def stream_key(seed: int, stream: str) -> np.uint64:
    """Key of one stream of draws (such as "kill" or "radar-noise") under a campaign's seed."""
    return _hash64(f"stream\0{seed}\0{stream}")


def entity_id(name: str) -> np.uint64:
    """Identity of a scenario element from its name; rows and order never enter."""
    return _hash64(f"entity\0{name}")


@kernel
def philox4x32(
    c0: np.uint64, c1: np.uint64, c2: np.uint64, c3: np.uint64, k0: np.uint64, k1: np.uint64
) -> tuple[np.uint64, np.uint64, np.uint64, np.uint64]:
    """Ten rounds of Philox4x32: four 32-bit words, each held in a uint64.

    `c0` ... `c3` are the counter's words, `k0`, `k1` the key's; all below 2**32.
    """
    for _ in range(_N_ROUNDS):
        product_0 = _MULTIPLIER_0 * c0
        product_1 = _MULTIPLIER_1 * c2
        c0, c1, c2, c3 = (
            (product_1 >> _WORD_BITS) ^ c1 ^ k0,
            product_1 & _LOW_WORD,
            (product_0 >> _WORD_BITS) ^ c3 ^ k1,
            product_0 & _LOW_WORD,
        )
        k0 = (k0 + _WEYL_0) & _LOW_WORD
        k1 = (k1 + _WEYL_1) & _LOW_WORD
    return c0, c1, c2, c3


@kernel
def _draw_words(
    key: np.uint64, replication: int, entity: np.uint64, index: int
) -> tuple[np.uint64, np.uint64, np.uint64, np.uint64]:
    joined = np.uint64(key) ^ np.uint64(replication)
    low = np.uint64(index)
    high = np.uint64(entity)
    return philox4x32(
        low & _LOW_WORD,
        low >> _WORD_BITS,
        high & _LOW_WORD,
        high >> _WORD_BITS,
        joined & _LOW_WORD,
        joined >> _WORD_BITS,
    )


@kernel
def _open_unit(high: np.uint64, low: np.uint64) -> float:
    """Midpoint of one of 2**52 equal cells of (0, 1): never 0, never 1."""
    bits = ((high << _WORD_BITS) | low) >> _MANTISSA_SHIFT
    return (np.float64(bits) + 0.5) * 2.220446049250313e-16  # 2**-52


@kernel
def _open_unit_short(word: np.uint64) -> float:
    """Midpoint of one of 2**32 equal cells of (0, 1)."""
    return (np.float64(word) + 0.5) * 2.3283064365386963e-10  # 2**-32


@kernel
def mix(a: np.uint64, b: np.uint64) -> np.uint64:
    """One identity from two, for draws that belong to a pair (sensor, object). Order matters.

    Philox of counter `b` under key `a`.
    """
    first = np.uint64(a)
    second = np.uint64(b)
    w0, w1, _, _ = philox4x32(
        second & _LOW_WORD,
        second >> _WORD_BITS,
        np.uint64(0),
        np.uint64(0),
        first & _LOW_WORD,
        first >> _WORD_BITS,
    )
    return (w0 << _WORD_BITS) | w1


@kernel
def uniform(key: np.uint64, replication: int, entity: np.uint64, index: int) -> float:
    """A uniform value strictly inside (0, 1), of 52 random bits.

    Parameters
    ----------
    key : uint64
        Of the stream, from `stream_key`.
    replication : int64
        Not negative.
    entity : uint64
        From `entity_id` or `mix`.
    index : int64
        Ordinal of the draw for this entity, not negative.
    """
    w0, w1, _, _ = _draw_words(key, replication, entity, index)
    return _open_unit(w0, w1)


@kernel
def normal(key: np.uint64, replication: int, entity: np.uint64, index: int) -> float:
    """A standard normal value (Box and Muller 1958), within 8.6 sigma. Parameters as `uniform`."""
    w0, w1, w2, w3 = _draw_words(key, replication, entity, index)
    radius = math.sqrt(-2.0 * math.log(_open_unit(w0, w1)))
    return radius * math.cos(2.0 * math.pi * _open_unit(w2, w3))


@kernel
def exponential(key: np.uint64, replication: int, entity: np.uint64, index: int) -> float:
    """An exponential value of mean one. Parameters as `uniform`."""
    return -math.log(uniform(key, replication, entity, index))


@kernel
def uniform4(
    key: np.uint64, replication: int, entity: np.uint64, index: int
) -> tuple[float, float, float, float]:
    """Four independent uniform values in (0, 1) at the price of one, of 32 random bits each.

    They share the counter of `uniform` with the same arguments: use one or the other.
    """
    w0, w1, w2, w3 = _draw_words(key, replication, entity, index)
    return (
        _open_unit_short(w0),
        _open_unit_short(w1),
        _open_unit_short(w2),
        _open_unit_short(w3),
    )


@kernel
def normal4(
    key: np.uint64, replication: int, entity: np.uint64, index: int
) -> tuple[float, float, float, float]:
    """Four independent standard normal values, within 6.8 sigma.

    They share the counter of `normal` with the same arguments: use one or the other.
    """
    u0, u1, u2, u3 = uniform4(key, replication, entity, index)
    radius_0 = math.sqrt(-2.0 * math.log(u0))
    radius_1 = math.sqrt(-2.0 * math.log(u2))
    angle_0 = 2.0 * math.pi * u1
    angle_1 = 2.0 * math.pi * u3
    return (
        radius_0 * math.cos(angle_0),
        radius_0 * math.sin(angle_0),
        radius_1 * math.cos(angle_1),
        radius_1 * math.sin(angle_1),
    )
