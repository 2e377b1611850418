"""Platforms that move: on their track, at their speed, drawn anew in each replication."""

from __future__ import annotations

import math

import numpy as np
import pytest
from geographiclib.geodesic import Geodesic
from hypothesis import given, settings
from hypothesis import strategies as st

from opendome.engine.carriers import build_carrier
from opendome.physics.constants import EARTH_ROTATION_RAD_S
from opendome.physics.geodesy import geodetic_from_ecef
from opendome.physics.random import entity_id
from opendome.sensing.patrols import Patrols, build_patrols, draw_phases, place_patrols
from opendome.space import build_geostationary

pytestmark = pytest.mark.kernels
LINE = np.radians([[60.0, -140.0], [62.0, -125.0]])
TRIANGLE = np.radians([[35.0, -70.0], [38.0, -70.0], [38.0, -65.0]])


def patrols(speed_m_s: float = 220.0) -> Patrols:
    """An aircraft there and back, and a ship round a triangle."""
    return build_patrols(
        np.array([entity_id("platform/a"), entity_id("platform/b")]), [LINE, TRIANGLE],
        np.array([speed_m_s, 8.0]), np.array([9e3, 30.0]),
    )  # fmt: skip


def geodetic(place: np.ndarray) -> tuple[float, float, float]:
    latitude, longitude, height = geodetic_from_ecef(*map(float, place))
    return math.degrees(latitude), math.degrees(longitude), height


@given(time_s=st.floats(-1e3, 2e4), share=st.floats(0.0, 0.999))
@settings(max_examples=40)
def test_a_platform_stays_on_its_track_and_height(time_s: float, share: float) -> None:
    """The way from one waypoint to the other through the platform is the direct one, within the
    flattening (0.4 %) of its length; heights hold to a millimetre."""
    place = place_patrols(patrols(), np.array([share, share]), time_s)
    latitude, longitude, height = geodetic(place[0])
    ends = np.degrees(LINE)

    def apart(a: tuple[float, float], b: tuple[float, float]) -> float:
        return float(Geodesic.WGS84.Inverse(*a, *b)["s12"])

    here = (latitude, longitude)
    through = apart(tuple(ends[0]), here) + apart(here, tuple(ends[1]))
    assert through == pytest.approx(apart(tuple(ends[0]), tuple(ends[1])), rel=4e-3)
    assert height == pytest.approx(9e3, abs=1e-3)
    assert geodetic(place[1])[2] == pytest.approx(30.0, abs=1e-3)


@given(time_s=st.floats(0.0, 2e4))
@settings(max_examples=30)
def test_a_platform_keeps_its_speed(time_s: float) -> None:
    """Ground covered in a second, within the flattening and the height (0.5 %); corners excepted,
    where it can only be less."""
    phase = np.array([0.1, 0.6])
    step = place_patrols(patrols(), phase, time_s + 1.0) - place_patrols(patrols(), phase, time_s)
    speed = np.linalg.norm(step, axis=1)
    assert (speed <= np.array([220.0, 8.0]) * 1.005).all()
    assert speed[1] == pytest.approx(8.0, rel=5e-3)


def test_the_track_is_closed() -> None:
    """After one round everything is where it was."""
    both = patrols()
    for i in range(2):
        legs = slice(both.first[i], both.first[i + 1])
        round_s = both.angle_rad[legs].sum() * (6371008.8 + both.height_m[i]) / both.speed_m_s[i]
        phase = np.array([0.3, 0.3])
        start, end = (place_patrols(both, phase, t)[i] for t in (0.0, round_s))
        assert end == pytest.approx(start, abs=1e-2)


def test_where_it_starts_is_drawn_by_name() -> None:
    """Another replication, another place; another platform beside it changes nothing."""
    both = patrols()
    alone = build_patrols(both.identity[:1], [LINE], both.speed_m_s[:1], both.height_m[:1])
    first, second = draw_phases(both, 1, 0), draw_phases(both, 1, 1)
    assert (first != second).all()
    assert draw_phases(alone, 1, 0)[0] == first[0]
    shares = np.concatenate([draw_phases(both, 1, k) for k in range(200)])
    assert 0.4 < shares.mean() < 0.6
    assert shares.min() >= 0.0
    assert shares.max() < 1.0


def test_carriers_are_chosen_by_what_sensors_are_on() -> None:
    """The ground, satellites and patrols all place sensors; anything else is refused."""
    ground = place_patrols(patrols(), np.zeros(2), 0.0)
    mounts = (ground, (build_geostationary("over", np.array([0.0, 1.0]), 0.0),), patrols())
    for mount in mounts:
        position, velocity = np.empty((2, 3)), np.empty((2, 3))
        build_carrier(mount, 1, 0).place(100.0, 0.3, position, velocity)
        assert np.isfinite(position).all()
        assert np.isfinite(velocity).all()
    with pytest.raises(TypeError, match="str"):
        build_carrier("rails", 1, 0)


def test_own_motion_is_taken_out_of_range_rates() -> None:
    """The velocity that rates are told relative to is that of the ground under the platform."""
    position, velocity = np.empty((2, 3)), np.empty((2, 3))
    build_carrier(patrols(), 1, 0).place(50.0, 0.3, position, velocity)
    turning = EARTH_ROTATION_RAD_S * np.stack(
        [-position[:, 1], position[:, 0], np.zeros(2)], axis=1
    )
    assert velocity == pytest.approx(turning, abs=1e-9)
