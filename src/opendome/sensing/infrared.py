"""Infrared satellites: plumes above the clouds, cold bodies against space."""

from __future__ import annotations

import math
from typing import Any, Final, NamedTuple

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
from opendome.physics.sorting import sort_run
from opendome.physics.sun import is_sunlit
from opendome.physics.visibility import ray_height_m, segment_height_m
from opendome.sensing import rows
from opendome.sensing.dispatch import find_detections
from opendome.sensing.keys import SensingKeys
from opendome.sensing.looks import find_look
from opendome.sensing.noise import perturb_direction
from opendome.sensing.pointings import assign_pointings, direction_to, is_pointed_at
from opendome.sensing.resolution import MERGED, merge_cells
from opendome.sensing.station import Records, Sky, Station
from opendome.tables import codes
from opendome.tables.truth import Flags, Floats, Identities, Integers, Snapshot

# Sources this far below the threshold are passed over: with the threshold 5 times the noise, one
# such look in 30,000 would detect.
_WORTH_A_LOOK: Final = 0.2
# A sweep covers the Earth and what flies this high beside it (assumption).
_SCANNED_UP_TO_M: Final = 1e6
# Columns of what is noted of each object in view.
_THRESHOLD_W_M2: Final = 0
_IS_PLUME: Final = 1


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
    resolution_rad: Floats  # (n,) objects nearer to each other come back as one; 0: none do
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
    it, stays above the limb. Objects nearer to each other than the resolution give one row, at the
    mean of their directions weighted by brightness; other objects one each. The irradiance
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
    n = snapshot.identity.shape[0]
    order, scratch = np.empty(n, np.int64), np.empty(n, np.int64)
    strongest, looks_ms = np.empty(n, np.int64), np.empty(n, np.int64)
    lines, means, strength, facts = (
        np.empty((n, 3)), np.empty((n, 3)), np.empty(n), np.empty((n, 2)),
    )  # fmt: skip
    for i in range(records.shape[0]):
        own = records[i]
        due, look_ms = find_look(snapshot.time_s, step_s, own.revisit_s, own.offset_s)
        if not ((due or own.scans) and own.up) or (own.pointings > 0 and n_aims[i] == 0):
            continue
        if own.shortest_m != shortest_m or own.longest_m != longest_m:
            shortest_m, longest_m = own.shortest_m, own.longest_m
            shown = _show_in_band(snapshot, shortest_m, longest_m)
        n_seen = _view(
            own, position_eci_m[i], sky, aims[i], n_aims[i], snapshot, shown, look_ms, step_s,
            order, lines, strength, facts, looks_ms,
        )  # fmt: skip
        if own.resolution_rad > 0.0:
            sort_run(lines, order, scratch, 0, n_seen)
        for m in range(n_seen):
            j = order[m]
            means[j, 0], means[j, 1], means[j, 2] = lines[j, 0], lines[j, 1], lines[j, 2]
        # No two components of unit vectors differ by more than the angle between the vectors.
        merge_cells(
            order, n_seen, lines, own.resolution_rad, lines, math.cos(own.resolution_rad),
            strength, means, strongest,
        )  # fmt: skip
        for m in range(n_seen):
            if strongest[order[m]] == MERGED:
                continue
            ux, uy, uz = means[order[m], 0], means[order[m], 1], means[order[m], 2]
            j = strongest[order[m]]
            pair = mix(own.identity, snapshot.identity[j])
            n0, n1, n2, _ = normal4(keys.noise, replication, pair, looks_ms[j])
            # In units of the threshold, as the strength is.
            measured = strength[order[m]] + n2 / own.threshold_to_noise
            if measured < 1.0:
                continue
            if n_found < found.shape[0]:
                threshold = facts[j, _THRESHOLD_W_M2]
                hot = facts[j, _IS_PLUME] > 0.0
                found[n_found, rows.SENSOR] = own.sensor
                found[n_found, rows.OBJECT] = j
                found[n_found, rows.KIND] = codes.COLD
                found[n_found, rows.BAND] = codes.NO_BAND
                if hot:
                    found[n_found, rows.BAND] = codes.PLUME_BAND
                    if snapshot.burning[j]:
                        found[n_found, rows.KIND] = codes.PLUME
                elif shortest_m == LONG_WAVE_M[0] and longest_m == LONG_WAVE_M[1]:
                    found[n_found, rows.BAND] = codes.LONG_WAVE_BAND
                row = values[n_found]
                row[:] = math.nan
                row[rows.PLACE] = position_eci_m[i, 0]
                row[rows.PLACE + 1] = position_eci_m[i, 1]
                row[rows.PLACE + 2] = position_eci_m[i, 2]
                sigma = own.sigma_angle_rad
                scale = 1.0 / math.sqrt(ux * ux + uy * uy + uz * uz)
                row[0], row[1], row[2] = perturb_direction(
                    ux * scale, uy * scale, uz * scale, sigma * n0, sigma * n1
                )
                row[rows.SIGMA_ANGLE_RAD] = sigma
                row[rows.SIGMA_RANGE_M] = math.inf
                row[rows.SIGMA_RANGE_RATE_M_S] = math.inf
                row[rows.IRRADIANCE_W_M2] = measured * threshold
                row[rows.SIGMA_IRRADIANCE_W_M2] = threshold / own.threshold_to_noise
            n_found += 1
    return n_found


@kernel
def _view(
    own: Any,
    satellite: Floats,
    sky: Sky,
    aims: Floats,
    n_aims: int,
    snapshot: Snapshot,
    shown: Floats,
    look_ms: int,
    step_s: float,
    order: Integers,
    lines: Floats,
    strength: Floats,
    facts: Floats,
    looks_ms: Integers,
) -> int:
    """What is in view of one satellite: rows of the snapshot into `order`; returns how many.

    Filled in these rows: unit vectors, irradiance over the threshold, the threshold [W/m2] and
    whether it is that of the plume band, and the look's time.
    """
    n_seen = 0
    ax, ay, az = satellite[0], satellite[1], satellite[2]
    sun = sky.sun_eci
    plume_threshold = own.plume_threshold_w_m2
    cold_threshold = own.cold_threshold_w_m2
    least_plume = _WORTH_A_LOOK * plume_threshold
    least_cold = _WORTH_A_LOOK * cold_threshold
    for j in range(snapshot.identity.shape[0]):
        bx = snapshot.position_eci_m[j, 0]
        by = snapshot.position_eci_m[j, 1]
        bz = snapshot.position_eci_m[j, 2]
        range2_m2 = (bx - ax) ** 2 + (by - ay) ** 2 + (bz - az) ** 2
        plume = snapshot.plume_w_sr[j] > least_plume * range2_m2
        cold = shown[j] > least_cold * range2_m2
        if not (plume or cold):
            continue
        range_m = math.sqrt(range2_m2)
        ux, uy, uz = (bx - ax) / range_m, (by - ay) / range_m, (bz - az) / range_m
        if own.pointings > 0 and not is_pointed_at(aims, n_aims, own.field_cosine, ux, uy, uz):
            continue
        plume = plume and segment_height_m(ax, ay, az, bx, by, bz) >= own.cloud_break_m
        behind_m = 0.0
        if cold:
            # A body shows only against cold space: the warm Earth before or behind it hides it.
            behind_m = ray_height_m(ax, ay, az, bx - ax, by - ay, bz - az)
            cold = behind_m >= own.limb_height_m
        if not (plume or cold):
            continue
        near_sun = ux * sun[0] + uy * sun[1] + uz * sun[2] > own.sun_cosine
        if near_sun and is_sunlit(ax, ay, az, sun[0], sun[1], sun[2]):
            continue
        mx, my, mz = direction_to(sky.moon_eci_m, ax, ay, az)
        near_moon = ux * mx + uy * my + uz * mz > own.moon_cosine
        if near_moon and is_sunlit(ax, ay, az, mx, my, mz):
            continue
        looks_ms[j] = look_ms
        if own.scans:
            share = _share_of_scan(ax, ay, az, ux, uy)
            due, looks_ms[j] = find_look(
                snapshot.time_s, step_s, own.revisit_s, own.offset_s + share * own.revisit_s
            )
            if not due:
                continue
        strength[j] = 0.0
        if plume:
            strength[j] = irradiance_w_m2(snapshot.plume_w_sr[j], range_m) / plume_threshold
            facts[j, _THRESHOLD_W_M2] = plume_threshold
            facts[j, _IS_PLUME] = 1.0
        if cold:
            limb = limb_share(behind_m)
            noisier = math.sqrt(1.0 + limb * (own.limb_shot + limb * own.limb_clutter))
            threshold = noisier * cold_threshold
            relative = irradiance_w_m2(shown[j], range_m) / threshold
            if relative > strength[j]:
                strength[j] = relative
                facts[j, _THRESHOLD_W_M2] = threshold
                facts[j, _IS_PLUME] = 0.0
        lines[j, 0], lines[j, 1], lines[j, 2] = ux, uy, uz
        order[n_seen] = j
        n_seen += 1
    return n_seen


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
