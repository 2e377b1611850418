"""The same measurements through Stone Soup: its extended Kalman filter and nearest neighbours.

A tracker of the shape of ours (states in, measurements of one scan in, states out) made of Stone
Soup's own parts, so that anyone can rerun the comparison: extended Kalman predictor and updater,
Mahalanobis distances, detections found by a k-d tree, global nearest neighbour by two-dimensional
assignment. The law of motion is the one of our ballistic tracks above the air.

Stone Soup: https://stonesoup.readthedocs.io (`pip install opendome[verify]`).
"""

from __future__ import annotations

import math
from datetime import datetime, timedelta
from typing import Any, Final

import numpy as np

from opendome.analysis.ballistic_scene import local_axes
from opendome.errors import BadInput
from opendome.physics.constants import (
    EARTH_J2,
    EARTH_MU_M3_S2,
    EARTH_RADIUS_M,
)
from opendome.tables.measurements import Measurements
from opendome.tables.truth import Floats, Integers
from opendome.tracking.settings import Association, Motion

_START: Final = datetime(2000, 1, 1)  # Stone Soup wants dates; only differences count
# Detections that its k-d tree offers each track, and the multiple of the variance within which.
_NEIGHBOURS: Final = 5
_COVARIANCE_MULTIPLE: Final = 5


def _accelerate(x: float, y: float, z: float) -> tuple[float, float, float]:
    """J2 gravity [m/s2], on plain numbers: the fastest that Python has for one state."""
    r2 = x * x + y * y + z * z
    k = -EARTH_MU_M3_S2 / (r2 * math.sqrt(r2))
    bend = 1.5 * EARTH_J2 * EARTH_RADIUS_M**2 / r2
    s2 = 5.0 * z * z / r2
    plane = k * (1.0 + bend * (1.0 - s2))
    return plane * x, plane * y, k * (1.0 + bend * (3.0 - s2)) * z


def move_state(state: Floats, h: float) -> Floats:
    """State (6,) one classical Runge-Kutta step of `h` seconds later, ECI."""
    x, y, z, vx, vy, vz = state.tolist()
    half = 0.5 * h
    ax, ay, az = _accelerate(x, y, z)
    ux, uy, uz = vx + half * ax, vy + half * ay, vz + half * az
    bx, by, bz = _accelerate(x + half * vx, y + half * vy, z + half * vz)
    wx, wy, wz = vx + half * bx, vy + half * by, vz + half * bz
    cx, cy, cz = _accelerate(x + half * ux, y + half * uy, z + half * uz)
    sx, sy, sz = vx + h * cx, vy + h * cy, vz + h * cz
    dx, dy, dz = _accelerate(x + h * wx, y + h * wy, z + h * wz)
    sixth = h / 6.0
    return np.array([
        x + sixth * (vx + 2.0 * (ux + wx) + sx),
        y + sixth * (vy + 2.0 * (uy + wy) + sy),
        z + sixth * (vz + 2.0 * (uz + wz) + sz),
        vx + sixth * (ax + 2.0 * (bx + cx) + dx),
        vy + sixth * (ay + 2.0 * (by + cy) + dy),
        vz + sixth * (az + 2.0 * (bz + cz) + dz),
    ])  # fmt: skip


def transition_matrix(state: Floats, h: float) -> Floats:
    """Derivative (6, 6) of the motion over `h` seconds, second order, central gravity gradient."""
    place = state[:3] + 0.5 * h * state[3:6]
    r2 = float(place @ place)
    k = -EARTH_MU_M3_S2 / (r2 * math.sqrt(r2))
    gradient = k * np.eye(3) - 3.0 * k / r2 * np.outer(place, place)
    diagonal = np.eye(3) + 0.5 * h * h * gradient
    return np.block([[diagonal, h * np.eye(3)], [h * gradient, diagonal]])


def noise_covariance(h: float, density_m2_s3: float) -> Floats:
    """White acceleration noise over `h` seconds as a covariance (6, 6)."""
    block = np.array([[h**3 / 3.0, 0.5 * h * h], [0.5 * h * h, h]])
    return np.kron(block, density_m2_s3 * np.eye(3))


class StoneSoupTracker:
    """Stone Soup's filter and association over given tracks; it starts and ends none.

    Parameters
    ----------
    state : (n, 6) float64
        First states, ECI [m, m/s].
    covariance : (n, 6, 6) float64
    time_s : float
        Of the first states.
    gate : float
        Squared distance past which no measurement is taken; by default that of our tracker for
        three components.
    noise_m2_s3 : float
        Density of white acceleration noise; by default that of our ballistic tracks.
    joint_density : float, optional
        Joint probabilistic data association in the place of nearest neighbours, with this density
        of strange detections per unit of elevation [rad], bearing [rad] and range [m]. Gate and
        detection probability then are those of our tracker.

    Raises
    ------
    BadInput
        Stone Soup is not installed.
    """

    def __init__(
        self,
        state: Floats,
        covariance: Floats,
        time_s: float = 0.0,
        *,
        gate: float = Association().gate_3,
        noise_m2_s3: float = Motion().gravity_noise_m2_s3,
        joint_density: float | None = None,
    ) -> None:
        try:
            from opendome.analysis import stone_soup_models as models
        except ImportError as missing:
            raise BadInput(
                f"the comparison with Stone Soup needs it ({missing}): "
                "pip install 'opendome[verify]'"
            ) from None
        self._models = models
        if joint_density is None:
            parts = models.build_parts(gate, noise_m2_s3, _NEIGHBOURS, _COVARIANCE_MULTIPLE)
        else:
            own = Association()
            parts = models.build_joint_parts(
                noise_m2_s3, own.detection_probability, own.gate_probability, joint_density
            )
        self._joint = joint_density is not None
        self._associator, self._updater = parts
        self._tracks = [
            models.start_track(x, p, self._date(time_s))
            for x, p in zip(state, covariance, strict=True)
        ]

    @staticmethod
    def _date(time_s: float) -> datetime:
        return _START + timedelta(seconds=time_s)

    def prepare(self, scan: Measurements) -> set[Any]:
        """One scan as Stone Soup's detections.

        Raises
        ------
        BadInput
            The rows differ in time, sensor or errors, or lack range: its k-d tree compares
            measurements of one model.
        """
        model_of: Floats = np.column_stack(
            [scan.time_s, scan.sensor, scan.sensor_position_eci_m, scan.sigma_angle_rad,
             scan.sigma_range_m]
        )  # fmt: skip
        if scan.n_rows == 0:
            return set()
        if not (np.isfinite(model_of).all() and (model_of == model_of[0]).all()):
            raise BadInput("scan: rows must have range and agree in time, sensor and errors")
        place = scan.sensor_position_eci_m[0]
        axes = local_axes(place)
        model = self._models.build_measurement_model(
            place, axes, float(scan.sigma_angle_rad[0]), float(scan.sigma_range_m[0])
        )
        line = scan.direction_eci @ axes.T
        return self._models.make_detections(
            np.arcsin(line[:, 2]), np.arctan2(line[:, 1], line[:, 0]), scan.range_m,
            self._date(float(scan.time_s[0])), model,
        )  # fmt: skip

    def update(self, detections: set[Any], time_s: float) -> Integers:
        """Take the detections of one scan into the tracks.

        Parameters
        ----------
        detections : set
            From `prepare`.
        time_s : float
            Of the scan.

        Returns
        -------
        row : (n,) int64
            Row of the scan's table that each track took, the likeliest of several, -1 where none.
        """
        chosen = self._associator.associate(set(self._tracks), detections, self._date(time_s))
        row = np.full(len(self._tracks), -1)
        for i, track in enumerate(self._tracks):
            hypothesis = chosen[track]
            if self._joint:
                track.append(self._updater.update(hypothesis))
                best = max(hypothesis, key=lambda single: float(single.probability))
                if best:
                    row[i] = best.measurement.metadata["row"]
            elif hypothesis:
                track.append(self._updater.update(hypothesis))
                row[i] = hypothesis.measurement.metadata["row"]
            else:
                track.append(hypothesis.prediction)
        return row

    @property
    def state(self) -> Floats:
        """(n, 6) ECI [m, m/s], at the time of the last scan."""
        return np.array([np.asarray(t.state_vector, dtype=float)[:, 0] for t in self._tracks])

    @property
    def covariance(self) -> Floats:
        """(n, 6, 6) of the states."""
        return np.array([np.asarray(t.covar, dtype=float) for t in self._tracks])


def track_with_stone_soup(
    scans: list[Measurements],
    state: Floats,
    covariance: Floats,
    time_s: float = 0.0,
    **options: Any,
) -> tuple[Floats, Floats, Integers]:
    """States, covariances and taken rows of given tracks after each scan, by Stone Soup.

    Parameters
    ----------
    scans : list of Measurements
        One sensor and one time each, with range, in order of time.
    state : (n, 6) float64
        First states, ECI [m, m/s], at `time_s`.
    covariance : (n, 6, 6) float64
    options
        Of `StoneSoupTracker`.

    Returns
    -------
    state : (n_scans, n, 6) float64
    covariance : (n_scans, n, 6, 6) float64
    row : (n_scans, n) int64
        Row of each scan that each track took, -1 where none.
    """
    tracker = StoneSoupTracker(state, covariance, time_s, **options)
    states, covariances, rows = [], [], []
    for scan in scans:
        rows.append(tracker.update(tracker.prepare(scan), float(scan.time_s[0])))
        states.append(tracker.state)
        covariances.append(tracker.covariance)
    return np.array(states), np.array(covariances), np.array(rows)
