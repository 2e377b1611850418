"""The limit of dynamic pressure: what passes it is refused, alone and in a raid."""

from __future__ import annotations

import math

import numpy as np
import pytest
from threat_cases import LAUNCH, TARGET, missile_class, order

from opendome.errors import BadInput
from opendome.physics.constants import EARTH_ROTATION_RAD_S
from opendome.physics.geodesy import geodetic_from_ecef
from opendome.physics.standard_atmosphere import lower_atmosphere
from opendome.threats import compile_raid, explain_raid
from opendome.threats.aiming import DEPRESSED, MINIMUM_ENERGY
from opendome.threats.single import Place, fly_one

pytestmark = pytest.mark.kernels

START, END = Place("here", *LAUNCH), Place("there", *TARGET)


def _peak_pa(trajectory):
    return fly_one(missile_class(), START, END, trajectory, ()).peak_pressure_pa


def test_peak_is_that_of_the_path_and_the_tables():
    """From the nodes of the path and the standard atmosphere, to the spacing of the nodes: 3 %."""
    report = fly_one(missile_class(), START, END, MINIMUM_ENERGY, ())
    path = report.path
    boosted = path.time_s < report.burnout.time_s
    wind = path.velocity_eci_m_s - np.cross([0.0, 0.0, EARTH_ROTATION_RAD_S], path.position_eci_m)
    height = np.array([geodetic_from_ecef(*p)[2] for p in path.position_eci_m[boosted]])
    air = lower_atmosphere(np.clip(height, 0.0, 80e3)).density_kg_m3
    pressure = 0.5 * air * np.sum(wind[boosted] ** 2, axis=1)
    assert report.peak_pressure_pa >= 0.999 * pressure.max()
    assert report.peak_pressure_pa == pytest.approx(pressure.max(), rel=0.03)


def test_a_flight_beyond_the_limit_is_refused_with_what_would_work():
    """The depressed flight reaches more than the least energetic one; the limit lies between."""
    low, high = _peak_pa(MINIMUM_ENERGY), _peak_pa(DEPRESSED)
    assert high > low
    limited = missile_class(dynamic_pressure_limit_pa=0.5 * (low + high))
    assert fly_one(limited, START, END, MINIMUM_ENERGY, ()).peak_pressure_pa == low
    with pytest.raises(BadInput, match=r"kPa above the limit.*a minimum-energy trajectory") as told:
        fly_one(limited, START, END, DEPRESSED, ())
    assert f"{high / 1e3:,.1f} kPa" in str(told.value)


def test_a_raid_names_the_missiles_beyond_the_limit():
    """Only the depressed one; without a limit none."""
    low, high = _peak_pa(MINIMUM_ENERGY), _peak_pa(DEPRESSED)
    orders = [order("flat", trajectory=DEPRESSED), order("usual")]
    assert explain_raid(compile_raid([missile_class()], orders)) == []
    limited = missile_class(dynamic_pressure_limit_pa=0.5 * (low + high))
    ((row, reason),) = explain_raid(compile_raid([limited], orders))
    assert row == 0
    assert "above the limit of the class" in reason
    assert math.isinf(missile_class().dynamic_pressure_limit_pa)
