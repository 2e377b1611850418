"""Physical constants, SI units."""

from __future__ import annotations

from typing import Final

# WGS-84, NIMA TR8350.2 (2000), tables 3.1 and 3.3.
EARTH_MU_M3_S2: Final = 3.986004418e14
EARTH_RADIUS_M: Final = 6378137.0
EARTH_FLATTENING: Final = 1.0 / 298.257223563
EARTH_ECCENTRICITY_SQUARED: Final = EARTH_FLATTENING * (2.0 - EARTH_FLATTENING)
EARTH_ROTATION_RAD_S: Final = 7.292115e-5

# Zonal harmonics, EGM96 (unnormalised), Vallado (2013), table D-1.
EARTH_J2: Final = 1.0826266835e-3
EARTH_J3: Final = -2.5326564853e-6
EARTH_J4: Final = -1.6196215914e-6

# IUGG mean radius R1, Moritz (2000), Geodetic Reference System 1980.
EARTH_MEAN_RADIUS_M: Final = 6371008.8

# Standard gravity, 3rd CGPM (1901); speed of light and Boltzmann constant, SI brochure (2019).
STANDARD_GRAVITY_M_S2: Final = 9.80665
SPEED_OF_LIGHT_M_S: Final = 299792458.0
BOLTZMANN_J_K: Final = 1.380649e-23
