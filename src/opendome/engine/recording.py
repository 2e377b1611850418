"""From the final state of a replication to the tables of its record."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from opendome.engine.fires import Fires, Shot
from opendome.engine.picture_notes import PictureNotes
from opendome.engine.picture_scores import find_flight_phase
from opendome.engine.scoring import Scoring
from opendome.engine.track_notes import TrackNotes
from opendome.engine.truth import TrueState
from opendome.geography import countries_at
from opendome.physics.constants import EARTH_MEAN_RADIUS_M, EARTH_ROTATION_RAD_S
from opendome.physics.geodesy import geodetic_from_eci_batch
from opendome.physics.trajectory import sample_paths
from opendome.tables.codes import BODY, BOOSTER, GLIDER, LAYERS, LETHAL_KINDS, OBJECT_KINDS, PHASES
from opendome.tables.record import EPHEMERIDES, Table, build_table
from opendome.tables.truth import Floats

if TYPE_CHECKING:
    from opendome.world import World

_EPHEMERIS_STEP_S = 10.0
_NOWHERE = np.zeros(3)


def locate(position_eci_m: Floats, time_s: Floats, gmst0_rad: float) -> tuple[Floats, ...]:
    """Latitude, longitude [deg] and altitude [km] of eci points at their times."""
    angle = gmst0_rad + EARTH_ROTATION_RAD_S * time_s
    latitude, longitude, altitude = geodetic_from_eci_batch(position_eci_m, angle)
    return np.degrees(latitude), np.degrees(longitude), altitude / 1e3


class Fates:
    """What became of every object, and who counts for leakage."""

    def __init__(self, world: World, true: TrueState, fires: Fires, scoring: Scoring, gmst0: float):
        self.world, self.true, self.fires, self.scoring = world, true, fires, scoring
        self.gmst0_rad = gmst0
        n = true.end_s.shape[0]
        last = true.trajectories.first[1:] - 1
        self.impact_s = true.trajectories.time_s[last]
        self.latitude, self.longitude, altitude = locate(
            true.trajectories.position_eci_m[last], self.impact_s, gmst0
        )
        self.grounded = altitude < 1.0
        lat, lon = np.radians(self.latitude), np.radians(self.longitude)
        unit = np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)
        self._unit = np.stack(unit, axis=1)
        self.in_area = self._inside_aim_area()
        carried = np.isin(true.objects.kind, LETHAL_KINDS)
        self.lethal = carried & self.in_area & true.objects.works
        self.fate = np.full(n, "harmless", np.object_)
        # What a hit on its booster kept from flying met its fate then, unless a body flew on.
        cut_s = true.cut_s[true.objects.missile]
        self.fate_s = np.where(
            np.isfinite(true.end_s), np.minimum(true.end_s, self.impact_s), cut_s
        )
        self.came_down_with = np.arange(n)  # object whose path the impact ends
        self.layer = np.full(n, "", np.object_)
        self.fell_on = np.full(n, "", np.object_)
        self.reason = np.full(n, "", np.object_)
        # What carries warheads, by missile: its booster, and what is left of one that was hit.
        self.carriers: dict[int, list[int]] = {}
        for row in np.flatnonzero(np.isin(true.objects.kind, (BOOSTER, BODY))):
            self.carriers.setdefault(int(true.objects.missile[row]), []).append(int(row))
        self._settle()

    def _inside_aim_area(self) -> Any:
        areas = self.world.forces.areas
        aim = self.true.objects.aim_area
        known = aim >= 0
        centre = areas.unit_ecef[np.where(known, aim, 0)]
        distance = EARTH_MEAN_RADIUS_M * np.arccos(
            np.clip(np.einsum("ij,ij->i", self._unit, centre), -1.0, 1.0)
        )
        return known & self.grounded & (distance <= areas.radius_m[np.where(known, aim, 0)])

    @property
    def threatens(self) -> Any:
        """Which objects come down inside any defended area with no defence."""
        areas = self.world.forces.areas
        own = areas.weight > 0.0
        edge = np.cos(areas.radius_m[own] / EARTH_MEAN_RADIUS_M)
        return self.grounded & (self._unit @ areas.unit_ecef[own].T >= edge).any(axis=1)

    def _settle(self) -> None:
        true = self.true
        bodies = {
            int(true.objects.missile[r]): int(r) for r in np.flatnonzero(true.objects.kind == BODY)
        }
        for row in range(true.end_s.shape[0]):
            kind = true.objects.kind[row]
            if kind in LETHAL_KINDS:
                self._settle_warhead(row, bodies.get(int(true.objects.missile[row])))
            elif true.stopped_by[row] >= 0 and np.isfinite(true.end_s[row]):
                self.fate[row] = "stopped"
                self.layer[row] = LAYERS[true.stopped_by[row]]

    def _settle_warhead(self, row: int, body: int | None) -> None:
        true = self.true
        missile = int(true.objects.missile[row])
        never_released = not np.isfinite(true.end_s[row])
        if not self.lethal[row]:
            killed = true.stopped_by[row] >= 0 and not never_released
            self.fate[row] = "stopped" if killed else "failed"
            self.layer[row] = LAYERS[true.stopped_by[row]] if killed else ""
            return
        if never_released and body is not None and true.stopped_by[body] < 0:
            # The warhead survived the hit on its booster and flew on with what was left of it.
            self.fate_s[row] = self.impact_s[body]
            self.layer[row] = LAYERS[true.cut_layer[missile]]
            self.came_down_with[row] = body
            if self.in_area[body]:
                self.fate[row] = "leaked"
                self.reason[row] = "failed"
            else:
                self.fate[row] = "fell-short"
                place = np.radians([[self.latitude[body]], [self.longitude[body]]])
                self.fell_on[row] = str(countries_at(place[0], place[1])[0])
            return
        if true.stopped_by[row] >= 0:
            self.fate[row] = "stopped"
            if never_released and body is not None:
                self.fate_s[row] = true.end_s[body]
                self.layer[row] = LAYERS[true.stopped_by[body]]
            else:
                self.layer[row] = LAYERS[true.stopped_by[row]]
            return
        self.fate[row] = "leaked"
        carriers = self.carriers.get(missile, [])
        released_s = float(true.objects.start_s[row])
        # What carries several counts as hit for those that it had not let go yet.
        met = any(
            s.met == row or (s.met in carriers and s.intercept_s <= released_s)
            for s in self.fires.shots
        )
        at_it = [s for s in self.fires.shots if s.intended in carriers or s.intended == row]
        late = bool(at_it) and all(s.intercept_s > self.impact_s[row] for s in at_it)
        self.reason[row] = self.scoring.first_reason([*carriers, row], met, late)


def record_threats(fates: Fates, picture: PictureNotes) -> Table:
    """The `threats` table."""
    world, true, scoring = fates.world, fates.true, fates.scoring
    missiles, objects = true.missiles, true.objects
    areas = world.forces.areas
    apogee = _apogees_km(true, fates.gmst0_rad)
    n_objects = true.end_s.shape[0]
    held, longest = picture.held_share(n_objects), picture.longest_share(n_objects)
    segments = picture.segments(n_objects)
    # A track that has come over from what carried the object, or from its neighbour, was firm
    # before: it counts from the first look at which it is on the object.
    firm_s = np.fmin(scoring.first_firm_s, picture.first_held_s(n_objects))
    firm_s[~np.isfinite(firm_s)] = np.nan
    threatens = fates.threatens
    left_alone = scoring.spared & (scoring.shots == 0)
    rows = []
    for i in range(true.end_s.shape[0]):
        m = int(objects.missile[i])
        aim = int(objects.aim_area[i])
        chain = [*fates.carriers.get(m, []), i] if objects.kind[i] in LETHAL_KINDS else [i]
        detected = _first(scoring.first_detection_s, chain)
        by = int(scoring.first_detection_by[detected]) if detected >= 0 else -1
        down = int(fates.came_down_with[i])
        hit = fates.grounded[down] and true.end_s[down] >= fates.impact_s[down] - 1e-6
        rows.append(
            (
                world.name_of(objects.identity[i]),
                world.missile_names[m],
                world.class_names[int(missiles.missile_class[m])],
                OBJECT_KINDS[objects.kind[i]],
                world.origin_names[m],
                math.degrees(missiles.launch_latitude_rad[m]),
                math.degrees(missiles.launch_longitude_rad[m]),
                world.area_names[aim] if aim >= 0 else "",
                world.nations[int(areas.nation[aim])] if aim >= 0 else "",
                math.degrees(areas.latitude_rad[aim] if aim >= 0 else missiles.aim_latitude_rad[m]),
                math.degrees(
                    areas.longitude_rad[aim] if aim >= 0 else missiles.aim_longitude_rad[m]
                ),
                float(areas.own_weight[aim]) if aim >= 0 else 0.0,
                bool(fates.lethal[i]),
                missiles.launch_s[m],
                missiles.burnout_s[m],
                missiles.release_s[m] if objects.kind[i] == BOOSTER else objects.start_s[i],
                fates.impact_s[down] if hit else np.nan,
                fates.latitude[down] if hit else np.nan,
                fates.longitude[down] if hit else np.nan,
                apogee[i],
                fates.fate[i],
                fates.fate_s[i],
                fates.layer[i],
                fates.fell_on[i],
                fates.reason[i],
                scoring.first_detection_s[detected] if detected >= 0 else np.nan,
                _least(scoring.first_firm_s, chain),
                world.sensor_names[by] if by >= 0 else "",
                _least(scoring.first_feasible_s, chain),
                fates.impact_s[i] - _least(scoring.first_feasible_s, chain),
                _depth_km(fates, chain, i),
                int(scoring.shots[chain].sum()),
                bool(scoring.second_shot[chain].any()),
                scoring.first_detection_s[i],
                firm_s[i],
                _phase_at(true, i, float(scoring.first_detection_s[i])),
                _phase_at(true, i, float(firm_s[i])),
                held[i],
                longest[i],
                int(segments[i]),
                bool(threatens[i]),
                bool(left_alone[i]),
            )
        )
    return build_table("threats", rows)


def _phase_at(true: TrueState, row: int, time_s: float) -> str:
    """Word of the phase that an object is in at a time; empty for NaN."""
    if math.isnan(time_s):
        return ""
    kind = int(true.objects.kind[row])
    burning = time_s < float(true.objects.burnout_s[row])
    # Only of a glider does the place decide.
    place = true.state_of(row, time_s)[0] if kind == GLIDER and not burning else _NOWHERE
    return PHASES[find_flight_phase(kind, burning, place)]


def _depth_km(fates: Fates, chain: list[int], row: int) -> float:
    """Ground distance to its aim at the first feasible shot, NaN where there was none [km]."""
    by = _first(fates.scoring.first_feasible_s, chain)
    objects, missiles = fates.true.objects, fates.true.missiles
    if by < 0:
        return math.nan
    when_s = float(fates.scoring.first_feasible_s[by])
    place = fates.true.state_of(by, when_s)[0]
    latitude, longitude, _ = locate(place[None, :], np.array([when_s]), fates.gmst0_rad)
    m = int(objects.missile[row])
    areas, aim = fates.world.forces.areas, int(objects.aim_area[row])
    to = (
        (areas.latitude_rad[aim], areas.longitude_rad[aim])
        if aim >= 0
        else (missiles.aim_latitude_rad[m], missiles.aim_longitude_rad[m])
    )
    here = math.radians(latitude[0]), math.radians(longitude[0])
    cosine = math.sin(here[0]) * math.sin(to[0]) + math.cos(here[0]) * math.cos(to[0]) * math.cos(
        here[1] - to[1]
    )
    return EARTH_MEAN_RADIUS_M * math.acos(min(1.0, max(-1.0, cosine))) / 1e3


def _first(times: Floats, rows: list[int]) -> int:
    known = [r for r in rows if np.isfinite(times[r])]
    return min(known, key=lambda r: float(times[r])) if known else -1


def _least(times: Floats, rows: list[int]) -> float:
    first = _first(times, rows)
    return float(times[first]) if first >= 0 else float("nan")


def _apogees_km(true: TrueState, gmst0_rad: float) -> Floats:
    """Greatest node altitude of each path, km: within 0.1 % of the apogee."""
    paths = true.trajectories
    _, _, altitude = locate(paths.position_eci_m, paths.time_s, gmst0_rad)
    return np.maximum.reduceat(altitude, paths.first[:-1])


def record_engagements(fates: Fates) -> Table:
    """The `engagements` table."""
    world, fires = fates.world, fates.fires
    shots = fires.fired
    if not shots:
        return build_table("engagements", [])
    latitude, longitude, altitude = locate(
        np.array([s.aim_eci_m for s in shots]),
        np.array([s.intercept_s for s in shots]),
        fates.gmst0_rad,
    )
    return build_table(
        "engagements",
        [
            _engagement_row(world, fates, s, latitude[j], longitude[j], altitude[j])
            for j, s in enumerate(shots)
        ],
    )


def _engagement_row(
    world: World, fates: Fates, s: Shot, latitude: float, longitude: float, altitude: float
) -> tuple[Any, ...]:
    objects = fates.true.objects
    met = s.met if s.met >= 0 else s.intended
    return (
        s.number,
        world.shooter_names[s.shooter],
        world.type_names[s.interceptor],
        s.unit,
        world.nations[int(world.forces.shooters.nation[s.shooter])],
        LAYERS[s.layer],
        s.track,
        world.name_of(objects.identity[met]) if met >= 0 else "",
        OBJECT_KINDS[objects.kind[met]] if met >= 0 else "",
        s.decision_s,
        s.launch_s,
        s.intercept_s,
        latitude,
        longitude,
        altitude,
        s.closing_speed_m_s / 1e3,
        s.error_m,
        s.divert_m_s,
        float(world.forces.types.divert_m_s[s.interceptor]),
        s.kill_probability,
        s.salvo,
        s.result,
        s.assessed,
        s.assessed_s,
        s.value,
        s.believed,
        s.gain,
        world.shooter_names[s.alternative] if s.alternative >= 0 else "hold",
        s.alternative_gain,
    )


def record_ephemerides(fates: Fates) -> Table:
    """The `ephemerides` table: where every object is each ten seconds while it flies."""
    true, paths = fates.true, fates.true.trajectories
    flown = np.flatnonzero(true.end_s > true.objects.start_s)
    times = [
        np.append(np.arange(start, end, _EPHEMERIS_STEP_S), max(start, end - 1e-3))
        for start, end in zip(true.objects.start_s[flown], true.end_s[flown], strict=True)
    ]
    rows = np.repeat(flown, [own.size for own in times])
    time_s = np.concatenate([np.empty(0), *times])
    position, velocity = np.empty((rows.size, 3)), np.empty((rows.size, 3))
    sample_paths(
        paths.first, paths.time_s, paths.position_eci_m, paths.velocity_eci_m_s,
        paths.acceleration_eci_m_s2, rows, time_s, position, velocity,
    )  # fmt: skip
    names = np.array([fates.world.name_of(each) for each in true.objects.identity], np.object_)
    columns = (names[rows], time_s, *locate(position, time_s, fates.gmst0_rad))
    return {column.name: own for column, own in zip(EPHEMERIDES, columns, strict=True)}


def record_impacts(fates: Fates, picture: PictureNotes) -> Table:
    """The `impacts` table: predicted impact points against where objects come down undisturbed."""
    impact_s = np.where(fates.grounded, fates.impact_s, np.nan)
    return picture.record_impacts(
        fates.true.objects.kind, impact_s, fates.latitude, fates.longitude
    )


def record_tracks(fates: Fates, notes: TrackNotes) -> Table:
    """The `tracks` table: every track that became firm, scored against truth."""
    scoring, world = fates.scoring, fates.world
    rows = []
    for number in notes.numbers():
        first, firm, last, lethality, position_error, velocity_error = notes.row(int(number))
        total, own = scoring.count_looks(int(number))
        followed = scoring.measured_most(int(number))
        rows.append(
            (
                int(number),
                world.name_of(fates.true.objects.identity[followed]) if followed >= 0 else "",
                notes.parent(int(number)),
                first,
                firm,
                last,
                total,
                own / total if total else np.nan,
                lethality,
                position_error,
                velocity_error,
                ", ".join(
                    world.sensor_elements[i]
                    for i in np.flatnonzero(scoring.elements_of(int(number)))
                ),
            )
        )
    return build_table("tracks", rows)
