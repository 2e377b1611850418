"""Radars: fence and track dwells, Swerling 1 looks, resolution cells, discrimination."""

from __future__ import annotations

import math
from typing import Any, Final, NamedTuple

import numpy as np

from opendome.physics.frames import relative_to_earth
from opendome.physics.geodesy import enu_axes, geodetic_from_ecef
from opendome.physics.jit import kernel
from opendome.physics.radar import (
    draw_measured_snr,
    find_aspect,
    measurement_sigma,
    scale_signal_to_noise,
    scan_loss,
)
from opendome.physics.random import mix, normal, normal4, uniform
from opendome.physics.sorting import sort_run
from opendome.sensing import rows
from opendome.sensing.dispatch import find_detections
from opendome.sensing.keys import SensingKeys
from opendome.sensing.looks import find_look
from opendome.sensing.noise import perturb_direction
from opendome.sensing.radar_time import (
    ECHO,
    LOOK_MS,
    N_FACE,
    N_FACTS,
    OFF,
    RANGE_M,
    SCAN,
    SECTION_M2,
    SNR,
    STARVED,
    Outlook,
    dwell_on_cues,
    list_near,
    look_out,
    place_in_scan,
    scan_fence,
    view,
)
from opendome.sensing.resolution import MERGED, merge_cells
from opendome.sensing.station import Records, Station
from opendome.tables import codes
from opendome.tables.truth import Flags, Floats, Identities, Integers, Snapshot


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
    face_half_width_rad: Floats  # (n, max_faces) each covers this much azimuth on either side
    minimum_elevation_rad: Floats  # (n,) apparent, with refraction; terrain included
    maximum_elevation_rad: Floats  # (n,)
    band: Integers  # (n,) row of codes.BANDS
    reference_range_m: Floats  # (n,) on boresight, for the ratio and cross-section below
    reference_cross_section_m2: Floats  # (n,)
    reference_snr: Floats  # (n,) plain ratio of one dwell of the length below
    reference_dwell_s: Floats  # (n,)
    instrumented_range_m: Floats  # (n,) nothing is reported beyond
    beamwidth_rad: Floats  # (n,) between half-power points one way, on boresight
    range_cell_m: Floats  # (n,) objects nearer to each other, and within half a beam, are one
    search_minimum_elevation_rad: Floats  # (n,) of the fence or volume, apparent
    search_maximum_elevation_rad: Floats  # (n,)
    search_frame_s: Floats  # (n,) time of one scan of it
    search_dwell_s: Floats  # (n,) at each of its beams
    track_share: Floats  # (n,) of the radar's time that is left for track dwells
    track_dwell_s: Floats  # (n,)
    most_dwells: Floats  # (n,) most that are added for one look at one track
    wanted_snr: Floats  # (n,) they are added up to this ratio
    revisit_s: Floats  # (n,) between looks at an object in track
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

    A beam meets an object that is above the site's elevation limit (with refraction), inside a
    face and within the instrumented range: the scan of the fence once a frame; the dwells at the
    cues of the defence at each revisit, as far as there is time. It is detected where its echo
    passes the threshold. Echoes fluctuate from look to look (Swerling 1). Objects that share a
    resolution cell give one measurement, linked to the strongest. False alarms themselves are not
    reported.
    """
    n, n_objects = block.identity.shape[0], snapshot.identity.shape[0]
    looked, spent_s = np.zeros((n, station.cues.number.shape[0])), np.zeros((n, 2))
    starved = np.zeros(n_objects, np.bool_)
    n_found = _find_echoes(
        station.records, block.face_azimuth_rad, block.face_elevation_rad,
        block.face_half_width_rad, station.position_eci_m, station.velocity_eci_m_s,
        station.cues.position_eci_m,
        station.cues.velocity_eci_m_s, station.cues.sigma_m, station.cues.cross_section_m2, looked,
        spent_s, starved, snapshot, step_s, keys, replication, found, values, n_found,
    )  # fmt: skip
    station.logbook.write(looked, spent_s, starved)
    return n_found


# Columns of what a resolution cell is measured as: its place and velocity relative to the radar,
# eci, and the discrimination feature.
_VELOCITY: Final = 3
_FEATURE: Final = 6
_N_MERGED: Final = 7


@kernel
def _find_echoes(
    records: Records,
    face_azimuth_rad: Floats,
    face_elevation_rad: Floats,
    face_half_width_rad: Floats,
    position_eci_m: Floats,
    velocity_eci_m_s: Floats,
    cue_eci_m: Floats,
    cue_velocity_m_s: Floats,
    cue_sigma_m: Floats,
    cue_section_m2: Floats,
    looked: Floats,
    spent_s: Floats,
    starved: Flags,
    snapshot: Snapshot,
    step_s: float,
    keys: SensingKeys,
    replication: int,
    found: Integers,
    values: Floats,
    n_found: int,
) -> int:
    n, n_cues = snapshot.identity.shape[0], cue_sigma_m.shape[0]
    near, near_cues = np.empty(n, np.int64), np.empty(n_cues, np.int64)
    axes = np.empty((3, 3))
    faces = np.empty((face_azimuth_rad.shape[1], N_FACE))
    seen, order, scratch = np.empty(n, np.int64), np.empty(n, np.int64), np.empty(n, np.int64)
    strongest = np.empty(n, np.int64)
    lines, facts = np.empty((n, 3)), np.empty((n, N_FACTS))
    strength, columns = np.empty(n), np.empty((n, _N_MERGED))
    detected = np.zeros(n, np.bool_)
    for i in range(records.shape[0]):
        own = records[i]
        if not own.up:
            continue
        due, look_ms = find_look(snapshot.time_s, step_s, own.revisit_s, own.offset_s)
        budget_s = 0.0
        if due and n_cues > 0:
            budget_s = own.track_share * max(own.revisit_s, step_s)
            spent_s[i, 1] = budget_s
        n_asked = 0
        if budget_s > 0.0:
            n_asked = list_near(own, position_eci_m[i], cue_eci_m, near_cues)
        if n_asked == 0:
            budget_s = 0.0
        n_near = list_near(own, position_eci_m[i], snapshot.position_eci_m, near)
        if n_near == 0 and budget_s == 0.0:
            continue
        height_m = _level_axes(position_eci_m[i], axes)
        n_faces = _point_faces(
            face_azimuth_rad[i], face_elevation_rad[i], face_half_width_rad[i], faces
        )
        outlook = look_out(own, position_eci_m[i], height_m, axes, faces, n_faces)
        n_seen = _find_in_view(own, outlook, snapshot, near[:n_near], seen, lines, facts)
        if budget_s > 0.0:
            for k in range(n_seen):
                order[k] = k
            sort_run(lines, order, scratch, 0, n_seen)
            left_s = dwell_on_cues(
                own, budget_s, look_ms, near_cues[:n_asked], cue_eci_m, cue_velocity_m_s,
                cue_sigma_m, cue_section_m2, outlook, lines, facts, order, n_seen, looked[i],
            )  # fmt: skip
            spent_s[i, 0] = budget_s - left_s
        scan_fence(own, snapshot.time_s, step_s, facts, n_seen)
        n_lit = 0
        for k in range(n_seen):
            if facts[k, ECHO] > 0.0:
                order[n_lit] = k
                n_lit += 1
                j = seen[k]
                strength[k] = facts[k, ECHO]
                for axis in range(3):
                    columns[k, axis] = facts[k, RANGE_M] * lines[k, axis]
                    columns[k, _VELOCITY + axis] = (
                        snapshot.velocity_eci_m_s[j, axis] - velocity_eci_m_s[i, axis]
                    )
                columns[k, _FEATURE] = snapshot.feature[j]
            elif facts[k, STARVED] > 0.0:
                starved[seen[k]] = True
        sort_run(facts, order, scratch, 0, n_lit)
        merge_cells(
            order, n_lit, facts, own.range_cell_m, lines, math.cos(0.5 * own.beamwidth_rad),
            strength, columns, strongest,
        )  # fmt: skip
        for m in range(n_lit):
            k = order[m]
            if strongest[k] == MERGED:
                continue
            top = strongest[k]
            pair = mix(own.identity, snapshot.identity[seen[top]])
            look_ms = int(facts[top, LOOK_MS])
            measured = draw_measured_snr(
                strength[k],
                own.false_alarm_probability,
                uniform(keys.detection, replication, pair, look_ms),
                # Several objects in one cell are many scatterers.
                snapshot.steady[seen[top]] > 0.0 and strength[k] == facts[top, ECHO],
            )
            if measured <= 0.0:
                continue
            detected[seen[top]] = True
            if n_found < found.shape[0]:
                found[n_found, rows.SENSOR] = own.sensor
                found[n_found, rows.OBJECT] = seen[top]
                found[n_found, rows.KIND] = codes.RADAR
                found[n_found, rows.BAND] = own.band
                row = values[n_found]
                row[rows.PLACE] = position_eci_m[i, 0]
                row[rows.PLACE + 1] = position_eci_m[i, 1]
                row[rows.PLACE + 2] = position_eci_m[i, 2]
                _measure(
                    own, columns[k], facts[top, OFF], measured, pair, look_ms, keys, replication,
                    row,
                )  # fmt: skip
                # Range, scan and dwell are known, so the echo's strength gives the cross-section.
                unit_m2 = facts[top, SECTION_M2] / facts[top, ECHO]
                row[rows.CROSS_SECTION_M2] = measured * unit_m2
                row[rows.LEAST_CROSS_SECTION_M2] = unit_m2 * (
                    -math.log(own.false_alarm_probability) - 1.0
                )
            n_found += 1
    for j in range(n):
        starved[j] &= not detected[j]
    return n_found


@kernel
def _find_in_view(
    own: Any,
    outlook: Outlook,
    snapshot: Snapshot,
    near: Integers,
    seen: Integers,
    lines: Floats,
    facts: Floats,
) -> int:
    """List what a radar could look at, of rows of the snapshot: these, directions and facts."""
    n_seen, place = 0, outlook.place
    for j in near:
        dx = snapshot.position_eci_m[j, 0] - place[0]
        dy = snapshot.position_eci_m[j, 1] - place[1]
        dz = snapshot.position_eci_m[j, 2] - place[2]
        range_m, off, apparent, azimuth = view(own, outlook, dx, dy, dz)
        if off <= 0.0:
            continue
        u, v, w = relative_to_earth(snapshot.position_eci_m[j], snapshot.velocity_eci_m_s[j])
        along_m_s = (dx * u + dy * v + dz * w) / range_m
        if abs(along_m_s) < own.minimum_speed_m_s:
            continue
        aspect = find_aspect(along_m_s, u * u + v * v + w * w)
        cross_section = snapshot.cross_section_m2[j, aspect, own.band]
        seen[n_seen] = j
        lines[n_seen, 0] = dx / range_m
        lines[n_seen, 1] = dy / range_m
        lines[n_seen, 2] = dz / range_m
        fact = facts[n_seen]
        fact[RANGE_M] = range_m
        fact[SNR] = scan_loss(off) * scale_signal_to_noise(
            own.reference_snr,
            own.reference_range_m,
            own.reference_cross_section_m2,
            range_m,
            cross_section,
        )
        fact[OFF] = off
        fact[SCAN] = place_in_scan(own, apparent, azimuth)
        fact[ECHO] = 0.0
        fact[STARVED] = 0.0
        fact[SECTION_M2] = cross_section
        n_seen += 1
    return n_seen


@kernel
def _measure(
    own: Any,
    target: Floats,
    off: float,
    measured_snr: float,
    pair: Any,
    look_ms: int,
    keys: SensingKeys,
    replication: int,
    row: Floats,
) -> None:
    """Fill a row of `rows` with what an echo is measured as; `target` holds the merged columns."""
    range_m = math.sqrt(target[0] ** 2 + target[1] ** 2 + target[2] ** 2)
    x, y, z = target[0] / range_m, target[1] / range_m, target[2] / range_m
    rate_m_s = x * target[_VELOCITY] + y * target[_VELOCITY + 1] + z * target[_VELOCITY + 2]
    reference = own.reference_snr
    n0, n1, n2, n3 = normal4(keys.noise, replication, pair, look_ms)
    sigma = measurement_sigma(
        own.sigma_angle_rad / off, own.floor_angle_rad, reference, measured_snr
    )
    row[0], row[1], row[2] = perturb_direction(x, y, z, sigma * n1, sigma * n2)
    row[rows.SIGMA_ANGLE_RAD] = sigma
    sigma = measurement_sigma(own.sigma_range_m, own.floor_range_m, reference, measured_snr)
    row[rows.RANGE_M] = range_m + sigma * n0
    row[rows.SIGMA_RANGE_M] = sigma
    sigma = measurement_sigma(
        own.sigma_range_rate_m_s, own.floor_range_rate_m_s, reference, measured_snr
    )
    row[rows.RANGE_RATE_M_S] = rate_m_s + sigma * n3
    row[rows.SIGMA_RANGE_RATE_M_S] = math.inf if math.isnan(sigma) else sigma
    # NaN for a radar that does not discriminate: it carries through.
    sigma = measurement_sigma(own.sigma_feature, own.floor_feature, reference, measured_snr)
    n4 = normal(keys.feature, replication, pair, look_ms)
    row[rows.FEATURE] = target[_FEATURE] + sigma * n4
    row[rows.SIGMA_FEATURE] = sigma
    row[rows.IRRADIANCE_W_M2] = math.nan
    row[rows.SIGMA_IRRADIANCE_W_M2] = math.nan


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
def _point_faces(
    azimuth_rad: Floats, elevation_rad: Floats, half_width_rad: Floats, faces: Floats
) -> int:
    """Fill what `Outlook` holds of each face; returns how many there are."""
    n_faces = 0
    for k in range(azimuth_rad.shape[0]):
        azimuth = azimuth_rad[k]
        if math.isnan(azimuth):
            continue
        faces[n_faces, 0] = math.sin(azimuth)
        faces[n_faces, 1] = math.cos(azimuth)
        faces[n_faces, 2] = math.sin(elevation_rad[k])
        faces[n_faces, 3] = math.cos(elevation_rad[k])
        faces[n_faces, 4] = math.cos(half_width_rad[k])
        n_faces += 1
    return n_faces
