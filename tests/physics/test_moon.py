"""The Moon: within the formula's own error of ERFA, over years and over a month."""

from __future__ import annotations

import erfa
import numpy as np
import pytest

from opendome.physics.moon import moon_position_m


@pytest.mark.parametrize("start_jd", [2451545.0, 2462137.5, 2488000.0])
def test_moon_is_where_erfa_has_it(start_jd: float) -> None:
    """Every seven hours of three months: 0.3 degrees and 0.4 % of distance, as the formula states.

    ERFA's theory (Meeus 1998) is good to arc seconds. Its place refers to J2000; precession turns
    it to the equator and equinox of date.
    """
    days = start_jd + np.arange(0.0, 90.0, 7.0 / 24.0)
    worst_angle, worst_distance = 0.0, 0.0
    for jd in days:
        there = erfa.pmat06(jd, 0.0) @ (np.asarray(erfa.moon98(jd, 0.0)["p"]) * erfa.DAU)
        ours = np.array(moon_position_m(float(jd)))
        far, near = np.linalg.norm(there), np.linalg.norm(ours)
        angle = np.degrees(np.arcsin(np.linalg.norm(np.cross(there, ours)) / far / near))
        worst_angle = max(worst_angle, float(angle))
        worst_distance = max(worst_distance, abs(near / far - 1.0))
        assert float(there @ ours) > 0.0
    assert worst_angle < 0.36  # 0.3 of longitude and 0.2 of latitude together
    assert worst_distance < 0.004


def test_distance_lies_between_perigee_and_apogee() -> None:
    """356,400 to 406,700 km, the extremes of the century (Meeus 1998), within 0.4 %."""
    distances = [np.linalg.norm(moon_position_m(2451545.0 + 0.5 * k)) for k in range(2000)]
    assert 355.0e6 < min(distances) < 360.0e6
    assert 404.0e6 < max(distances) < 408.4e6
