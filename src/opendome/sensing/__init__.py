"""Sensors and true objects in, noisy measurements out.

Each kind of sensor is one module of this package: a `NamedTuple` block that holds all sensors of
that kind in the world, and a function registered with `find_detections` for that block. A new
module here is found without being listed.
"""

from __future__ import annotations

import importlib
import pkgutil

from opendome.sensing.dispatch import find_all, observe
from opendome.sensing.ideal import IdealBlock
from opendome.sensing.infrared import InfraredBlock
from opendome.sensing.keys import SensingKeys, derive_keys
from opendome.sensing.logbook import Logbook
from opendome.sensing.radar import RadarBlock
from opendome.sensing.rows import Sightings
from opendome.sensing.station import UNKNOWN_SKY, Sky, Station, join_blocks, man_station

__all__ = [
    "UNKNOWN_SKY",
    "IdealBlock",
    "InfraredBlock",
    "Logbook",
    "RadarBlock",
    "SensingKeys",
    "Sightings",
    "Sky",
    "Station",
    "derive_keys",
    "find_all",
    "join_blocks",
    "man_station",
    "observe",
]

for _module in pkgutil.iter_modules(__path__):
    importlib.import_module(f"{__name__}.{_module.name}")
