"""Space platforms: constellations of satellites and their ephemerides."""

from opendome.space.constellations import (
    Constellation,
    Fleet,
    build_constellation,
    build_fleet,
    build_geostationary,
    draw_phases,
    place_fleet,
    satellite_ephemeris,
    satellite_states,
)

__all__ = [
    "Constellation",
    "Fleet",
    "build_constellation",
    "build_fleet",
    "build_geostationary",
    "draw_phases",
    "place_fleet",
    "satellite_ephemeris",
    "satellite_states",
]
