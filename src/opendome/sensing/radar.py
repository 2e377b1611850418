"""Ground and sea radars: energy, faces, horizon, Swerling 1 looks, discrimination."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from opendome.physics.geodesy import enu_axes, geodetic_from_ecef
from opendome.physics.jit import kernel
from opendome.physics.radar import (
    draw_measured_snr,
    is_above_horizon,
    measurement_sigma,
    refraction_rad,
    scale_signal_to_noise,
    scan_loss,
)
from opendome.physics.random import mix, normal, normal4, uniform
from opendome.physics.visibility import surface_height_m
from opendome.sensing import rows
from opendome.sensing.dispatch import find_detections
from opendome.sensing.keys import SensingKeys
from opendome.sensing.looks import find_look
from opendome.sensing.noise import perturb_direction
from opendome.sensing.station import Records, Station
from opendome.tables import codes
from opendome.tables.truth import Flags, Floats, Identities, Integers, Snapshot

# More than the air ever lifts a target near the horizon (0.013 rad): what lies deeper is dropped
# before angles are worked out.
_LARGEST_REFRACTION_RAD = 0.015


class RadarBlock(NamedTuple):
    """All radars of the world.

    A radar without faces (all NaN) turns or points mechanically: it sees every azimuth, without
    scan loss. Errors are one sigma at `reference_snr`, falling with the measured ratio to their
    floors (`physics.radar.measurement_sigma`). Refraction and calibration left after correction
    belong into the floors.
    """

    identity: Identities  # (n,) hash of the radar's scenario name
    sensor: Integers  # (n,) index among all sensors of the world
    face_azimuth_rad: Floats  # (n, max_faces) boresight, clockwise from north; NaN: no such face
    face_elevation_rad: Floats  # (n, max_faces)
    face_half_width_rad: Floats  # (n,) a face covers this much azimuth on either side
    minimum_elevation_rad: Floats  # (n,) apparent, with refraction; terrain included
    maximum_elevation_rad: Floats  # (n,)
    band: Integers  # (n,) row of codes.BANDS
    reference_range_m: Floats  # (n,) on boresight, for the ratio and cross-section below
    reference_cross_section_m2: Floats  # (n,)
    reference_snr: Floats  # (n,) plain ratio of one look
    instrumented_range_m: Floats  # (n,) nothing is reported beyond
    revisit_s: Floats  # (n,)
    offset_s: Floats  # (n,) time of the first look
    sigma_angle_rad: Floats  # (n,) one axis, on boresight
    floor_angle_rad: Floats  # (n,)
    sigma_range_m: Floats  # (n,)
    floor_range_m: Floats  # (n,)
    sigma_range_rate_m_s: Floats  # (n,) NaN: does not measure range rate
    floor_range_rate_m_s: Floats  # (n,)
    sigma_feature: Floats  # (n,) NaN: does not discriminate
    floor_feature: Floats  # (n,)
    minimum_speed_m_s: Floats  # (n,) along the line of sight; slower targets are lost in clutter
    false_alarm_probability: Floats  # (n,) of one look; sets the detection threshold
    up: Flags  # (n,) works at this time; written by whoever owns the block


@find_detections.register
def observe_radars(
    block: RadarBlock,
    station: Station,
    snapshot: Snapshot,
    step_s: float,
    earth_angle_rad: float,
    keys: SensingKeys,
    replication: int,
    found: Integers,
    values: Floats,
    n_found: int,
) -> int:
    """What all radars measure; see `dispatch.find_detections`.

    An object is detected where it is above the site's elevation limit (with refraction), inside a
    face, within the instrumented range, and its echo of this look passes the threshold. Echoes
    fluctuate from look to look (Swerling 1). False alarms themselves are not reported.
    """
    return _find_echoes(
        station.records, block.face_azimuth_rad, block.face_elevation_rad,
        station.position_eci_m, station.velocity_eci_m_s, snapshot, step_s, keys,
        replication, found, values, n_found,
    )  # fmt: skip


@kernel
def _find_echoes(
    records: Records,
    face_azimuth_rad: Floats,
    face_elevation_rad: Floats,
    position_eci_m: Floats,
    velocity_eci_m_s: Floats,
    snapshot: Snapshot,
    step_s: float,
    keys: SensingKeys,
    replication: int,
    found: Integers,
    values: Floats,
    n_found: int,
) -> int:
    axes = np.empty((3, 3))
    faces = np.empty((face_azimuth_rad.shape[1], 4))
    for i in range(records.shape[0]):
        own = records[i]
        due, look_ms = find_look(snapshot.time_s, step_s, own.revisit_s, own.offset_s)
        if not (due and own.up):
            continue
        height_m = _level_axes(position_eci_m[i], axes)
        n_faces = _point_faces(face_azimuth_rad[i], face_elevation_rad[i], faces)
        cos_half_width = math.cos(own.face_half_width_rad)
        lowest_sine = math.sin(own.minimum_elevation_rad - _LARGEST_REFRACTION_RAD)
        for j in range(snapshot.identity.shape[0]):
            dx = snapshot.position_eci_m[j, 0] - position_eci_m[i, 0]
            dy = snapshot.position_eci_m[j, 1] - position_eci_m[i, 1]
            dz = snapshot.position_eci_m[j, 2] - position_eci_m[i, 2]
            range_m = math.sqrt(dx * dx + dy * dy + dz * dz)
            up_m = axes[2, 0] * dx + axes[2, 1] * dy + axes[2, 2] * dz
            if range_m > own.instrumented_range_m or up_m < lowest_sine * range_m:
                continue
            elevation = math.asin(min(up_m / range_m, 1.0))
            apparent = elevation + refraction_rad(elevation, range_m)
            if apparent < own.minimum_elevation_rad or apparent > own.maximum_elevation_rad:
                continue
            if apparent < 0.0 and not is_above_horizon(
                apparent,
                range_m,
                height_m,
                surface_height_m(
                    snapshot.position_eci_m[j, 0],
                    snapshot.position_eci_m[j, 1],
                    snapshot.position_eci_m[j, 2],
                ),
            ):
                continue
            rate_m_s = (
                dx * (snapshot.velocity_eci_m_s[j, 0] - velocity_eci_m_s[i, 0])
                + dy * (snapshot.velocity_eci_m_s[j, 1] - velocity_eci_m_s[i, 1])
                + dz * (snapshot.velocity_eci_m_s[j, 2] - velocity_eci_m_s[i, 2])
            ) / range_m
            if abs(rate_m_s) < own.minimum_speed_m_s:
                continue
            east_m = axes[0, 0] * dx + axes[0, 1] * dy + axes[0, 2] * dz
            north_m = axes[1, 0] * dx + axes[1, 1] * dy + axes[1, 2] * dz
            off = _best_face(
                faces, n_faces, cos_half_width, east_m / range_m, north_m / range_m, up_m / range_m
            )
            if off <= 0.0:
                continue
            cross_section = snapshot.cross_section_m2[
                j, _find_aspect(dx, dy, dz, range_m, snapshot.velocity_eci_m_s[j]), own.band
            ]
            snr = scan_loss(off) * scale_signal_to_noise(
                own.reference_snr,
                own.reference_range_m,
                own.reference_cross_section_m2,
                range_m,
                cross_section,
            )
            pair = mix(own.identity, snapshot.identity[j])
            measured = draw_measured_snr(
                snr,
                own.false_alarm_probability,
                uniform(keys.detection, replication, pair, look_ms),
            )
            if measured <= 0.0:
                continue
            if n_found < found.shape[0]:
                found[n_found, rows.SENSOR] = own.sensor
                found[n_found, rows.OBJECT] = j
                found[n_found, rows.KIND] = codes.RADAR
                found[n_found, rows.BAND] = own.band
                row = values[n_found]
                row[rows.PLACE] = position_eci_m[i, 0]
                row[rows.PLACE + 1] = position_eci_m[i, 1]
                row[rows.PLACE + 2] = position_eci_m[i, 2]
                reference = own.reference_snr
                n0, n1, n2, n3 = normal4(keys.noise, replication, pair, look_ms)
                sigma = measurement_sigma(
                    own.sigma_angle_rad / off, own.floor_angle_rad, reference, measured
                )
                row[0], row[1], row[2] = perturb_direction(
                    dx / range_m, dy / range_m, dz / range_m, sigma * n1, sigma * n2
                )
                row[rows.SIGMA_ANGLE_RAD] = sigma
                sigma = measurement_sigma(own.sigma_range_m, own.floor_range_m, reference, measured)
                row[rows.RANGE_M] = range_m + sigma * n0
                row[rows.SIGMA_RANGE_M] = sigma
                sigma = measurement_sigma(
                    own.sigma_range_rate_m_s, own.floor_range_rate_m_s,
                    reference, measured,
                )  # fmt: skip
                row[rows.RANGE_RATE_M_S] = rate_m_s + sigma * n3
                row[rows.SIGMA_RANGE_RATE_M_S] = math.inf if math.isnan(sigma) else sigma
                # NaN for a radar that does not discriminate: it carries through.
                sigma = measurement_sigma(own.sigma_feature, own.floor_feature, reference, measured)
                n4 = normal(keys.feature, replication, pair, look_ms)
                row[rows.FEATURE] = snapshot.feature[j] + sigma * n4
                row[rows.SIGMA_FEATURE] = sigma
                # Range and scan are known, so the echo's strength gives the cross-section.
                unit_m2 = cross_section / snr
                row[rows.CROSS_SECTION_M2] = measured * unit_m2
                row[rows.LEAST_CROSS_SECTION_M2] = unit_m2 * (
                    -math.log(own.false_alarm_probability) - 1.0
                )
                row[rows.IRRADIANCE_W_M2] = math.nan
                row[rows.SIGMA_IRRADIANCE_W_M2] = math.nan
            n_found += 1
    return n_found


@kernel
def _find_aspect(dx: float, dy: float, dz: float, range_m: float, velocity: Floats) -> int:
    """Row of `tables.truth.ASPECTS` that a radar sees of a body at (dx, dy, dz) from it."""
    along = dx * velocity[0] + dy * velocity[1] + dz * velocity[2]
    edge = 0.5 * range_m * range_m * (velocity[0] ** 2 + velocity[1] ** 2 + velocity[2] ** 2)
    if along * along < edge:
        return 1
    return 0 if along < 0.0 else 2


@kernel
def _level_axes(position_eci_m: Floats, axes_eci: Floats) -> float:
    """Fill rows east, north and up (ellipsoid's normal) of a place, wherever it has moved to.

    The Earth turns about z, so that right ascension stands for longitude. Returns the height.
    """
    latitude, right_ascension, height_m = geodetic_from_ecef(
        position_eci_m[0], position_eci_m[1], position_eci_m[2]
    )
    axes = enu_axes(latitude, right_ascension)
    for k in range(9):
        axes_eci[k // 3, k % 3] = axes[k]
    return height_m


@kernel
def _point_faces(azimuth_rad: Floats, elevation_rad: Floats, faces: Floats) -> int:
    """Sine and cosine of each face's azimuth, then elevation; returns how many faces there are."""
    n_faces = 0
    for k in range(azimuth_rad.shape[0]):
        azimuth = azimuth_rad[k]
        if math.isnan(azimuth):
            continue
        faces[n_faces, 0] = math.sin(azimuth)
        faces[n_faces, 1] = math.cos(azimuth)
        faces[n_faces, 2] = math.sin(elevation_rad[k])
        faces[n_faces, 3] = math.cos(elevation_rad[k])
        n_faces += 1
    return n_faces


@kernel
def _best_face(
    faces: Floats, n_faces: int, cos_half_width: float, east: float, north: float, up: float
) -> float:
    """Largest cosine off boresight among the faces that cover the azimuth; -1: none does."""
    if n_faces == 0:
        return 1.0
    best = -1.0
    least = cos_half_width * math.sqrt(east * east + north * north)
    for k in range(n_faces):
        along = east * faces[k, 0] + north * faces[k, 1]
        if along >= least:
            best = max(best, along * faces[k, 3] + up * faces[k, 2])
    return best
