"""Small integer codes that stand for words inside arrays, and the words the record writes."""

from __future__ import annotations

from typing import Final

# What a true object is. `BODY` is what is left of a missile whose boost was ended by a hit.
BOOSTER: Final = 0
WARHEAD: Final = 1
DEBRIS: Final = 2
DECOY: Final = 3
BODY: Final = 4
GLIDER: Final = 5
CRUISE: Final = 6
OBJECT_KINDS: Final = (
    "booster", "warhead", "debris", "decoy", "body", "glide-vehicle", "cruise-missile",
)  # fmt: skip
# What reaches an area and does harm there.
LETHAL_KINDS: Final = (WARHEAD, GLIDER, CRUISE)

# How a measurement was made.
RADAR: Final = 0
PLUME: Final = 1  # infrared, bright: something is burning
COLD: Final = 2  # infrared, dim: a body at its own temperature

# Radar bands, as columns of cross-section tables.
BANDS: Final = ("VHF", "UHF", "L", "S", "C", "X")
# Bands of infrared channels, numbered on from those of radars, and none.
PLUME_BAND: Final = 6
LONG_WAVE_BAND: Final = 7
NO_BAND: Final = -1

# Life of a track slot, and its flight phase as the tracker estimates it.
FREE: Final = 0
TENTATIVE: Final = 1
FIRM: Final = 2
BOOST_PHASE: Final = 1
BALLISTIC_PHASE: Final = 2
GLIDE_PHASE: Final = 3  # carried by the air, faster than aircraft
CRUISE_PHASE: Final = 4  # carried by the air, low, as aircraft are
PHASES: Final = ("unknown", "boost", "ballistic", "glide", "cruise")

# Layers, in the order in which a missile meets them.
LAYERS: Final = (
    "boost",
    "post-boost",
    "midcourse",
    "upper-tier",
    "lower-tier",
    "glide",
    "cruise",
)

# Target classes that kill probability is stated for.
TARGET_CLASSES: Final = (
    "boosting",
    "icbm-warhead",
    "intermediate-range",
    "short-range",
    "glide",
    "cruise",
)

# First reason why a lethal object was not stopped: the first link of the chain that broke.
REASONS: Final = (
    "not-detected",
    "no-radar-time",
    "not-tracked",
    "not-discriminated",
    "no-feasible-shot",
    "not-authorised",
    "no-inventory",
    "no-channel",
    "held",
    "order-lost",
    "missed",
    "failed",
)

# What became of a threat object.
FATES: Final = ("leaked", "stopped", "fell-short", "failed", "harmless")

# How a shot ended. `missed`: the target was outside what the interceptor could still reach.
# `failed`: it was inside and the interceptor did not kill it.
SHOT_RESULTS: Final = ("in-flight", "killed", "missed", "failed", "target-gone")
