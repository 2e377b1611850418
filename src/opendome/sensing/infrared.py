"""Infrared satellites: plumes above the clouds, cold bodies against space."""

from __future__ import annotations

import math
from typing import Final, NamedTuple

import numpy as np

from opendome.physics.constants import EARTH_RADIUS_M
from opendome.physics.infrared import (
    LONG_WAVE_M,
    band_radiance_w_m2_sr,
    irradiance_w_m2,
    limb_share,
    solar_irradiance_w_m2,
)
from opendome.physics.jit import kernel
from opendome.physics.random import mix, normal4
from opendome.physics.sun import is_sunlit
from opendome.physics.visibility import ray_height_m, segment_height_m
from opendome.sensing import rows
from opendome.sensing.dispatch import find_detections
from opendome.sensing.keys import SensingKeys
from opendome.sensing.looks import find_look
from opendome.sensing.noise import perturb_direction
from opendome.sensing.pointings import assign_pointings, direction_to, is_pointed_at
from opendome.sensing.station import Records, Sky, Station
from opendome.tables import codes
from opendome.tables.truth import Flags, Floats, Identities, Integers, Snapshot

# Sources this far below the threshold are passed over: with the threshold 5 times the noise, one
# such look in 30,000 would detect.
_WORTH_A_LOOK: Final = 0.2
# A sweep covers the Earth and what flies this high beside it (assumption).
_SCANNED_UP_TO_M: Final = 1e6


class InfraredBlock(NamedTuple):
    """All channels of all infrared satellites. A satellite sees all around it unless it points."""

    identity: Identities  # (n,) hash of the satellite's scenario name
    sensor: Integers  # (n,) index among all sensors of the world
    plume_threshold_w_m2: Floats  # (n,) irradiance in the plume band; infinite: no such band
    cold_threshold_w_m2: Floats  # (n,) irradiance of bodies against space; infinite: no such band
    threshold_to_noise: Floats  # (n,) threshold over noise-equivalent irradiance
    limb_shot: Floats  # (n,) variance by photons of the opaque limb over that against space
    limb_clutter: Floats  # (n,) variance by structure of the opaque limb over that against space
    cloud_break_m: Floats  # (n,) lines of sight to plumes stay above this height
    limb_height_m: Floats  # (n,) the background of cold bodies begins above this tangent height
    shortest_m: Floats  # (n,) wavelength of the band of bodies
    longest_m: Floats  # (n,)
    sun_cosine: Floats  # (n,) lines of sight nearer to the Sun are blind; above 1: none is
    moon_cosine: Floats  # (n,)
    scans: Flags  # (n,) sweeps from west to east in the revisit time; else sees all at once
    pointings: Integers  # (n,) narrow fields in one revisit time; 0: sees all around it
    field_cosine: Floats  # (n,) of half the narrow field
    regard_cosine: Floats  # (n,) of the largest angle from straight down that it can point at
    per_track: Integers  # (n,) satellites that look at one track
    sigma_angle_rad: Floats  # (n,) one axis
    revisit_s: Floats  # (n,)
    offset_s: Floats  # (n,) time of the first look
    up: Flags  # (n,) works at this time; written by whoever owns the block


@find_detections.register
def observe_infrared(
    block: InfraredBlock,
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
    """What all infrared satellites measure: directions only; see `dispatch.find_detections`.

    A burning object shows as a plume where the line of sight stays above the cloud break; so does
    one that the air heats, but what it shows is dim and not taken for a plume. What does not burn,
    or is not seen to, shows as a cold body where the line of sight, extended behind
    it, stays above the limb. One object gives one satellite at most one row a look. The irradiance
    of each look has Gaussian noise, more of it near the limb; it is detected, and reported, where
    it passes the threshold. Nothing is seen along lines of sight near the Sun or the Moon. A
    satellite with pointings sees what lies in the narrow fields around the tracks that it is given.
    """
    n = block.identity.shape[0]
    most = int(block.pointings.max())
    aims, n_aims = np.empty((n, most, 3)), np.zeros(n, np.int64)
    if most > 0:
        assign_pointings(
            station.records, station.position_eci_m, station.sky, station.cues, aims, n_aims
        )
    return _find_sources(
        station.records, station.position_eci_m, station.sky, aims, n_aims, snapshot, step_s, keys,
        replication, found, values, n_found,
    )  # fmt: skip


@kernel
def _find_sources(
    records: Records,
    position_eci_m: Floats,
    sky: Sky,
    aims: Floats,
    n_aims: Integers,
    snapshot: Snapshot,
    step_s: float,
    keys: SensingKeys,
    replication: int,
    found: Integers,
    values: Floats,
    n_found: int,
) -> int:
    shown = snapshot.body_w_sr
    shortest_m, longest_m = LONG_WAVE_M
    sun = sky.sun_eci
    for i in range(records.shape[0]):
        own = records[i]
        time_s = snapshot.time_s
        due, look_ms = find_look(time_s, step_s, own.revisit_s, own.offset_s)
        if not ((due or own.scans) and own.up) or (own.pointings > 0 and n_aims[i] == 0):
            continue
        if own.shortest_m != shortest_m or own.longest_m != longest_m:
            shortest_m, longest_m = own.shortest_m, own.longest_m
            shown = _show_in_band(snapshot, shortest_m, longest_m)
        ax, ay, az = position_eci_m[i, 0], position_eci_m[i, 1], position_eci_m[i, 2]
        sees_sun = own.sun_cosine <= 1.0 and is_sunlit(ax, ay, az, sun[0], sun[1], sun[2])
        mx, my, mz = direction_to(sky.moon_eci_m, ax, ay, az)
        sees_moon = own.moon_cosine <= 1.0 and is_sunlit(ax, ay, az, mx, my, mz)
        to_noise = own.threshold_to_noise
        plume_threshold = own.plume_threshold_w_m2
        cold_threshold = own.cold_threshold_w_m2
        least_plume = _WORTH_A_LOOK * plume_threshold
        least_cold = _WORTH_A_LOOK * cold_threshold
        for j in range(snapshot.identity.shape[0]):
            bx = snapshot.position_eci_m[j, 0]
            by = snapshot.position_eci_m[j, 1]
            bz = snapshot.position_eci_m[j, 2]
            range2_m2 = (bx - ax) ** 2 + (by - ay) ** 2 + (bz - az) ** 2
            plume = (
                snapshot.plume_w_sr[j] > least_plume * range2_m2
                and segment_height_m(ax, ay, az, bx, by, bz) >= own.cloud_break_m
            )
            cold = shown[j] > least_cold * range2_m2
            behind_m = 0.0
            if cold:
                # A body shows only against cold space: the warm Earth before or behind it hides it.
                behind_m = ray_height_m(ax, ay, az, bx - ax, by - ay, bz - az)
                cold = behind_m >= own.limb_height_m
            if not (plume or cold):
                continue
            range_m = math.sqrt(range2_m2)
            ux, uy, uz = (bx - ax) / range_m, (by - ay) / range_m, (bz - az) / range_m
            if own.pointings > 0 and not is_pointed_at(
                aims[i], n_aims[i], own.field_cosine, ux, uy, uz
            ):
                continue
            if sees_sun and ux * sun[0] + uy * sun[1] + uz * sun[2] > own.sun_cosine:
                continue
            if sees_moon and ux * mx + uy * my + uz * mz > own.moon_cosine:
                continue
            if own.scans:
                share = _share_of_scan(ax, ay, az, ux, uy)
                due, look_ms = find_look(
                    time_s, step_s, own.revisit_s, own.offset_s + share * own.revisit_s
                )
                if not due:
                    continue
            pair = mix(own.identity, snapshot.identity[j])
            n0, n1, n2, _ = normal4(keys.noise, replication, pair, look_ms)
            irradiance, sigma_irradiance = 0.0, 0.0
            if cold:
                limb = limb_share(behind_m)
                noisier = math.sqrt(1.0 + limb * (own.limb_shot + limb * own.limb_clutter))
                sigma_irradiance = noisier * cold_threshold / to_noise
                irradiance = irradiance_w_m2(shown[j], range_m) + sigma_irradiance * n2
                cold = irradiance >= noisier * cold_threshold
            if plume:
                sigma = plume_threshold / to_noise
                bright = irradiance_w_m2(snapshot.plume_w_sr[j], range_m) + sigma * n2
                plume = bright >= plume_threshold
                if plume and (snapshot.burning[j] or not cold):
                    irradiance, sigma_irradiance = bright, sigma
                    cold = False
            if not (plume or cold):
                continue
            if n_found < found.shape[0]:
                found[n_found, rows.SENSOR] = own.sensor
                found[n_found, rows.OBJECT] = j
                found[n_found, rows.KIND] = codes.COLD
                if snapshot.burning[j] and plume:
                    found[n_found, rows.KIND] = codes.PLUME
                found[n_found, rows.BAND] = codes.PLUME_BAND
                if cold:
                    known = shortest_m == LONG_WAVE_M[0] and longest_m == LONG_WAVE_M[1]
                    found[n_found, rows.BAND] = codes.LONG_WAVE_BAND if known else codes.NO_BAND
                row = values[n_found]
                row[:] = math.nan
                row[rows.PLACE], row[rows.PLACE + 1], row[rows.PLACE + 2] = ax, ay, az
                sigma = own.sigma_angle_rad
                row[0], row[1], row[2] = perturb_direction(ux, uy, uz, sigma * n0, sigma * n1)
                row[rows.SIGMA_ANGLE_RAD] = sigma
                row[rows.SIGMA_RANGE_M] = math.inf
                row[rows.SIGMA_RANGE_RATE_M_S] = math.inf
                row[rows.IRRADIANCE_W_M2] = irradiance
                row[rows.SIGMA_IRRADIANCE_W_M2] = sigma_irradiance
            n_found += 1
    return n_found


@kernel
def _show_in_band(snapshot: Snapshot, shortest_m: float, longest_m: float) -> Floats:
    """Radiant intensity of all bodies within a band: their own radiation and reflected sunlight.

    What a body reflects goes out alike in all directions, the mean over its phases (assumption).
    """
    sunlight = solar_irradiance_w_m2(shortest_m, longest_m) / (4.0 * math.pi)
    n = snapshot.identity.shape[0]
    shown = np.empty(n)
    for j in range(n):
        kelvin = snapshot.temperature_k[j]
        long_wave = band_radiance_w_m2_sr(kelvin, LONG_WAVE_M[0], LONG_WAVE_M[1])
        own = band_radiance_w_m2_sr(kelvin, shortest_m, longest_m)
        shown[j] = snapshot.body_w_sr[j] * own / long_wave + sunlight * snapshot.reflecting_m2[j]
    return shown


@kernel
def _share_of_scan(x: float, y: float, z: float, ux: float, uy: float) -> float:
    """Share of a sweep from west to east at which it crosses a line of sight (ux, uy, any)."""
    flat = math.sqrt(x * x + y * y)
    if flat == 0.0:
        return 0.5
    east = (x * uy - y * ux) / flat
    widest = min((EARTH_RADIUS_M + _SCANNED_UP_TO_M) / math.sqrt(x * x + y * y + z * z), 1.0)
    return min(max(0.5 + 0.5 * east / widest, 0.0), 1.0)
