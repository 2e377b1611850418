"""Infrared satellites: plumes above the clouds, cold bodies against space."""

from __future__ import annotations

import math
from typing import NamedTuple

from opendome.physics.infrared import irradiance_w_m2, is_against_space
from opendome.physics.jit import kernel
from opendome.physics.random import mix, normal4
from opendome.physics.visibility import segment_height_m
from opendome.sensing import rows
from opendome.sensing.dispatch import find_detections
from opendome.sensing.keys import SensingKeys
from opendome.sensing.looks import find_look
from opendome.sensing.noise import perturb_direction
from opendome.sensing.station import Records, Station
from opendome.tables import codes
from opendome.tables.truth import Flags, Floats, Identities, Integers, Snapshot

# Sources this far below the threshold are passed over: with the threshold 5 times the noise, one
# such look in 30,000 would detect.
_WORTH_A_LOOK = 0.2


class InfraredBlock(NamedTuple):
    """All satellites of all infrared constellations. Every satellite sees all around it."""

    identity: Identities  # (n,) hash of the satellite's scenario name
    sensor: Integers  # (n,) index among all sensors of the world
    plume_threshold_w_m2: Floats  # (n,) irradiance in the plume band; infinite: no such band
    cold_threshold_w_m2: Floats  # (n,) irradiance in the long-wave band; infinite: no such band
    threshold_to_noise: Floats  # (n,) threshold over noise-equivalent irradiance
    cloud_break_m: Floats  # (n,) lines of sight to plumes stay above this height
    limb_height_m: Floats  # (n,) the background of cold bodies begins above this tangent height
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
    of each look has Gaussian noise; it is detected, and reported, where it passes the threshold.
    """
    return _find_sources(
        station.records, station.position_eci_m, snapshot, step_s, keys, replication,
        found, values, n_found,
    )  # fmt: skip


@kernel
def _find_sources(
    records: Records,
    position_eci_m: Floats,
    snapshot: Snapshot,
    step_s: float,
    keys: SensingKeys,
    replication: int,
    found: Integers,
    values: Floats,
    n_found: int,
) -> int:
    for i in range(records.shape[0]):
        own = records[i]
        due, look_ms = find_look(snapshot.time_s, step_s, own.revisit_s, own.offset_s)
        if not (due and own.up):
            continue
        ax, ay, az = position_eci_m[i, 0], position_eci_m[i, 1], position_eci_m[i, 2]
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
            cold = snapshot.body_w_sr[j] > least_cold * range2_m2 and is_against_space(
                ax, ay, az, bx, by, bz, own.limb_height_m
            )
            if not (plume or cold):
                continue
            range_m = math.sqrt(range2_m2)
            pair = mix(own.identity, snapshot.identity[j])
            n0, n1, n2, _ = normal4(keys.noise, replication, pair, look_ms)
            irradiance, sigma_irradiance = 0.0, 0.0
            if cold:
                sigma_irradiance = cold_threshold / to_noise
                irradiance = irradiance_w_m2(snapshot.body_w_sr[j], range_m) + sigma_irradiance * n2
                cold = irradiance >= cold_threshold
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
                found[n_found, rows.BAND] = codes.LONG_WAVE_BAND if cold else codes.PLUME_BAND
                row = values[n_found]
                row[:] = math.nan
                row[rows.PLACE], row[rows.PLACE + 1], row[rows.PLACE + 2] = ax, ay, az
                sigma = own.sigma_angle_rad
                row[0], row[1], row[2] = perturb_direction(
                    (bx - ax) / range_m, (by - ay) / range_m, (bz - az) / range_m,
                    sigma * n0, sigma * n1,
                )  # fmt: skip
                row[rows.SIGMA_ANGLE_RAD] = sigma
                row[rows.SIGMA_RANGE_M] = math.inf
                row[rows.SIGMA_RANGE_RATE_M_S] = math.inf
                row[rows.IRRADIANCE_W_M2] = irradiance
                row[rows.SIGMA_IRRADIANCE_W_M2] = sigma_irradiance
            n_found += 1
    return n_found
