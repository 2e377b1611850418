"""Ballistic targets before one radar: truth, measurements, first tracks, and how good tracks are.

The scene on which trackers are compared: nothing but gravity, so that every tracker can be given
the right law of motion, and what differs is the tracker. The truth is integrated here, apart from
the tracker's own equations.
"""

from __future__ import annotations

import math
from typing import Final, NamedTuple

import numpy as np

from opendome.physics.constants import (
    EARTH_J2,
    EARTH_MU_M3_S2,
    EARTH_RADIUS_M,
)
from opendome.tables.codes import BALLISTIC_PHASE, FIRM, RADAR
from opendome.tables.measurements import Measurements
from opendome.tables.truth import Floats, Integers
from opendome.tracking import SettingsTable, Tracker, picture, start_tracker

_STEP_S: Final = 0.25  # of the truth; fourth order, under a millimetre over a minute
_TRACK_CAPACITY: Final = 1.5  # slots for each target: false starts need some

# The volume at the start, seen from the radar [m, m/s]: mean and half width of the places
# (uniform), mean and sigma of the velocities (normal); east, north, up (assumption).
_CENTRE_M: Final = np.array([0.0, 850e3, 250e3])
_HALF_WIDTH_M: Final = np.array([150e3, 150e3, 100e3])
_VELOCITY_M_S: Final = np.array([0.0, -3500.0, 500.0])
_VELOCITY_SIGMA_M_S: Final = 300.0


class Scene(NamedTuple):
    """Targets and what one radar measures of them, scan by scan."""

    time_s: Floats  # (n_scans,)
    truth: Floats  # (n_scans, n_targets, 6) ECI
    scans: list[Measurements]  # rows by direction
    target: list[Integers]  # target of each row
    state: Floats  # (n_targets, 6) first tracks, at time zero
    covariance: Floats  # (n_targets, 6, 6) of them


def accelerate(position: Floats) -> Floats:
    """J2 gravity [m/s2] at positions (n, 3), ECI [m]."""
    r2 = np.einsum("ij,ij->i", position, position)
    k = -EARTH_MU_M3_S2 / (r2 * np.sqrt(r2))
    bend = 1.5 * EARTH_J2 * EARTH_RADIUS_M**2 / r2
    s2 = position[:, 2] ** 2 / r2
    factors = np.stack([1 + bend * (1 - 5 * s2)] * 2 + [1 + bend * (3 - 5 * s2)], axis=1)
    return np.asarray(k[:, None] * factors * position)


def step_truth(states: Floats, h: float) -> Floats:
    """States (n, 6) one classical Runge-Kutta step of `h` seconds later."""

    def slope(y: Floats) -> Floats:
        return np.concatenate([y[:, 3:], accelerate(y[:, :3])], axis=1)

    k1 = slope(states)
    k2 = slope(states + 0.5 * h * k1)
    k3 = slope(states + 0.5 * h * k2)
    k4 = slope(states + h * k3)
    return np.asarray(states + h / 6.0 * (k1 + 2.0 * (k2 + k3) + k4))


def local_axes(place_eci_m: Floats) -> Floats:
    """East, north, up at a place as the rows of a matrix (3, 3), ECI; up is along the radius."""
    up = place_eci_m / np.linalg.norm(place_eci_m)
    east = np.array([-up[1], up[0], 0.0]) / math.hypot(up[0], up[1])
    return np.stack([east, np.cross(up, east), up])


def make_scene(
    n_targets: int,
    n_scans: int,
    seed: int,
    *,
    scale: float = 1.0,
    sigma_range_m: float = 50.0,
    sigma_angle_rad: float = 0.5e-3,
    detection_probability: float = 0.98,
    first_sigma_m: float = 500.0,
    first_sigma_m_s: float = 30.0,
    cluster_size: int = 1,
    cluster_radius_m: float = 0.0,
    cluster_sigma_m_s: float = 0.0,
) -> Scene:
    """A scene of one scan a second.

    Parameters
    ----------
    n_targets, n_scans, seed : int
    scale : float
        Of the volume and of the spread of velocities: below one the same targets fly closer.
    sigma_range_m, sigma_angle_rad : float
        Errors of range, azimuth and elevation.
    detection_probability : float
        In every look; no false alarms.
    first_sigma_m, first_sigma_m_s : float
        Errors per axis of the first tracks, which every tracker is handed.
    cluster_size : int
        Targets that fly together, as what one missile has released.
    cluster_radius_m, cluster_sigma_m_s : float
        Radius of the ball that they fill evenly, and the sigma per axis of their speeds in it.
    """
    generator = np.random.default_rng(seed)
    latitude = math.radians(45.0)
    place = EARTH_RADIUS_M * np.array([math.cos(latitude), 0.0, math.sin(latitude)])
    axes = local_axes(place)
    offset = generator.uniform(-1.0, 1.0, (n_targets, 3)) * _HALF_WIDTH_M
    speed = generator.normal(size=(n_targets, 3)) * _VELOCITY_SIGMA_M_S
    if cluster_size > 1:
        leader = np.arange(n_targets) // cluster_size * cluster_size
        ray = generator.normal(size=(n_targets, 3))
        ray *= np.cbrt(generator.uniform(size=(n_targets, 1))) / np.linalg.norm(
            ray, axis=1, keepdims=True
        )
        offset = offset[leader] + cluster_radius_m * ray
        speed = speed[leader] + cluster_sigma_m_s * generator.normal(size=(n_targets, 3))
    states = np.concatenate(
        [place + (_CENTRE_M + scale * offset) @ axes, (_VELOCITY_M_S + scale * speed) @ axes],
        axis=1,
    )
    sigmas = np.repeat([first_sigma_m, first_sigma_m_s], 3)
    first = states + generator.normal(size=(n_targets, 6)) * sigmas
    truth = np.empty((n_scans, n_targets, 6))
    scans = []
    targets = []
    n_steps = round(1.0 / _STEP_S)
    for k in range(n_scans):
        for _ in range(n_steps):
            states = step_truth(states, _STEP_S)
        truth[k] = states
        # The draws stay those of published tables, though the order is undone below.
        seen = generator.permutation(
            np.flatnonzero(generator.uniform(size=n_targets) < detection_probability)
        )
        apart = (states[seen, :3] - place) @ axes.T
        distance = np.linalg.norm(apart, axis=1)
        error = generator.normal(size=(3, seen.size))
        azimuth = np.arctan2(apart[:, 0], apart[:, 1]) + sigma_angle_rad * error[0]
        elevation = np.arcsin(apart[:, 2] / distance) + sigma_angle_rad * error[1]
        line = np.stack(
            [
                np.cos(elevation) * np.sin(azimuth),
                np.cos(elevation) * np.cos(azimuth),
                np.sin(elevation),
            ],
            axis=1,
        )
        line = line @ axes
        # As the sensors of `run` report: by direction, which tells nothing of the target's number.
        order = np.argsort(line[:, 0])
        seen = seen[order]
        table = Measurements.empty(seen.size)
        table.time_s[:] = k + 1.0
        table.kind[:] = RADAR
        table.sensor_position_eci_m[:] = place
        table.direction_eci[:] = line[order]
        table.range_m[:] = (distance + sigma_range_m * error[2])[order]
        table.sigma_angle_rad[:] = sigma_angle_rad
        table.sigma_range_m[:] = sigma_range_m
        table.sigma_range_rate_m_s[:] = np.inf
        scans.append(table)
        targets.append(seen)
    covariance = np.broadcast_to(np.diag(sigmas**2), (n_targets, 6, 6)).copy()
    return Scene(np.arange(1.0, n_scans + 1.0), truth, scans, targets, first, covariance)


def hand_over(state: Floats, covariance: Floats, settings: SettingsTable) -> Tracker:
    """A tracker that holds firm ballistic tracks at time zero; slot and number of each is its row.

    Parameters
    ----------
    state : (n, 6) float64
        ECI [m, m/s].
    covariance : (n, 6, 6) float64
    settings : SettingsTable
    """
    n = state.shape[0]
    tracker = start_tracker(int(_TRACK_CAPACITY * n) + 64)
    slots = tracker.slots
    for row, value in (
        (picture.STATUS, FIRM), (picture.PHASE, BALLISTIC_PHASE), (picture.HITS, 1),
        (picture.LOOKS, settings["life"]["firm_looks"][0]), (picture.LAST_SENSOR, -1),
    ):  # fmt: skip
        slots.whole[row, :n] = value
    slots.whole[picture.NUMBER, :n] = np.arange(n)
    for row, number in (
        (picture.TIME, 0.0), (picture.FIRST, 0.0), (picture.FIRM_SINCE, 0.0), (picture.LAST, 0.0),
        (picture.AHEAD, 0.0), (picture.LOG_ODDS, settings["beliefs"]["prior_log_odds"][0]),
        (picture.PLUME_INTERVAL, settings["life"]["expected_revisit_s"][0]),
    ):  # fmt: skip
        slots.real[row, :n] = number
    slots.state[:n, :6] = state
    slots.covariance[:n, :6, :6] = covariance
    slots.ahead_state[:n, :6] = state
    slots.ahead_covariance[:n, :6, :6] = covariance
    tracker.counters[picture.NEXT_NUMBER] = n
    return tracker


def gate_radius_m(sigma_angle_rad: float, settings: SettingsTable) -> float:
    """Radius across the line of sight, at the middle of the scene, of the gate of a perfect track.

    The quantile for three components that tracks are associated with, times the error of one look.
    """
    gate = float(settings["association"]["gate_3"][0])
    return math.sqrt(gate) * sigma_angle_rad * float(np.linalg.norm(_CENTRE_M))


def root_mean_square_m(state: Floats, truth: Floats) -> float:
    """Root of the mean squared position error [m] of states (n, 6 or more), row by row."""
    apart = state[:, :3] - truth[:, :3]
    return float(np.sqrt(np.mean(np.sum(apart * apart, axis=1))))
