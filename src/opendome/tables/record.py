"""Columns of the record: what one replication leaves behind, table by table.

A table is a dict of equally long columns. `COLUMNS` gives, for each table, its columns with type,
unit and meaning; the store writes them to Parquet in this order, and the reference page is made
from it. Every table has `replication` (int64) and `outer` (int64, 0: best values of every
assumption, above 0: the number of a draw of the assumptions) in front; the campaign adds them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

FORMAT: Final = 4


class Column(NamedTuple):
    """One column of a recorded table."""

    name: str
    kind: str  # float, int, text, flag
    unit: str
    meaning: str


Table = dict[str, NDArray[Any]]
Record = dict[str, Table]

_DTYPES: Final = {"float": np.float64, "int": np.int64, "text": np.object_, "flag": np.bool_}

THREATS: Final = (
    Column("object", "text", "", "name of the object, from the scenario: salvo/number/part"),
    Column("missile", "text", "", "name of the missile it came from"),
    Column("class", "text", "", "library name of the missile class"),
    Column("kind", "text", "", "booster, warhead, debris, decoy, body"),
    Column("origin", "text", "", "launch area"),
    Column("origin_latitude_deg", "float", "deg", "launch point"),
    Column("origin_longitude_deg", "float", "deg", "launch point"),
    Column("aim", "text", "", "defended area aimed at"),
    Column("nation", "text", "", "nation of the area aimed at"),
    Column("aim_latitude_deg", "float", "deg", "aim point"),
    Column("aim_longitude_deg", "float", "deg", "aim point"),
    Column("aim_weight", "float", "", "weight of the area aimed at, before its nation's"),
    Column("lethal", "flag", "", "counts for leakage: would reach its area with no defence"),
    Column("launch_s", "float", "s", "launch of the missile"),
    Column("burnout_s", "float", "s", "end of thrust of the missile, as flown"),
    Column("release_s", "float", "s", "release of warhead and companions"),
    Column("impact_s", "float", "s", "impact, NaN if it never comes down within the replication"),
    Column("impact_latitude_deg", "float", "deg", "impact point, NaN if none"),
    Column("impact_longitude_deg", "float", "deg", "impact point, NaN if none"),
    Column("apogee_km", "float", "km", "highest point of the flight"),
    Column("fate", "text", "", "leaked, stopped, fell-short, failed, harmless"),
    Column("fate_s", "float", "s", "time of the fate"),
    Column("fate_layer", "text", "", "layer that stopped it or cut it short, or empty"),
    Column("fell_on", "text", "", "nation or sea that a shortfall came down on, or empty"),
    Column("first_reason", "text", "", "for a leaker: first link of the kill chain that broke"),
    Column("first_detection_s", "float", "s", "first measurement of it by anything"),
    Column("first_firm_s", "float", "s", "first firm track on it"),
    Column("first_detection_by", "text", "", "sensor of the first measurement"),
    Column("first_feasible_s", "float", "s", "first time a shot at it was feasible"),
    Column("depth_s", "float", "s", "from then to its impact with no defence"),
    Column(
        "depth_km", "float", "km", "ground distance then from it, or what carried it, to its aim"
    ),
    Column("shots", "int", "", "shots fired at tracks of it"),
    Column("second_shot_possible", "flag", "", "a shot after assessment of the first was feasible"),
    Column("own_detection_s", "float", "s", "first measurement of the object itself"),
    Column(
        "own_firm_s", "float", "s", "first firm track on the object itself, or first look with one"
    ),
    Column("own_detection_phase", "text", "", "its true phase of flight then, or empty"),
    Column("own_firm_phase", "text", "", "its true phase at own_firm_s, or empty"),
    Column("held_share", "float", "", "share of its flight with a firm track on it (scoring only)"),
    Column("longest_held_share", "float", "", "the same, longest run of one track (scoring only)"),
    Column("track_segments", "int", "", "runs of one track without a break (scoring only)"),
    Column("in_area", "flag", "", "comes down in a defended area with no defence"),
    Column(
        "left_alone", "flag", "", "not shot at, as its track was judged to threaten nothing at last"
    ),
)

ENGAGEMENTS: Final = (
    Column("shot", "int", "", "ordinal of the shot in the replication"),
    Column("shooter", "text", "", "battery or constellation"),
    Column("interceptor", "text", "", "library name of the interceptor type"),
    Column("unit", "int", "", "satellite within the constellation, -1 for a battery"),
    Column("nation", "text", "", "nation of the shooter"),
    Column("layer", "text", "", "boost, post-boost, midcourse, upper-tier, lower-tier ..."),
    Column("track", "int", "", "track number shot at"),
    Column("object", "text", "", "object met at intercept, or empty (scoring only)"),
    Column("object_kind", "text", "", "kind of that object"),
    Column("decision_s", "float", "s", "decision"),
    Column("launch_s", "float", "s", "launch"),
    Column("intercept_s", "float", "s", "planned intercept"),
    Column("predicted_latitude_deg", "float", "deg", "predicted intercept point"),
    Column("predicted_longitude_deg", "float", "deg", "predicted intercept point"),
    Column("predicted_altitude_km", "float", "km", "predicted intercept point"),
    Column("closing_speed_km_s", "float", "km/s", "closing speed at intercept"),
    Column("error_m", "float", "m", "distance of the target from where it was predicted"),
    Column("divert_m_s", "float", "m/s", "divert spent on updates and homing"),
    Column("divert_limit_m_s", "float", "m/s", "divert that the interceptor has"),
    Column("kill_probability", "float", "", "single-shot kill probability for the object met"),
    Column("salvo", "int", "", "ordinal of the salvo at this track"),
    Column("result", "text", "", "killed, missed, failed, target-gone: stopped before"),
    Column("assessed", "text", "", "kill, miss or none, as reported to battle management"),
    Column("assessed_s", "float", "s", "time of that report"),
    Column(
        "value_at_risk",
        "float",
        "",
        "expected loss by the track with no shot, as a share of all that is defended",
    ),
    Column("believed_kill_probability", "float", "", "of the shot, as it was planned"),
    Column("value_saved", "float", "", "of the value at risk, by the whole salvo, as planned"),
    Column("alternative", "text", "", "shooter of the best other salvo, or hold: no shot now"),
    Column("alternative_saved", "float", "", "of the value at risk, by that"),
)

TRACKS: Final = (
    Column("track", "int", "", "track number"),
    Column("object", "text", "", "object that gave most of its measurements (scoring only)"),
    Column("parent", "int", "", "track beside which it began, -1 if none"),
    Column("first_s", "float", "s", "first measurement"),
    Column("firm_s", "float", "s", "time it became firm, NaN if never"),
    Column("last_s", "float", "s", "last measurement"),
    Column("measurements", "int", "", "measurements taken in"),
    Column("purity", "float", "", "share of them that came from that object (scoring only)"),
    Column("lethality", "float", "", "last estimated probability that the object is lethal"),
    Column("position_error_m", "float", "m", "error at the first shot, else at the end (scoring)"),
    Column("velocity_error_m_s", "float", "m/s", "the same for velocity (scoring)"),
    Column("sensors", "text", "", "sensors used"),
)

PICTURE: Final = (
    Column(
        "time_s", "float", "s", "when the picture was scored (scoring only, as all that follows)"
    ),
    Column("class", "text", "", "kind of object; decoys and debris are one; empty: on no object"),
    Column("phase", "text", "", "true phase: boost, ballistic, glide, cruise"),
    Column("objects", "int", "", "objects in flight"),
    Column("held", "int", "", "of those, with a firm track on them"),
    Column("tracks", "int", "", "firm tracks on them, second ones included"),
    Column("measured", "int", "", "objects that feed a firm track; the next four are over these"),
    Column("position_rmse_m", "float", "m", "root mean square error of position"),
    Column("velocity_rmse_m_s", "float", "m/s", "the same for velocity"),
    Column(
        "nees", "float", "", "mean normalised error squared of position and velocity: 6 is best"
    ),
    Column("nees_inside", "float", "", "share of tracks with it inside the 95 % band"),
    Column("localisation_m", "float", "m", "root of the sum of squared distances, cut off"),
    Column("gospa_m", "float", "m", "GOSPA of these objects and tracks; squares add up over rows"),
)

IMPACTS: Final = (
    Column("class", "text", "", "kind of object (scoring only, as all that follows)"),
    Column("time_to_go_s", "float", "s", "lower end of a bin of time to impact"),
    Column("predictions", "int", "", "predicted impact points in the bin"),
    Column("median_error_m", "float", "m", "their distance from the impact with no defence"),
    Column("p90_error_m", "float", "m", "the same, 90 % quantile"),
    Column("median_sigma_m", "float", "m", "one-sigma error that the tracks claimed"),
    Column("inside_2_sigma", "float", "", "share within two such sigmas; 0.86 if round and honest"),
    Column("time_rmse_s", "float", "s", "root mean square error of the predicted time"),
)

RADARS: Final = (
    Column("sensor", "text", "", "radar that the defence's tracks asked for looks"),
    Column("cues_asked", "int", "", "looks that tracks in its view asked for"),
    Column("cues_served", "int", "", "of those, given, several in one beam included"),
    Column("cues_refused", "int", "", "of those, put off, as there was no time left"),
    Column(
        "track_time_share",
        "float",
        "",
        "share used of its time for tracks, in minutes when any asked",
    ),
    Column("busiest_share", "float", "", "the same in its busiest minute"),
)

NATIONS: Final = (
    Column("nation", "text", "", "nation that has cities in the scenario"),
    Column("told_s", "float", "s", "first firm track reported to it, NaN if never"),
    Column("first_impact_s", "float", "s", "first impact on it with no defence, NaN if none"),
    Column("warning_s", "float", "s", "from the one to the other"),
    Column("lethal", "int", "", "warheads that would reach its areas with no defence"),
    Column("leaked", "int", "", "of those, leaked"),
    Column("fell_on", "int", "", "warheads cut short that came down on its soil, whoever's"),
)

EVENTS: Final = (
    Column("time_s", "float", "s", "when"),
    Column("kind", "text", "", "launch, burnout, release, detected, firm-track, order, ..."),
    Column("subject", "text", "", "object, shooter, track or element"),
    Column("object", "text", "", "the other party, or empty"),
    Column("detail", "text", "", "in words"),
)

EPHEMERIDES: Final = (
    Column("object", "text", "", "object, shot or satellite"),
    Column("time_s", "float", "s", "when"),
    Column("latitude_deg", "float", "deg", "WGS-84"),
    Column("longitude_deg", "float", "deg", "WGS-84"),
    Column("altitude_km", "float", "km", "WGS-84"),
)

REPLICATIONS: Final = (
    Column("failed", "flag", "", "the replication ended in an error"),
    Column("error", "text", "", "the error, or empty"),
    Column("epoch_offset_s", "float", "s", "drawn epoch, seconds after the start of the year"),
    Column("lethal", "int", "", "lethal warheads with no defence"),
    Column("leaked", "int", "", "of those, leaked"),
    Column("fell_short", "int", "", "of those, cut short in boost and come down elsewhere"),
    Column("stopped", "int", "", "of those, stopped"),
    Column("shots", "int", "", "shots fired"),
    Column("boost_in_reach", "int", "", "missiles with a feasible shot in boost"),
    Column("missiles", "int", "", "missiles of the raid, those that fail at launch included"),
    Column("warheads", "int", "", "warheads, glide vehicles and cruise missiles that flew"),
    Column("objects", "int", "", "objects that flew"),
)

COLUMNS: Final[Mapping[str, tuple[Column, ...]]] = {
    "replications": REPLICATIONS,
    "threats": THREATS,
    "engagements": ENGAGEMENTS,
    "tracks": TRACKS,
    "picture": PICTURE,
    "impacts": IMPACTS,
    "nations": NATIONS,
    "radars": RADARS,
    "events": EVENTS,
    "ephemerides": EPHEMERIDES,
}


def build_table(name: str, rows: list[tuple[Any, ...]]) -> Table:
    """A recorded table from rows in the order of its columns.

    Raises `ValueError` where a row has too many or too few values.
    """
    columns = COLUMNS[name]
    table: Table = {}
    by_column = zip(*rows, strict=True) if rows else ((),) * len(columns)
    for column, values in zip(columns, by_column, strict=True):
        array: NDArray[Any] = np.empty(len(rows), _DTYPES[column.kind])
        array[:] = list(values)
        table[column.name] = array
    return table
