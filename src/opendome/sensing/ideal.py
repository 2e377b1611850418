"""A sensor without limits, for cases whose answer is known in closed form."""

from __future__ import annotations

import math
from typing import NamedTuple

from opendome.physics.jit import kernel
from opendome.physics.random import mix, normal, normal4, uniform
from opendome.sensing import rows
from opendome.sensing.dispatch import find_detections
from opendome.sensing.keys import SensingKeys
from opendome.sensing.looks import find_look
from opendome.sensing.noise import perturb_direction
from opendome.sensing.station import Records, Station
from opendome.tables import codes
from opendome.tables.truth import Flags, Floats, Identities, Integers, Snapshot


class IdealBlock(NamedTuple):
    """Sensors that see every object, whatever stands between.

    `track_probability` is the probability that an object is ever seen by this sensor: drawn once
    for an object and replication, it is the P(track) of the firing-doctrine literature
    (Wilkening 1999).
    """

    identity: Identities  # (n,) hash of the sensor's scenario name
    sensor: Integers  # (n,) index among all sensors of the world
    track_probability: Floats  # (n,)
    sigma_position_m: Floats  # (n,) one axis
    sigma_velocity_m_s: Floats  # (n,) along the line of sight
    sigma_feature: Floats  # (n,) NaN: does not discriminate
    revisit_s: Floats  # (n,)
    offset_s: Floats  # (n,) time of the first look
    up: Flags  # (n,) works at this time; written by whoever owns the block


@find_detections.register
def observe_ideally(
    block: IdealBlock,
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
    """What all ideal sensors measure; see `dispatch.find_detections`.

    The sensors may stand anywhere, such as at the Earth's centre. The errors across the line of
    sight are the position error over the range.
    """
    return _find_objects(
        station.records, station.position_eci_m, station.velocity_eci_m_s, snapshot, step_s, keys,
        replication, found, values, n_found,
    )  # fmt: skip


@kernel
def _find_objects(
    records: Records,
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
    for i in range(records.shape[0]):
        own = records[i]
        due, look_ms = find_look(snapshot.time_s, step_s, own.revisit_s, own.offset_s)
        if not (due and own.up):
            continue
        for j in range(snapshot.identity.shape[0]):
            pair = mix(own.identity, snapshot.identity[j])
            # Index 0 whatever the look: drawn once for the pair.
            if uniform(keys.detection, replication, pair, 0) >= own.track_probability:
                continue
            if n_found < found.shape[0]:
                found[n_found, rows.SENSOR] = own.sensor
                found[n_found, rows.OBJECT] = j
                # Whatever burns is told apart: a tracker must not take it for a body in free fall.
                burning = snapshot.burning[j]
                found[n_found, rows.KIND] = codes.PLUME if burning else codes.RADAR
                # It has no band, so no strength: its feature tells all that it tells of an object.
                found[n_found, rows.BAND] = codes.NO_BAND
                row = values[n_found]
                row[:] = math.nan
                row[rows.PLACE] = position_eci_m[i, 0]
                row[rows.PLACE + 1] = position_eci_m[i, 1]
                row[rows.PLACE + 2] = position_eci_m[i, 2]
                dx = snapshot.position_eci_m[j, 0] - position_eci_m[i, 0]
                dy = snapshot.position_eci_m[j, 1] - position_eci_m[i, 1]
                dz = snapshot.position_eci_m[j, 2] - position_eci_m[i, 2]
                range_m = math.sqrt(dx * dx + dy * dy + dz * dz)
                rate_m_s = (
                    dx * (snapshot.velocity_eci_m_s[j, 0] - velocity_eci_m_s[i, 0])
                    + dy * (snapshot.velocity_eci_m_s[j, 1] - velocity_eci_m_s[i, 1])
                    + dz * (snapshot.velocity_eci_m_s[j, 2] - velocity_eci_m_s[i, 2])
                ) / range_m
                n0, n1, n2, n3 = normal4(keys.noise, replication, pair, look_ms)
                n4 = normal(keys.feature, replication, pair, look_ms)
                sigma_m = own.sigma_position_m
                sigma_angle = sigma_m / range_m
                row[0], row[1], row[2] = perturb_direction(
                    dx / range_m, dy / range_m, dz / range_m, sigma_angle * n1, sigma_angle * n2
                )
                row[rows.RANGE_M] = range_m + sigma_m * n0
                row[rows.RANGE_RATE_M_S] = rate_m_s + own.sigma_velocity_m_s * n3
                row[rows.SIGMA_ANGLE_RAD] = sigma_angle
                row[rows.SIGMA_RANGE_M] = sigma_m
                row[rows.SIGMA_RANGE_RATE_M_S] = own.sigma_velocity_m_s
                # NaN where the sensor does not discriminate: it carries through.
                row[rows.FEATURE] = snapshot.feature[j] + own.sigma_feature * n4
                row[rows.SIGMA_FEATURE] = own.sigma_feature
            n_found += 1
    return n_found
