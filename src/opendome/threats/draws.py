"""What decides each missile's fate: ordinals of its draws, and how a flight may end.

The same for missiles of every kind, so that a class that is flown another way keeps its luck.
"""

from __future__ import annotations

from typing import Final

# How a missile's flight ended: `tables.truth.Missiles.cutoff_reason`.
FULL_FLIGHT: Final = 0
FAILED_AT_LAUNCH: Final = 1
FAILED_IN_BOOST: Final = 2

# Ordinals of the draws of one missile (index of the stream "threats").
DRAW_FATE: Final = 0
DRAW_DISPERSION: Final = 1
DRAW_GUIDANCE: Final = 2
DRAW_BOOSTER: Final = 3
# The same of one part.
DRAW_PART: Final = 0
DRAW_PART_FATE: Final = 1
DRAW_DRAG: Final = 2

# A launch crew is never later or earlier than this many sigmas.
MOST_JITTER: Final = 3.0
# Light decoys, chaff and fragments are followed down to here: the air has cut their speed to a
# third of a warhead's or less, so that nothing below could take them for one.
LIGHT_FLOOR_M: Final = 40e3
