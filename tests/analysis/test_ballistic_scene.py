"""The scene on which trackers are compared is what it says it is."""

from __future__ import annotations

import numpy as np
from scipy.integrate import solve_ivp

from opendome.analysis.ballistic_scene import accelerate, make_scene
from opendome.physics.gravity import j2_acceleration


def test_gravity_is_the_packages_own():
    """Two ways to write J2 agree to rounding."""
    places = np.random.default_rng(1).uniform(-1.0, 1.0, (20, 3)) * 4e6 + 5e6
    assert np.allclose(accelerate(places), [j2_acceleration(*place) for place in places], 1e-12)


def test_truth_is_a_flight():
    """The last state of a target is where an adaptive integrator brings its first."""
    scene = make_scene(3, 20, 1)
    for i in range(3):
        flown = solve_ivp(
            lambda t, y: np.concatenate([y[3:], accelerate(y[None, :3])[0]]),
            (1.0, 20.0), scene.truth[0, i], rtol=1e-11, atol=1e-5,
        )  # fmt: skip
        assert np.abs(flown.y[:3, -1] - scene.truth[-1, i, :3]).max() < 1e-2


def test_measurements_have_the_errors_they_state():
    """Range and the angle across the line of sight scatter by their sigmas; one in 50 is missed."""
    scene = make_scene(400, 5, 2)
    apart, across, rows = [], [], 0
    for table, target, truth in zip(scene.scans, scene.target, scene.truth, strict=True):
        place = truth[target, :3] - table.sensor_position_eci_m
        distance = np.linalg.norm(place, axis=1)
        apart.append((table.range_m - distance) / table.sigma_range_m)
        line = table.direction_eci - place / distance[:, None]
        across.append(np.linalg.norm(line, axis=1) / table.sigma_angle_rad)
        rows += table.n_rows
    assert abs(np.std(np.concatenate(apart)) - 1.0) < 0.1
    # Azimuth errors shrink by the cosine of elevation, near 17 degrees: 2 % of the root sum.
    assert abs(np.sqrt(np.mean(np.concatenate(across) ** 2) / 2.0) - 0.98) < 0.05
    assert abs(rows / 2000.0 - 0.98) < 0.02
