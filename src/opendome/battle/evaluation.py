"""Threat evaluation: which defended area each predicted object threatens, and what is at risk."""

from __future__ import annotations

import math
from typing import Final, NamedTuple

import numpy as np

from opendome.physics.constants import EARTH_MEAN_RADIUS_M, EARTH_ROTATION_RAD_S
from opendome.physics.jit import kernel
from opendome.tables.codes import BOOST_PHASE, CRUISE_PHASE, GLIDE_PHASE
from opendome.tables.forces import DefendedAreas, Doctrine
from opendome.tables.tracks import Predictions
from opendome.tables.truth import Floats, Integers

# Free-flight time of minimum-energy trajectories, straight line through 8,000 km (28.0 min) and
# 10,000 km (32.2 min), public figures 9.3: good to a minute from 5,000 to 12,000 km, which turns
# the Earth by 0.25 degrees.
_FLIGHT_TIME_AT_ZERO_S = 672.0
_FLIGHT_TIME_PER_M = 0.126e-3
_TYPICAL_ANGLE_RAD = 1.3
# From the typical flight to any other the Earth turns by less: 0.0585 rad for each radian more.
_MOST_TURN_RAD = 0.11
# What glides reaches as far as its energy carries it at this lift over drag; what cruises, as far
# as the longest-ranged of the public record (recalled: 4,500 km). Both turn as they like: areas
# within this angle of the course are threatened (assumption).
_LIFT_TO_DRAG = 3.0
_CRUISE_RANGE_M = 4.5e6
_COURSE_HALF_ANGLE_RAD = 0.5 * math.pi
_CIRCULAR_SPEED2 = 6.25e7  # m2/s2, at 40 km
_SLACK_RAD = 1e-6  # against rounding, in tests that only save time
# The heading margin of an ascending missile, in standard deviations of where its plane will lie at
# burnout (assumption: it stands for two, as the margin of an impact point does).
_HEADING_SIGMAS: Final = 2.0
_PARTS: Final = 24  # of the integral over a disc: within 5e-3 of the probability
_TAIL_SIGMAS: Final = 6.0


class Threats(NamedTuple):
    """What each predicted object threatens."""

    area: Integers  # (n,) row of the defended area, -1: nothing, and it is left alone
    reach: Floats  # (n,) probability that it comes down in a defended area, if it is lethal
    value: Floats  # (n,) expected loss without a shot, as a share of all that is defended


@kernel
def _chance_inside(distance_m: float, radius_m: float, sigma_m: float) -> float:
    """Probability that a point with a round normal error lies in a disc.

    The error's centre is at `distance_m` from that of the disc. Strips across the line between both
    have the closed form of the error function; along it the midpoint rule.
    """
    if sigma_m <= 0.0:
        return 1.0 if distance_m <= radius_m else 0.0
    d, r = distance_m / sigma_m, radius_m / sigma_m
    low, high = max(-r, d - _TAIL_SIGMAS), min(r, d + _TAIL_SIGMAS)
    if low >= high:
        return 0.0
    width = (high - low) / _PARTS
    total = 0.0
    for i in range(_PARTS):
        x = low + (i + 0.5) * width
        half = math.sqrt(max(r * r - x * x, 0.0))
        total += math.exp(-0.5 * (x - d) ** 2) * math.erf(half / math.sqrt(2.0))
    return min(1.0, total * width / math.sqrt(2.0 * math.pi))


@kernel
def _area_of_impact(
    latitude: float, longitude: float, sigma_m: float, margin_sigma: float, areas: DefendedAreas
) -> tuple[int, float, float]:
    """Area whose disc, widened by the impact error, holds the predicted impact; -1: none.

    Also the probability of coming down in any such area, and its sum weighted by area.
    """
    x = math.cos(latitude) * math.cos(longitude)
    y = math.cos(latitude) * math.sin(longitude)
    z = math.sin(latitude)
    best = -1
    least = math.inf
    reach = value = 0.0
    unit_ecef = areas.unit_ecef
    farthest = areas.radius_m.max() + margin_sigma * sigma_m
    least_cosine = math.cos(min(farthest / EARTH_MEAN_RADIUS_M + _SLACK_RAD, math.pi))
    for a in range(unit_ecef.shape[0]):
        cosine = x * unit_ecef[a, 0] + y * unit_ecef[a, 1] + z * unit_ecef[a, 2]
        if cosine < least_cosine or areas.weight[a] <= 0.0:
            continue
        distance = EARTH_MEAN_RADIUS_M * math.acos(min(1.0, max(-1.0, cosine)))
        if distance <= areas.radius_m[a] + margin_sigma * sigma_m:
            inside = _chance_inside(distance, areas.radius_m[a], sigma_m)
            reach += inside
            value += inside * areas.weight[a]
            if distance < least:
                least = distance
                best = a
    return best, min(reach, 1.0), value


@kernel
def _turn_in_flight(earth_angle_rad: float, angle_rad: float) -> tuple[float, float]:
    """Cosine and sine of the Earth's angle after a flight over a central angle."""
    flight_s = _FLIGHT_TIME_AT_ZERO_S + _FLIGHT_TIME_PER_M * EARTH_MEAN_RADIUS_M * angle_rad
    turn = earth_angle_rad + EARTH_ROTATION_RAD_S * flight_s
    return math.cos(turn), math.sin(turn)


@kernel
def _area_ahead(
    position: Floats,
    velocity: Floats,
    earth_angle_rad: float,
    margin_m: float,
    range_m: float,
    areas: DefendedAreas,
) -> tuple[int, float]:
    """Area nearest to the plane of an ascending missile, ahead of it and in range; -1: none.

    Also how likely it is to turn there, by the distance from the plane alone.
    """
    rx, ry, rz = position[0], position[1], position[2]
    vx, vy, vz = velocity[0], velocity[1], velocity[2]
    nx = ry * vz - rz * vy
    ny = rz * vx - rx * vz
    nz = rx * vy - ry * vx
    n = math.sqrt(nx * nx + ny * ny + nz * nz)
    r = math.sqrt(rx * rx + ry * ry + rz * rz)
    best = -1
    if n <= 0.0:
        return best, 0.0
    margin = margin_m / EARTH_MEAN_RADIUS_M
    least = margin
    unit_ecef = areas.unit_ecef
    widest = n * math.sin(min(least + _MOST_TURN_RAD, 0.5 * math.pi))
    first_c, first_s = _turn_in_flight(earth_angle_rad, _TYPICAL_ANGLE_RAD)
    for a in range(unit_ecef.shape[0]):
        if areas.weight[a] <= 0.0:
            continue
        # twice: the time of flight depends on the angle, the angle on where the area has turned to
        ax = first_c * unit_ecef[a, 0] - first_s * unit_ecef[a, 1]
        ay = first_s * unit_ecef[a, 0] + first_c * unit_ecef[a, 1]
        az = unit_ecef[a, 2]
        if abs(nx * ax + ny * ay + nz * az) > widest:
            continue
        angle = math.acos(min(1.0, max(-1.0, (rx * ax + ry * ay + rz * az) / r)))
        c, s = _turn_in_flight(earth_angle_rad, angle)
        ax = c * unit_ecef[a, 0] - s * unit_ecef[a, 1]
        ay = s * unit_ecef[a, 0] + c * unit_ecef[a, 1]
        angle = math.acos(min(1.0, max(-1.0, (rx * ax + ry * ay + rz * az) / r)))
        ahead = (
            vx * ax
            + vy * ay
            + vz * az
            - (rx * vx + ry * vy + rz * vz) / (r * r) * (rx * ax + ry * ay + rz * az)
        )
        across = abs(math.asin(min(1.0, max(-1.0, (nx * ax + ny * ay + nz * az) / n))))
        if ahead > 0.0 and angle * EARTH_MEAN_RADIUS_M <= range_m and across < least:
            least = across
            widest = n * math.sin(min(least + _MOST_TURN_RAD, 0.5 * math.pi))
            best = a
    if best < 0:
        return best, 0.0
    return best, math.exp(-0.5 * (_HEADING_SIGMAS * least / margin) ** 2)


@kernel
def _reach_in_air(phase: int, speed_m_s: float) -> float:
    """Range [m] left to what glides or cruises.

    The equilibrium glide's (L/D) r / 2 ln(1 / (1 - v2 / vc2)) (Eggers, Allen and Neice 1958).
    """
    if phase == CRUISE_PHASE:
        return _CRUISE_RANGE_M
    share = min(speed_m_s * speed_m_s / _CIRCULAR_SPEED2, 0.98)
    return 0.5 * _LIFT_TO_DRAG * EARTH_MEAN_RADIUS_M * math.log(1.0 / (1.0 - share))


@kernel
def _area_within_reach(
    position: Floats,
    velocity: Floats,
    sigma_m: float,
    phase: int,
    earth_angle_rad: float,
    areas: DefendedAreas,
) -> tuple[int, float]:
    """Area nearest to the course of what glides or cruises, ahead and in reach; -1: none.

    Also how likely it is to go there: the cosine of the angle to the course (assumption).
    """
    rx, ry, rz = position[0], position[1], position[2]
    r = math.sqrt(rx * rx + ry * ry + rz * rz)
    rx, ry, rz = rx / r, ry / r, rz / r
    vx = velocity[0] + EARTH_ROTATION_RAD_S * position[1]
    vy = velocity[1] - EARTH_ROTATION_RAD_S * position[0]
    vz = velocity[2]
    climb = vx * rx + vy * ry + vz * rz
    vx, vy, vz = vx - climb * rx, vy - climb * ry, vz - climb * rz
    speed = math.sqrt(vx * vx + vy * vy + vz * vz)
    best = -1
    if speed <= 0.0:
        return best, 0.0
    inertial2 = velocity[0] * velocity[0] + velocity[1] * velocity[1] + velocity[2] * velocity[2]
    reach = _reach_in_air(phase, math.sqrt(inertial2)) + sigma_m
    most = math.cos(_COURSE_HALF_ANGLE_RAD)
    c, s = math.cos(earth_angle_rad), math.sin(earth_angle_rad)
    unit_ecef = areas.unit_ecef
    for a in range(unit_ecef.shape[0]):
        if areas.weight[a] <= 0.0:
            continue
        ax = c * unit_ecef[a, 0] - s * unit_ecef[a, 1]
        ay = s * unit_ecef[a, 0] + c * unit_ecef[a, 1]
        az = unit_ecef[a, 2]
        cosine = min(1.0, max(-1.0, rx * ax + ry * ay + rz * az))
        distance = EARTH_MEAN_RADIUS_M * math.acos(cosine) - areas.radius_m[a]
        if distance > reach:
            continue
        if distance <= sigma_m:
            return a, 1.0
        # Cosine of the angle between the course and the way to the area.
        across = math.sqrt(max(1.0 - cosine * cosine, 1e-12))
        ahead = (vx * ax + vy * ay + vz * az) / (speed * across)
        if ahead > most:
            most = ahead
            best = a
    return best, max(most, 0.0) if best >= 0 else 0.0


@kernel
def _evaluate(
    predictions: Predictions,
    areas: DefendedAreas,
    doctrine: Doctrine,
    gmst0_rad: float,
    threats: Threats,
) -> None:
    for i in range(predictions.slot.shape[0]):
        area = -1
        reach = value = 0.0
        if predictions.phase[i] == BOOST_PHASE:
            area, reach = _area_ahead(
                predictions.position_eci_m[i, 0],
                predictions.velocity_eci_m_s[i, 0],
                gmst0_rad + EARTH_ROTATION_RAD_S * predictions.start_s[i],
                doctrine.boost_heading_margin_m,
                doctrine.boost_range_m,
                areas,
            )
        elif predictions.phase[i] in (GLIDE_PHASE, CRUISE_PHASE):
            area, reach = _area_within_reach(
                predictions.position_eci_m[i, 0],
                predictions.velocity_eci_m_s[i, 0],
                predictions.sigma_m[i, 0],
                predictions.phase[i],
                gmst0_rad + EARTH_ROTATION_RAD_S * predictions.start_s[i],
                areas,
            )
        elif not math.isnan(predictions.impact_s[i]):
            area, reach, value = _area_of_impact(
                predictions.impact_latitude_rad[i],
                predictions.impact_longitude_rad[i],
                predictions.impact_sigma_m[i],
                doctrine.threat_margin_sigma,
                areas,
            )
        if area >= 0 and value == 0.0:
            value = reach * areas.weight[area]
        threats.area[i] = area
        threats.reach[i] = reach
        threats.value[i] = value * predictions.lethality[i]


def evaluate_threats(
    predictions: Predictions, areas: DefendedAreas, doctrine: Doctrine, gmst0_rad: float
) -> Threats:
    """The defended area that each predicted object threatens, and the value at risk.

    A ballistic object threatens the nearest area whose disc, widened by `threat_margin_sigma`
    one-sigma impact errors, holds its predicted impact point. An ascending missile, whose impact
    point is not settled yet, threatens the area nearest to its plane of motion, if that is within
    `boost_heading_margin_m` of the plane, ahead, and within `boost_range_m`. What glides or cruises
    threatens the area nearest to its course among those ahead that it can still reach. Areas of
    weight zero are not defended.

    The value at risk is the probability that the object is lethal, times that of coming down in a
    defended area, times the area's weight: of a ballistic object by the impact error over each disc
    near, of the others by how near the area lies to the plane of motion or the course.

    Parameters
    ----------
    predictions : Predictions with n rows
    areas : DefendedAreas
    doctrine : Doctrine
    gmst0_rad : float
        Earth angle at time zero.

    Returns
    -------
    Threats
    """
    n = predictions.slot.shape[0]
    threats = Threats(np.empty(n, np.int64), np.empty(n), np.empty(n))
    _evaluate(predictions, areas, doctrine, gmst0_rad, threats)
    return threats
