"""The files that go with the answers of `opendome fly`: figures, KML, CZML, GeoJSON."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from opendome.threats.single import FlightReport

# Longest time between the points of an exported flight: viewers draw straight lines or low-order
# curves between them.
_LONGEST_STEP_S: Final = 20.0


def make_flight_files(
    files: dict[str, Path | None], title: str, answer: dict[str, Any], report: FlightReport
) -> dict[Path, bytes]:
    """Contents of the files that are asked for (`--plot`, `--kml`, `--czml`)."""
    made: dict[Path, bytes] = {}
    plot, kml, czml = (files[option] for option in ("--plot", "--kml", "--czml"))
    if plot is not None:
        made[plot] = _draw_flight(plot, title, answer, report)
    if kml is not None or czml is not None:
        from opendome.exports.czml import write_czml
        from opendome.exports.kml import write_kml

        track = _make_track(title, answer, report)
        if kml is not None:
            made[kml] = write_kml(track).encode()
        if czml is not None:
            made[czml] = write_czml(track).encode()
    return made


def _draw_flight(path: Path, title: str, answer: dict[str, Any], report: FlightReport) -> bytes:
    import numpy as np

    from opendome.report.figures.flight import FlightFigure, Pin, Span, draw_flight
    from opendome.threats.single.flight_report import follow, pick_times

    flown = follow(report.path, pick_times(report))
    kind = f", {answer['trajectory']}" if answer["sphere_at_rest"] else ""
    launch, target, *via = (
        Pin(place["name"], place["latitude_deg"], place["longitude_deg"])
        for place in (answer["launch"], answer["target"], *answer["waypoints"])
    )
    return _save(
        path,
        draw_flight(
            FlightFigure(
                f"{title}{kind}, {answer['range_km']:,.0f} km", flown.time_s,
                np.degrees(flown.latitude_rad), np.degrees(flown.longitude_rad),
                flown.altitude_m / 1e3, flown.speed_m_s / 1e3,
                tuple(Span(p["name"], p["start_s"], p["end_s"]) for p in answer["phases"]),
                launch, target, tuple(via),
            )
        ),
    )  # fmt: skip


def _make_track(title: str, answer: dict[str, Any], report: FlightReport) -> Any:
    import numpy as np

    from opendome.exports.flight_track import FlightTrack, Mark
    from opendome.threats.single.flight_report import follow, pick_times

    flown = follow(report.path, pick_times(report, _LONGEST_STEP_S))
    marks = [Mark(f"launch: {answer['launch']['name']}", 0.0)]
    if report.burnout is not None and report.burnout.time_s > 0.0:
        marks.append(Mark("burnout", report.burnout.time_s))
    marks.append(Mark("apogee", report.apogee_s))
    marks.append(Mark(f"impact: {answer['target']['name']}", report.flight_time_s))
    return FlightTrack(
        title,
        f"{answer['range_km']:,.0f} km, apogee {answer['apogee_km']:,.1f} km, "
        f"{report.flight_time_s:,.0f} s; computed by opendome",
        flown.time_s, np.degrees(flown.latitude_rad), np.degrees(flown.longitude_rad),
        flown.altitude_m, tuple(marks),
    )  # fmt: skip


def make_sweep_file(plot: Path | None, answer: dict[str, Any]) -> dict[Path, bytes]:
    """The figure of a sweep, if it is asked for."""
    if plot is None:
        return {}
    import numpy as np

    from opendome.report.figures.burnout_sweep import SweepFigure, draw_sweep

    angle, ranges, apogee, time_s = (
        np.array([point[key] for point in answer["sweep"]])
        for key in ("flight_path_angle_deg", "range_km", "apogee_km", "flight_time_s")
    )
    title = (
        f"{answer['missile']} from {answer['launch']['name']} toward {answer['target']['name']}, "
        "full energy"
    )
    figure = draw_sweep(
        SweepFigure(
            title,
            angle,
            ranges,
            apogee,
            time_s / 60.0,
            answer["target"]["name"],
            answer["range_km"],
        )
    )
    return {plot: _save(plot, figure)}


def make_footprint_file(path: Path, answer: dict[str, Any]) -> dict[Path, bytes]:
    """The map of a footprint, or its polygons."""
    import numpy as np

    from opendome.exports.geojson import outline, write_footprint

    launch = answer["launch"]
    place = (launch["latitude_deg"], launch["longitude_deg"])
    bearing, nearest, farthest = (
        np.array([row[key] for row in answer["footprint"]], np.float64)
        for key in ("bearing_deg", "nearest_km", "farthest_km")
    )
    title = f"{answer['missile']} from {launch['name']}"
    if path.suffix.lower() == ".geojson":
        return {path: write_footprint(title, place, bearing, nearest, farthest).encode()}
    from opendome.report.figures.footprint import FootprintFigure, draw_footprint

    is_usual = answer["trajectory"] == "minimum-energy"
    kind = "" if is_usual else f" on {answer['trajectory']} trajectories"
    figure = draw_footprint(
        FootprintFigure(
            f"{title}: everything reachable{kind}", launch["name"], *place, bearing, nearest,
            farthest, outline(place, bearing, nearest, farthest),
        )
    )  # fmt: skip
    return {path: _save(path, figure)}


def _save(path: Path, figure: Figure) -> bytes:
    """The figure in the format that the file's name ends in; equal input gives equal bytes."""
    import matplotlib as mpl

    kind = path.suffix.lower().removeprefix(".")
    metadata: dict[str, Any] = {"svg": {"Date": None}, "pdf": {"CreationDate": None}}.get(kind, {})
    content = io.BytesIO()
    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": "opendome"}):
        figure.savefig(content, format=kind, dpi=110, metadata=metadata)
    return content.getvalue()
