"""`opendome fly`: one threat trajectory in numbers."""

from __future__ import annotations

import json
import math
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

if TYPE_CHECKING:
    from opendome.threats.single import FlightReport, Place

FORMAT: Final = 1
IMPULSIVE: Final = "impulsive"


class Trajectory(StrEnum):
    """Kinds of trajectory, in the order of `threats.aiming`."""

    MINIMUM_ENERGY = "minimum-energy"
    LOFTED = "lofted"
    DEPRESSED = "depressed"


def fly(
    launch: Annotated[
        str,
        typer.Option(
            metavar="PLACE",
            help="39N,126E or 39.0,126.0, or a city, launch area or site of the library.",
            show_default=False,
        ),
    ],
    target: Annotated[str, typer.Option(metavar="PLACE", help="As --launch.", show_default=False)],
    missile: Annotated[
        str,
        typer.Option(
            metavar="NAME",
            help="A missile of the library, or `impulsive`: an ideal point mass thrown from the "
            "ground without air at the least speed relative to the Earth. The Earth turns below "
            "it, so a throw to the east needs less and one to the west more than textbook tables "
            "for a sphere at rest; the answer gives those figures beside its own.",
            show_default=False,
        ),
    ],
    trajectory: Annotated[
        Trajectory, typer.Option(help="Least energy, or all energy on the steep or flat path.")
    ] = Trajectory.MINIMUM_ENERGY,
    as_json: Annotated[bool, typer.Option("--json", help="JSON on standard output.")] = False,
    plot: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Draw altitude over time and the ground track."),
    ] = None,
    overwrite: Annotated[bool, typer.Option(help="Let --plot replace a file.")] = False,
) -> None:
    """Fly one missile from a place to a place: burnout, apogee, time, impact."""
    from opendome.cli.places import parse_place
    from opendome.errors import BadInput

    if plot is not None and plot.exists() and not overwrite:
        raise BadInput(f"--plot {plot}: the file exists; allowed: another name, or --overwrite")
    start, end = parse_place(launch, "--launch"), parse_place(target, "--target")
    report = fly_named(missile, start, end, trajectory.value)
    if plot is not None:
        _draw(plot, missile, start, end, report)
    if as_json:
        typer.echo(json.dumps(describe(missile, trajectory.value, start, end, report), indent=1))
    else:
        _print_table(missile, trajectory.value, start, end, report)


def fly_named(missile: str, launch: Place, target: Place, trajectory: str) -> FlightReport:
    """Fly a missile of the library, or the impulsive one.

    Raises `BadInput` for an unknown missile, a target out of range, or a lofted or depressed throw.
    """
    from opendome.errors import BadInput
    from opendome.threats.single import fly_impulsive, fly_missile

    if missile == IMPULSIVE:
        if trajectory != Trajectory.MINIMUM_ENERGY:
            raise BadInput(
                f"--trajectory {trajectory}: --missile impulsive has no energy to spare; "
                "allowed: minimum-energy"
            )
        return fly_impulsive(launch, target)
    from opendome.scenario import library
    from opendome.scenario.kinds import all_kinds
    from opendome.threats.aiming import TRAJECTORIES
    from opendome.world.threats import compile_missile

    item = library.load(missile, ("ballistic-missile",))
    model = all_kinds()["ballistic-missile"].model_validate(item.tree)
    try:
        return fly_missile(
            compile_missile(model, item.name), launch, target, TRAJECTORIES.index(trajectory)
        )
    except BadInput as error:
        raise BadInput(f"--missile {missile} --target {error}") from None


def _degrees(angle_rad: float) -> float:
    return round(math.degrees(angle_rad), 6)


def _place(place: Place) -> dict[str, Any]:
    return {
        "name": place.name,
        "latitude_deg": _degrees(place.latitude_rad),
        "longitude_deg": _degrees(place.longitude_rad),
    }


def describe(
    missile: str, trajectory: str, launch: Place, target: Place, report: FlightReport
) -> dict[str, Any]:
    """The JSON answer of `fly`. Inertial axes are those of ecef at launch."""
    position, velocity = report.burnout_state[:3], report.burnout_state[3:]
    speed = math.hypot(*velocity)
    climb = float(position @ velocity) / (math.hypot(*position) * speed)
    sphere = report.sphere
    answer: dict[str, Any] = {
        "format": FORMAT,
        "missile": missile,
        "trajectory": trajectory,
        "launch": _place(launch),
        "target": _place(target),
        "range_km": report.range_m / 1e3,
        "azimuth_deg": _degrees(report.azimuth_rad) % 360.0,
        "launch_plane_azimuth_deg": _degrees(report.plane_azimuth_rad) % 360.0,
        "burnout": {
            "time_s": report.burnout_s,
            "altitude_km": report.burnout_altitude_m / 1e3,
            "speed_km_s": speed / 1e3,
            "flight_path_angle_deg": math.degrees(math.asin(climb)),
            "position_eci_km": [float(x) / 1e3 for x in position],
            "velocity_eci_km_s": [float(v) / 1e3 for v in velocity],
        },
        "apogee_km": report.apogee_m / 1e3,
        "flight_time_s": report.flight_time_s,
        "impact": {
            "latitude_deg": _degrees(report.impact_latitude_rad),
            "longitude_deg": _degrees(report.impact_longitude_rad),
            "miss_m": report.miss_m,
            "speed_km_s": report.impact_speed_m_s / 1e3,
        },
        "eci_axes": "ecef at launch, at rest",
        "sphere_at_rest": {
            "speed_km_s": sphere.speed_m_s / 1e3,
            "elevation_deg": math.degrees(sphere.elevation_rad),
            "apogee_km": sphere.apogee_m / 1e3,
            "flight_time_s": sphere.time_s,
        },
    }
    if not math.isnan(report.launch_speed_m_s):
        answer["launch_speed_relative_km_s"] = report.launch_speed_m_s / 1e3
    return answer


def _print_table(
    missile: str, trajectory: str, launch: Place, target: Place, report: FlightReport
) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table

    answer = describe(missile, trajectory, launch, target, report)
    burnout, impact, sphere = answer["burnout"], answer["impact"], answer["sphere_at_rest"]
    ideal = "launch_speed_relative_km_s" in answer
    rows = [
        ("range (WGS-84 geodesic)", f"{answer['range_km']:,.0f} km", ""),
        ("azimuth at launch", f"{answer['azimuth_deg']:.1f} deg", ""),
        ("azimuth of the launch plane", f"{answer['launch_plane_azimuth_deg']:.1f} deg", ""),
        ("burnout", f"{burnout['time_s']:.1f} s", ""),
        ("  altitude", f"{burnout['altitude_km']:,.1f} km", ""),
        ("  speed, inertial", f"{burnout['speed_km_s']:.3f} km/s", ""),
        ("  flight-path angle", f"{burnout['flight_path_angle_deg']:.1f} deg", ""),
        ("apogee", f"{answer['apogee_km']:,.0f} km", f"{sphere['apogee_km']:,.0f} km"),
        (
            "flight time",
            f"{answer['flight_time_s'] / 60.0:.1f} min",
            f"{sphere['flight_time_s'] / 60.0:.1f} min",
        ),
        ("impact speed", f"{impact['speed_km_s']:.2f} km/s", ""),
        ("miss", f"{impact['miss_m']:.1f} m", ""),
    ]
    if ideal:
        speed = f"{answer['launch_speed_relative_km_s']:.3f} km/s"
        rows.insert(
            3, ("launch speed, relative to the Earth", speed, f"{sphere['speed_km_s']:.3f} km/s")
        )
    console = Console(width=100, highlight=False)
    console.print(f"{missile}, {trajectory}: {launch.name} to {target.name}", style="bold")
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    table.add_column("quantity")
    table.add_column("here", justify="right")
    table.add_column("sphere at rest, minimum energy", justify="right")
    for row in rows:
        table.add_row(*row)
    console.print(table)
    console.print(
        "The last column is the textbook throw of this range, without air, over a sphere that does "
        "not turn. Here the Earth is oblate and turns: a missile flying east starts with the "
        "ground's speed and needs less, one flying west more, and the target moves meanwhile."
    )


def _draw(path: Path, missile: str, launch: Place, target: Place, report: FlightReport) -> None:
    import matplotlib as mpl
    import numpy as np

    mpl.use("Agg")
    from matplotlib import pyplot

    from opendome.errors import BadInput
    from opendome.physics.constants import EARTH_ROTATION_RAD_S
    from opendome.physics.geodesy import geodetic_from_ecef_batch

    angle = EARTH_ROTATION_RAD_S * report.time_s
    c, s = np.cos(angle), np.sin(angle)
    x, y, z = report.position_eci_m.T
    latitude, longitude, altitude = geodetic_from_ecef_batch(
        np.ascontiguousarray(np.column_stack((c * x + s * y, c * y - s * x, z)))
    )
    figure, (above, below) = pyplot.subplots(2, 1, figsize=(8.0, 8.0), layout="constrained")
    above.plot(report.time_s / 60.0, altitude / 1e3)
    above.axvline(report.burnout_s / 60.0, linestyle=":", label="burnout")
    above.set(xlabel="time since launch [min]", ylabel="altitude [km]")
    above.legend()
    below.plot(np.degrees(np.unwrap(longitude)), np.degrees(latitude))
    below.set(xlabel="longitude [deg]", ylabel="latitude [deg]", title="ground track")
    figure.suptitle(f"{missile}: {launch.name} to {target.name}, {report.range_m / 1e3:,.0f} km")
    try:
        figure.savefig(path)
    except (OSError, ValueError) as error:
        raise BadInput(f"--plot {path}: {error}") from None
    finally:
        pyplot.close(figure)
