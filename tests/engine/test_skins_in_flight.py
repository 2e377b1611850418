"""What flies warms in sunlight and cools in the Earth's shadow, by what its skin is."""

from __future__ import annotations

import numpy as np
import pytest

from opendome.engine.truth import TrueState
from opendome.physics.constants import EARTH_RADIUS_M
from opendome.physics.infrared import LONG_WAVE_M, band_radiance_w_m2_sr
from opendome.tables.codes import BANDS, DECOY, WARHEAD
from opendome.tables.truth import ASPECTS, Missiles, Objects, Trajectories, Truth

pytestmark = pytest.mark.kernels
SPAN_S = 1000.0
SHIELD, FOIL = (300.0, 0.9, 0.9, 15e3), (300.0, 0.5, 0.5, 60.0)


def hanging(height_m: float) -> Truth:
    """A warhead and a balloon at rest at one height over the x axis."""
    n = 2
    place = np.array([EARTH_RADIUS_M + height_m, 0.0, 0.0])
    objects = Objects(
        identity=np.arange(n, dtype=np.uint64) + 1,
        missile=np.zeros(n, np.int64),
        kind=np.array([WARHEAD, DECOY]),
        works=np.ones(n, np.bool_),
        aim_area=np.zeros(n, np.int64),
        start_s=np.zeros(n),
        end_s=np.full(n, SPAN_S),
        burnout_s=np.zeros(n),
        cross_section_m2=np.ones((n, len(ASPECTS), len(BANDS))),
        plume_w_sr=np.zeros(n),
        glow_w_sr=np.zeros(n),
        body_w_sr=np.array([25.0, 20.0]),
        skin=np.array([SHIELD, FOIL]),
        feature=np.zeros(n),
        mass_kg=np.ones(n),
        ballistic_coefficient_kg_m2=np.ones(n),
        steady=np.zeros(n),
    )
    nodes = Trajectories(
        first=np.array([0, 2, 4]),
        time_s=np.array([0.0, SPAN_S, 0.0, SPAN_S]),
        position_eci_m=np.tile(place, (4, 1)),
        velocity_eci_m_s=np.zeros((4, 3)),
        acceleration_eci_m_s2=np.zeros((4, 3)),
    )
    one = np.zeros(1)
    missiles = Missiles(*(one for _ in Missiles._fields))
    return Truth(missiles, objects, nodes)


def watch(height_m: float, sun_x: float, step_s: float = 5.0) -> tuple[np.ndarray, TrueState]:
    """Temperatures after 900 s of looks, the Sun before or behind the Earth."""
    true = TrueState(hanging(height_m), np.array([sun_x, 0.0, 0.0]))
    for time_s in np.arange(0.0, 900.0, step_s):
        true.snapshot(float(time_s))
    return true.snapshot(900.0).temperature_k, true


def test_shadow_tells_a_balloon_from_a_warhead() -> None:
    """A balloon is as cold as its surroundings within minutes; a warhead stays warm."""
    shield_k, foil_k = watch(1e6, -1.0)[0]
    assert foil_k == pytest.approx(179.0, abs=2.0)
    assert 270.0 < shield_k < 295.0
    shield_k, foil_k = watch(1e6, 1.0)[0]
    assert foil_k == pytest.approx(307.0, abs=5.0)
    assert abs(shield_k - 300.0) < 5.0


def test_intensity_follows_the_temperature_and_only_what_is_lit_reflects() -> None:
    """Stated intensity at release; then Planck's law at the skin's temperature."""
    held = band_radiance_w_m2_sr(300.0, *LONG_WAVE_M)
    for sun_x, reflects in ((-1.0, False), (1.0, True)):
        true = TrueState(hanging(1e6), np.array([sun_x, 0.0, 0.0]))
        first = true.snapshot(0.0)
        np.testing.assert_allclose(first.body_w_sr, [25.0, 20.0], rtol=1e-9)
        later = watch(1e6, sun_x)[1].snapshot(900.0)
        expected = [
            start * band_radiance_w_m2_sr(k, *LONG_WAVE_M) / held
            for start, k in zip((25.0, 20.0), later.temperature_k, strict=True)
        ]
        np.testing.assert_allclose(later.body_w_sr, expected, rtol=1e-9)
        assert (later.reflecting_m2 > 0.0).all() == reflects


def test_air_holds_the_stated_temperature() -> None:
    """Below 120 km nothing cools."""
    np.testing.assert_allclose(watch(1e5, -1.0)[0], 300.0)


def test_half_the_step_changes_little() -> None:
    """Within 1 K for foil and 0.1 K for a heat shield, after 900 s in shadow and in sunlight."""
    for sun_x in (-1.0, 1.0):
        gap = np.abs(watch(1e6, sun_x, 5.0)[0] - watch(1e6, sun_x, 2.5)[0])
        assert gap[0] < 0.1 and gap[1] < 1.0


def test_looking_for_remains_leaves_skins_alone() -> None:
    """A shot that looks where its target is does not warm anything."""
    true = TrueState(hanging(1e6), np.array([-1.0, 0.0, 0.0]))
    true.snapshot(0.0)
    before = true.snapshot(100.0, with_remains=True).temperature_k
    np.testing.assert_array_equal(before, [300.0, 300.0])
