"""Random streams of sensing."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from opendome.physics.random import stream_key


class SensingKeys(NamedTuple):
    """Keys of the streams; each draw adds replication, sensor with object, and look time."""

    detection: np.uint64
    noise: np.uint64
    feature: np.uint64


def derive_keys(seed: int) -> SensingKeys:
    """The streams of sensing under a campaign's seed."""
    return SensingKeys(
        stream_key(seed, "sensing.detection"),
        stream_key(seed, "sensing.noise"),
        stream_key(seed, "sensing.feature"),
    )
