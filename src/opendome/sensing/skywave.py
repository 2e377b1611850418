"""Skywave radars: low targets over the horizon, in coarse cells, as the ionosphere allows."""

from __future__ import annotations

import math
from typing import Any, Final, NamedTuple

import numpy as np

from opendome.physics.constants import (
    EARTH_FLATTENING,
    EARTH_MEAN_RADIUS_M,
    EARTH_RADIUS_M,
)
from opendome.physics.frames import relative_to_earth
from opendome.physics.jit import kernel
from opendome.physics.radar import (
    draw_measured_snr,
    find_aspect,
    measurement_sigma,
    scale_signal_to_noise,
)
from opendome.physics.random import mix, normal, normal4, uniform
from opendome.physics.skywave import (
    absorption_db,
    e_critical_frequency_hz,
    f2_critical_frequency_hz,
    noise_ratio,
    pick_frequency_hz,
    resonance_factor,
)
from opendome.physics.sorting import sort_run
from opendome.physics.visibility import surface_height_m
from opendome.sensing import rows
from opendome.sensing.dispatch import find_detections
from opendome.sensing.keys import SensingKeys
from opendome.sensing.looks import find_look
from opendome.sensing.resolution import MERGED, merge_cells
from opendome.sensing.station import Records, Station
from opendome.tables import codes
from opendome.tables.truth import Flags, Floats, Identities, Integers, Snapshot

_VHF = codes.BANDS.index("VHF")
_STRETCH = 1.0 / (1.0 - EARTH_FLATTENING)
# Share of the maximum usable frequency that is worked at: the usual optimum, which holds on 90 %
# of the days of a month (Davies 1990).
_SHARE = 0.85
# Pole of the Earth's dipole field, IGRF-13 for 2020 to 2030: 80.7 N, 72.7 W.
_POLE_LATITUDE = math.radians(80.7)
_POLE_LONGITUDE = math.radians(-72.7)
# What comes or goes faster is taken for a missile and not for an aircraft: twice the speed of
# sound (assumption).
_FAST_M_S = 700.0
# Believed heights of the two, and what they are uncertain by (assumption): aircraft and cruise
# missiles from the ground to the tropopause; boosters and gliders below the reflecting layers.
_SLOW_HEIGHT_M = 5e3
_SLOW_HEIGHT_SIGMA_M = 4e3
_FAST_HEIGHT_M = 60e3
_FAST_HEIGHT_SIGMA_M = 35e3
# Columns of what the targets of one cell have in common: where they are (unit vector, the first
# three), how fast along the ray, its elevation.
_ALONG: Final = 3
_ELEVATION: Final = 4
_N_COLUMNS: Final = 5
# Speed of climb or descent that a fast target may have, one sigma (assumption).
_FAST_CLIMB_M_S = 1500.0


class SkywaveBlock(NamedTuple):
    """All skywave radars of the world.

    Sender and receiver are taken to stand in one place. Errors are one sigma at `reference_snr`,
    falling with the measured ratio to their floors. The state of the ionosphere is known to the
    radar but for `registration_m`: one error of range for each radar and raid.
    """

    identity: Identities  # (n,) hash of the radar's scenario name
    sensor: Integers  # (n,) index among all sensors of the world
    azimuth_rad: Floats  # (n,) middle of the sector, clockwise from north
    half_width_rad: Floats  # (n,)
    nearest_m: Floats  # (n,) over the ground
    farthest_m: Floats  # (n,)
    ceiling_m: Floats  # (n,) nothing is seen above
    lowest_elevation_rad: Floats  # (n,) of the antennas
    lowest_frequency_hz: Floats  # (n,)
    highest_frequency_hz: Floats  # (n,)
    f2_height_m: Floats  # (n,) virtual
    sunspots: Floats  # (n,) smoothed number
    oval_from_rad: Floats  # (n,) geomagnetic latitudes of the auroral zone
    oval_to_rad: Floats  # (n,)
    oval_loss: Floats  # (n,) ratio, at least 1, of signal to clutter lost there
    reference_range_m: Floats  # (n,) for the ratio and the four terms below
    reference_cross_section_m2: Floats  # (n,)
    reference_frequency_hz: Floats  # (n,)
    reference_loss: Floats  # (n,) ratio, at least 1, of absorption there and back
    reference_snr: Floats  # (n,) plain ratio of one look
    resonance_gain: Floats  # (n,) cross-section at resonance over that at VHF
    resonance_hz: Floats  # (n,)
    minimum_speed_m_s: Floats  # (n,) along the ray; slower targets are lost in ground clutter
    cell_m: Floats  # (n,) targets this near over the ground ...
    cell_m_s: Floats  # (n,) ... and this near in speed along the ray are one
    revisit_s: Floats  # (n,)
    offset_s: Floats  # (n,) time of the first look
    sigma_azimuth_rad: Floats  # (n,)
    floor_azimuth_rad: Floats  # (n,)
    sigma_range_m: Floats  # (n,)
    floor_range_m: Floats  # (n,)
    registration_m: Floats  # (n,) one sigma
    sigma_range_rate_m_s: Floats  # (n,)
    floor_range_rate_m_s: Floats  # (n,)
    false_alarm_probability: Floats  # (n,) of one look; sets the detection threshold
    up: Flags  # (n,) works at this time; written by whoever owns the block


@find_detections.register
def observe_by_skywave(
    block: SkywaveBlock,
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
    """What all skywave radars measure; see `dispatch.find_detections`.

    A target is detected where it is inside the annulus and the sector and below the ceiling, a
    frequency of the radar's reaches it by one hop, its Doppler shift parts it from the ground, and
    its echo passes the threshold. What shares a cell adds up to one target. Measured are the range
    over the ground, azimuth and range rate. They are reported as the straight line to the place
    that they stand for at the height of what flies so fast, with the error of that height in the
    angle; the range rate as that of level flight. False alarms themselves are not reported.
    """
    return _find_echoes(
        station.records, station.position_eci_m, station.sky.sun_eci, snapshot, step_s,
        earth_angle_rad, keys, replication, found, values, n_found,
    )  # fmt: skip


@kernel
def _find_echoes(
    records: Records,
    position_eci_m: Floats,
    sun: Floats,
    snapshot: Snapshot,
    step_s: float,
    earth_angle_rad: float,
    keys: SensingKeys,
    replication: int,
    found: Integers,
    values: Floats,
    n_found: int,
) -> int:
    n_objects = snapshot.identity.shape[0]
    seen, order = np.empty(n_objects, np.int64), np.empty(n_objects, np.int64)
    scratch, strongest = np.empty(n_objects, np.int64), np.empty(n_objects, np.int64)
    strength = np.empty(n_objects)
    rate, lines, columns = (
        np.empty((n_objects, 1)),
        np.empty((n_objects, 3)),
        np.empty((n_objects, _N_COLUMNS)),
    )
    for i in range(records.shape[0]):
        own = records[i]
        due, look_ms = find_look(snapshot.time_s, step_s, own.revisit_s, own.offset_s)
        if not (due and own.up):
            continue
        place_m = position_eci_m[i]
        px, py, pz = place_m[0], place_m[1], place_m[2]
        radius_m = math.sqrt(px * px + py * py + pz * pz)
        sx, sy, sz = px / radius_m, py / radius_m, pz / radius_m
        # East and north of the radar on a sphere.
        level = math.sqrt(sx * sx + sy * sy)
        ex, ey = -sy / level, sx / level
        nx, ny, nz = -sz * ey, sz * ex, level
        least_cosine = math.cos(own.farthest_m / EARTH_MEAN_RADIUS_M)
        most_cosine = math.cos(own.nearest_m / EARTH_MEAN_RADIUS_M)
        n_seen = 0
        for j in range(n_objects):
            x = snapshot.position_eci_m[j, 0]
            y = snapshot.position_eci_m[j, 1]
            z = snapshot.position_eci_m[j, 2]
            r = math.sqrt(x * x + y * y + z * z)
            tx, ty, tz = x / r, y / r, z / r
            cosine = sx * tx + sy * ty + sz * tz
            if not least_cosine <= cosine <= most_cosine:
                continue
            over_m = surface_height_m(x, y, z)
            if over_m > own.ceiling_m:
                continue
            azimuth = math.atan2(tx * ex + ty * ey, tx * nx + ty * ny + tz * nz)
            if math.cos(azimuth - own.azimuth_rad) < math.cos(own.half_width_rad):
                continue
            angle = math.acos(cosine)
            # Over the ground and away from the radar, at the target; then up.
            sine = math.sin(angle)
            ax, ay, az = (
                (cosine * tx - sx) / sine,
                (cosine * ty - sy) / sine,
                (cosine * tz - sz) / sine,
            )
            wx, wy, wz = relative_to_earth(snapshot.position_eci_m[j], snapshot.velocity_eci_m_s[j])
            away_m_s = ax * wx + ay * wy + az * wz
            climb_m_s = tx * wx + ty * wy + tz * wz
            frequency_hz, elevation, loss = _find_path(
                own, angle, sx + tx, sy + ty, sz + tz, tx, ty, tz, over_m, sun, earth_angle_rad
            )
            along_m_s = away_m_s * math.cos(elevation) - climb_m_s * math.sin(elevation)
            if frequency_hz <= 0.0 or abs(along_m_s) < own.minimum_speed_m_s:
                continue
            aspect = find_aspect(away_m_s, wx * wx + wy * wy + wz * wz)
            cross_section_m2 = (
                own.resonance_gain
                * resonance_factor(frequency_hz, own.resonance_hz)
                * snapshot.cross_section_m2[j, aspect, _VHF]
            )
            seen[n_seen], order[n_seen] = j, n_seen
            strength[n_seen] = scale_signal_to_noise(
                own.reference_snr, own.reference_range_m, own.reference_cross_section_m2,
                EARTH_MEAN_RADIUS_M * angle, cross_section_m2,
            ) * own.reference_loss / (
                loss * noise_ratio(frequency_hz, own.reference_frequency_hz)
            )  # fmt: skip
            rate[n_seen, 0] = along_m_s
            lines[n_seen, 0], lines[n_seen, 1], lines[n_seen, 2] = tx, ty, tz
            columns[n_seen, 0], columns[n_seen, 1], columns[n_seen, 2] = tx, ty, tz
            columns[n_seen, _ALONG], columns[n_seen, _ELEVATION] = along_m_s, elevation
            n_seen += 1
        # One cell of Doppler shift, and a circle on the ground.
        sort_run(rate, order, scratch, 0, n_seen)
        merge_cells(
            order, n_seen, rate, own.cell_m_s, lines, math.cos(own.cell_m / EARTH_MEAN_RADIUS_M),
            strength, columns, strongest,
        )  # fmt: skip
        registration_m = own.registration_m * normal(keys.noise, replication, own.identity, 0)
        for m in range(n_seen):
            k = order[m]
            if strongest[k] == MERGED:
                continue
            top = seen[strongest[k]]
            pair = mix(own.identity, snapshot.identity[top])
            measured = draw_measured_snr(
                strength[k],
                own.false_alarm_probability,
                uniform(keys.detection, replication, pair, look_ms),
            )
            if measured <= 0.0:
                continue
            if n_found < found.shape[0]:
                found[n_found, rows.SENSOR] = own.sensor
                found[n_found, rows.OBJECT] = top
                found[n_found, rows.KIND] = codes.RADAR
                found[n_found, rows.BAND] = codes.NO_BAND
                n0, n1, n2, _ = normal4(keys.noise, replication, pair, look_ms)
                reference = own.reference_snr
                rate_sigma = measurement_sigma(
                    own.sigma_range_rate_m_s, own.floor_range_rate_m_s, reference, measured
                )
                sigma_m = measurement_sigma(
                    own.sigma_range_m, own.floor_range_m, reference, measured
                )
                sigma = measurement_sigma(
                    own.sigma_azimuth_rad, own.floor_azimuth_rad, reference, measured
                )
                elevation = columns[k, _ELEVATION]
                along_m_s = columns[k, _ALONG] + rate_sigma * n2
                fast = abs(along_m_s) > _FAST_M_S
                height_m = _FAST_HEIGHT_M if fast else _SLOW_HEIGHT_M
                height_sigma_m = _FAST_HEIGHT_SIGMA_M if fast else _SLOW_HEIGHT_SIGMA_M
                climb_sigma_m_s = _FAST_CLIMB_M_S if fast else 0.0
                tx, ty, tz = columns[k, 0], columns[k, 1], columns[k, 2]
                across = tx * ex + ty * ey
                ahead = tx * nx + ty * ny + tz * nz
                azimuth = math.atan2(across, ahead) + sigma * n1
                angle = math.atan2(math.hypot(across, ahead), sx * tx + sy * ty + sz * tz)
                angle += (sigma_m * n0 + registration_m) / EARTH_MEAN_RADIUS_M
                # The place on the ground that was measured, lifted to the believed height.
                out, up = math.sin(angle), math.cos(angle)
                east, north = out * math.sin(azimuth), out * math.cos(azimuth)
                ux = east * ex + north * nx + up * sx
                uy = east * ey + north * ny + up * sy
                uz = north * nz + up * sz
                ground_m = EARTH_RADIUS_M / math.sqrt(ux * ux + uy * uy + (uz * _STRETCH) ** 2)
                dx = (ground_m + height_m) * ux - px
                dy = (ground_m + height_m) * uy - py
                dz = (ground_m + height_m) * uz - pz
                straight_m = math.sqrt(dx * dx + dy * dy + dz * dz)
                row = values[n_found]
                row[:] = math.nan
                row[0], row[1], row[2] = dx / straight_m, dy / straight_m, dz / straight_m
                row[rows.PLACE], row[rows.PLACE + 1], row[rows.PLACE + 2] = px, py, pz
                row[rows.RANGE_M] = straight_m
                row[rows.SIGMA_RANGE_M] = math.sqrt(sigma_m**2 + own.registration_m**2)
                row[rows.SIGMA_ANGLE_RAD] = max(sigma, height_sigma_m / straight_m)
                # Level flight: the ray sees it by the cosine of its elevation, the straight line
                # by that of half the angle between the ends.
                flat = math.cos(0.5 * angle) / math.cos(elevation)
                row[rows.RANGE_RATE_M_S] = along_m_s * flat
                tilt = math.tan(elevation) * math.cos(0.5 * angle) + math.sin(0.5 * angle)
                row[rows.SIGMA_RANGE_RATE_M_S] = math.hypot(
                    rate_sigma * flat, climb_sigma_m_s * tilt
                )
            n_found += 1
    return n_found


@kernel
def _find_path(
    own: Any,
    angle: float,
    mx: float, my: float, mz: float,
    tx: float, ty: float, tz: float,
    over_m: float,
    sun: Floats,
    earth_angle_rad: float,
) -> tuple[float, float, float]:  # fmt: skip
    """Frequency [Hz], elevation [rad] and two-way loss (ratio) to a place; frequency 0: none.

    `(mx, my, mz)` points half-way, where the layers turn the ray; `(tx, ty, tz)` to the
    target, `over_m` above the ground: no ray that a layer turns reaches what is above the layer.
    """
    length = math.sqrt(mx * mx + my * my + mz * mz)
    cos_zenith = (mx * sun[0] + my * sun[1] + mz * sun[2]) / length
    declination = math.asin(sun[2])
    hour_angle = math.atan2(my, mx) - math.atan2(sun[1], sun[0])
    hour_angle -= 2.0 * math.pi * math.floor(hour_angle / (2.0 * math.pi) + 0.5)
    frequency_hz, elevation, layer_m = pick_frequency_hz(
        angle,
        e_critical_frequency_hz(cos_zenith, own.sunspots),
        f2_critical_frequency_hz(math.asin(mz / length), declination, hour_angle, own.sunspots),
        own.f2_height_m,
        own.lowest_elevation_rad,
        _SHARE,
    )
    if frequency_hz < own.lowest_frequency_hz or over_m > layer_m:
        return 0.0, elevation, 1.0
    frequency_hz = min(frequency_hz, own.highest_frequency_hz)
    loss = 10.0 ** (0.2 * absorption_db(cos_zenith, own.sunspots, elevation, frequency_hz))
    # The dipole's axis turns with the Earth.
    pole = earth_angle_rad + _POLE_LONGITUDE
    gx, gy = math.cos(_POLE_LATITUDE) * math.cos(pole), math.cos(_POLE_LATITUDE) * math.sin(pole)
    gz = math.sin(_POLE_LATITUDE)
    half_way = math.asin((mx * gx + my * gy + mz * gz) / length)
    at_target = math.asin(tx * gx + ty * gy + tz * gz)
    if (
        own.oval_from_rad <= half_way <= own.oval_to_rad
        or own.oval_from_rad <= at_target <= own.oval_to_rad
    ):
        loss *= own.oval_loss
    return frequency_hz, elevation, loss
