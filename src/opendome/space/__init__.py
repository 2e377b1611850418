"""Space platforms: constellations of satellites and their ephemerides."""

from opendome.space.constellations import (
    Constellation,
    build_constellation,
    build_geostationary,
    draw_phases,
    satellite_ephemeris,
    satellite_states,
)

__all__ = [
    "Constellation",
    "build_constellation",
    "build_geostationary",
    "draw_phases",
    "satellite_ephemeris",
    "satellite_states",
]
