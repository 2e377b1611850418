"""What `opendome fly` answers: its JSON forms, and the same as tables."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from rich.console import Console

    from opendome.threats.single import BurnoutPoint, FlightReport, Footprint, Place

FORMAT: Final = 1
_ADVICE: Final = (
    "The last column is the textbook throw of this range, without air, over a sphere that does "
    "not turn. Here the Earth is oblate and turns: a missile flying east starts with the "
    "ground's speed and needs less, one flying west more, and the target moves meanwhile."
)


def _degrees(angle_rad: float) -> float:
    return round(math.degrees(angle_rad), 6)


def _or_none(value: float, scale: float = 1.0) -> float | None:
    return value / scale if math.isfinite(value) else None


def _place(place: Place) -> dict[str, Any]:
    return {
        "name": place.name,
        "latitude_deg": _degrees(place.latitude_rad),
        "longitude_deg": _degrees(place.longitude_rad),
    }


def describe_flight(
    missile: str, trajectory: str, launch: Place, target: Place, report: FlightReport,
    releases: tuple[float, ...],
) -> dict[str, Any]:  # fmt: skip
    """The JSON answer of one flight. Inertial axes are those of ecef at launch.

    What a kind of missile does not have is null.
    """
    answer: dict[str, Any] = {
        "format": FORMAT,
        "missile": missile,
        "trajectory": trajectory,
        "launch": _place(launch),
        "target": _place(target),
        "waypoints": [_place(place) for place in report.waypoints],
        "range_km": report.range_m / 1e3,
        "azimuth_deg": _degrees(report.azimuth_rad) % 360.0,
        "launch_plane_azimuth_deg": None,
        "burnout": _describe_burnout(report),
        "apogee_km": report.apogee_m / 1e3,
        "apogee_time_s": report.apogee_s,
        "flight_time_s": report.flight_time_s,
        "impact": {
            "latitude_deg": _degrees(report.impact_latitude_rad),
            "longitude_deg": _degrees(report.impact_longitude_rad),
            "miss_m": report.miss_m,
            "speed_km_s": report.impact_speed_m_s / 1e3,
        },
        "eci_axes": "ecef at launch, at rest",
        "sphere_at_rest": None,
        "peak_dynamic_pressure_kpa": _or_none(report.peak_pressure_pa, 1e3),
        "peak_dynamic_pressure_time_s": _or_none(report.peak_pressure_s),
        "releases_s": list(releases),
        "phases": [
            {
                "name": phase.name,
                "start_s": phase.start_s,
                "end_s": phase.end_s,
                "altitude_km": phase.altitude_m / 1e3,
            }
            for phase in report.phases
        ],
        "details": {
            detail.key: {
                "label": detail.label.strip(),
                "value": _or_none(detail.value),
                "unit": detail.unit,
            }
            for detail in report.details
        },
    }
    if math.isfinite(report.plane_azimuth_rad):
        answer["launch_plane_azimuth_deg"] = _degrees(report.plane_azimuth_rad) % 360.0
    if report.sphere is not None:
        answer["sphere_at_rest"] = {
            "speed_km_s": report.sphere.speed_m_s / 1e3,
            "elevation_deg": math.degrees(report.sphere.elevation_rad),
            "apogee_km": report.sphere.apogee_m / 1e3,
            "flight_time_s": report.sphere.time_s,
        }
    if not math.isnan(report.launch_speed_m_s):
        answer["launch_speed_relative_km_s"] = report.launch_speed_m_s / 1e3
    return answer


def _describe_burnout(report: FlightReport) -> dict[str, Any] | None:
    if report.burnout is None:
        return None
    position, velocity = report.burnout.state[:3], report.burnout.state[3:]
    speed = math.hypot(*velocity)
    climb = float(position @ velocity) / (math.hypot(*position) * speed)
    return {
        "time_s": report.burnout.time_s,
        "altitude_km": report.burnout.altitude_m / 1e3,
        "speed_km_s": speed / 1e3,
        "flight_path_angle_deg": math.degrees(math.asin(climb)),
        "position_eci_km": [float(x) / 1e3 for x in position],
        "velocity_eci_km_s": [float(v) / 1e3 for v in velocity],
    }


def describe_sweep(
    missile: str, launch: Place, target: Place, points: list[BurnoutPoint]
) -> dict[str, Any]:
    """The JSON answer of a sweep, steepest first."""
    from opendome.physics.geodesy import solve_inverse

    distance, azimuth, _ = solve_inverse(*launch[1:], *target[1:])
    return {
        "format": FORMAT,
        "missile": missile,
        "launch": _place(launch),
        "target": _place(target),
        "range_km": distance / 1e3,
        "launch_plane_azimuth_deg": _degrees(azimuth) % 360.0,
        "sweep": [
            {
                "flight_path_angle_deg": math.degrees(point.flight_path_angle_rad),
                "burnout_speed_km_s": point.speed_m_s / 1e3,
                "burnout_altitude_km": point.altitude_m / 1e3,
                "range_km": point.range_m / 1e3,
                "apogee_km": point.apogee_m / 1e3,
                "flight_time_s": point.flight_time_s,
            }
            for point in points
        ],
    }


def describe_footprint(missile: str, trajectory: str, footprint: Footprint) -> dict[str, Any]:
    """The JSON answer of a footprint; ranges are null where nothing is reached."""
    columns = zip(footprint.bearing_rad, footprint.nearest_m, footprint.farthest_m, strict=True)
    return {
        "format": FORMAT,
        "missile": missile,
        "trajectory": trajectory,
        "launch": _place(footprint.launch),
        "footprint": [
            {
                "bearing_deg": _degrees(bearing),
                "nearest_km": _or_none(float(nearest), 1e3),
                "farthest_km": _or_none(float(farthest), 1e3),
            }
            for bearing, nearest, farthest in columns
        ],
    }


def print_flight(answer: dict[str, Any]) -> None:
    """One flight as a table of numbers and a table of phases."""
    sphere, ideal = answer["sphere_at_rest"], answer.get("launch_speed_relative_km_s")
    rows: list[tuple[str, str, str]] = [
        ("range (WGS-84 geodesic)", f"{answer['range_km']:,.0f} km", ""),
        ("azimuth at launch", f"{answer['azimuth_deg']:.1f} deg", ""),
    ]
    if answer["launch_plane_azimuth_deg"] is not None:
        plane = f"{answer['launch_plane_azimuth_deg']:.1f} deg"
        rows.append(("azimuth of the launch plane", plane, ""))
    if ideal is not None:
        textbook = f"{sphere['speed_km_s']:.3f} km/s"
        rows.append(("launch speed, relative to the Earth", f"{ideal:.3f} km/s", textbook))
    rows += _list_boost(answer)
    rows += [
        (
            "apogee" if sphere else "greatest altitude",
            _altitude(answer["apogee_km"]),
            f"{sphere['apogee_km']:,.0f} km" if sphere else "",
        ),
        (
            "flight time",
            f"{answer['flight_time_s'] / 60.0:.1f} min",
            f"{sphere['flight_time_s'] / 60.0:.1f} min" if sphere else "",
        ),
    ]
    for detail in answer["details"].values():
        if detail["value"] is not None:
            rows.append((detail["label"], f"{detail['value']:,.4g} {detail['unit']}", ""))
    rows += [
        ("impact speed", f"{answer['impact']['speed_km_s']:.2f} km/s", ""),
        ("miss", f"{answer['impact']['miss_m']:.1f} m", ""),
    ]
    console = _open_console()
    kind = f", {answer['trajectory']}" if answer["burnout"] and sphere else ""
    _print_title(
        console, answer, f"{kind}: {answer['launch']['name']} to {answer['target']['name']}"
    )
    headings = ["quantity", "here"] + (["sphere at rest, minimum energy"] if sphere else [])
    _print_rows(console, headings, [row[: len(headings)] for row in rows])
    console.print()
    phases = [
        (
            phase["name"], f"{phase['start_s']:,.1f} s", f"{phase['end_s']:,.1f} s",
            _altitude(phase["altitude_km"]),
        )
        for phase in answer["phases"]
    ]  # fmt: skip
    _print_rows(console, ["phase", "from", "to", "altitude at its start"], phases)
    if sphere:
        console.print()
        console.print(_ADVICE)


def _list_boost(answer: dict[str, Any]) -> list[tuple[str, str, str]]:
    burnout, peak = answer["burnout"], answer["peak_dynamic_pressure_kpa"]
    if burnout is None:
        return []
    rows = [
        ("burnout", f"{burnout['time_s']:.1f} s", ""),
        ("  altitude", f"{burnout['altitude_km']:,.1f} km", ""),
        ("  speed, inertial", f"{burnout['speed_km_s']:.3f} km/s", ""),
        ("  flight-path angle", f"{burnout['flight_path_angle_deg']:.1f} deg", ""),
    ]
    if peak is not None:
        at = f"{peak:,.1f} kPa at {answer['peak_dynamic_pressure_time_s']:.0f} s"
        rows.append(("greatest dynamic pressure", at, ""))
    if answer["releases_s"]:
        times = ", ".join(f"{time:.0f}" for time in answer["releases_s"])
        rows.append(("warheads released", f"{times} s", ""))
    return rows


def print_sweep(answer: dict[str, Any]) -> None:
    """A sweep as a table."""
    console = _open_console()
    toward = f"{answer['launch']['name']} toward {answer['target']['name']}"
    _print_title(console, answer, f": {toward}, full energy")
    rows = [
        (
            f"{point['flight_path_angle_deg']:.1f} deg",
            f"{point['burnout_speed_km_s']:.3f} km/s",
            _altitude(point["burnout_altitude_km"]),
            f"{point['range_km']:,.0f} km",
            _altitude(point["apogee_km"]),
            f"{point['flight_time_s'] / 60.0:.1f} min",
        )
        for point in answer["sweep"]
    ]
    headings = ["angle at burnout", "speed", "altitude", "range", "apogee", "flight time"]
    _print_rows(console, headings, rows)
    console.print(f"The target is {answer['range_km']:,.0f} km away.")


def print_footprint(answer: dict[str, Any]) -> None:
    """A footprint as a table, every third of its bearings."""
    console = _open_console()
    _print_title(console, answer, f": everything reachable from {answer['launch']['name']}")
    rows = [
        (
            f"{row['bearing_deg']:.0f} deg",
            "-" if row["nearest_km"] is None else f"{row['nearest_km']:,.0f} km",
            "nothing" if row["farthest_km"] is None else f"{row['farthest_km']:,.0f} km",
        )
        for row in answer["footprint"][::3]
    ]
    _print_rows(console, ["bearing", "nearest", "farthest"], rows)


def _altitude(kilometres: float) -> str:
    if kilometres < 10.0:
        return f"{1e3 * kilometres:,.0f} m"
    return f"{kilometres:,.1f} km" if kilometres < 300.0 else f"{kilometres:,.0f} km"


def _open_console() -> Console:
    from rich.console import Console

    return Console(width=100, highlight=False)


def _print_title(console: Console, answer: dict[str, Any], rest: str) -> None:
    console.print(f"{answer['missile']}{rest}", style="bold", markup=False)


def _print_rows(console: Console, headings: list[str], rows: Iterable[Sequence[str]]) -> None:
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    for i, heading in enumerate(headings):
        table.add_column(heading, justify="right" if i else "left")
    for row in rows:
        table.add_row(*row)
    console.print(table)
