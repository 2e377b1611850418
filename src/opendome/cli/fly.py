"""`opendome fly`: one threat trajectory, or all that a missile reaches, in numbers and files."""

from __future__ import annotations

import json
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from opendome.cli.options import AsJson

if TYPE_CHECKING:
    from opendome.threats.single import Place

IMPULSIVE: Final = "impulsive"
_PICTURES: Final = (".svg", ".png", ".pdf")
_SUFFIXES: Final = {
    "--plot": _PICTURES,
    "--kml": (".kml",),
    "--czml": (".czml", ".json"),
    "--footprint": (*_PICTURES, ".geojson"),
}


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
    target: Annotated[
        str | None,
        typer.Option(
            metavar="PLACE",
            help="As --launch; needed unless --footprint is given.",
            show_default=False,
        ),
    ] = None,
    trajectory: Annotated[
        Trajectory,
        typer.Option(
            help="Of ballistic missiles: least energy, or all energy on the steep or flat path."
        ),
    ] = Trajectory.MINIMUM_ENERGY,
    via: Annotated[
        list[str] | None,
        typer.Option(
            metavar="PLACE",
            help="Place to pass on the way, in the order given; for missiles that can turn.",
            show_default=False,
        ),
    ] = None,
    as_json: AsJson = False,
    plot: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Draw ground track, altitude and speed, or the sweep: .svg, .png or .pdf.",
            show_default=False,
        ),
    ] = None,
    kml: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write the flight for Google Earth.", show_default=False),
    ] = None,
    czml: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write the flight for Cesium.", show_default=False),
    ] = None,
    sweep: Annotated[
        bool,
        typer.Option(
            "--sweep",
            help="Instead of one flight: range against the angle at burnout, at full energy.",
        ),
    ] = False,
    footprint: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Instead of one flight: everything reachable, as a map or as .geojson.",
            show_default=False,
        ),
    ] = None,
    overwrite: Annotated[bool, typer.Option(help="Let files be replaced.")] = False,
) -> None:
    """Fly one missile from a place to a place: burnout, apogee, time, impact."""
    from opendome.cli.output_files import check_outputs, write_outputs
    from opendome.cli.places import parse_place
    from opendome.errors import BadInput

    files = {"--plot": plot, "--kml": kml, "--czml": czml, "--footprint": footprint}
    _refuse_mixtures(files, target, via, sweep)
    check_outputs(files, overwrite, _SUFFIXES)
    start = parse_place(launch, "--launch")
    if target is None:
        assert footprint is not None
        answer, show, made = _reach(missile, start, trajectory.value, footprint)
    else:
        end = parse_place(target, "--target")
        if sweep:
            answer, show, made = _sweep(missile, start, end, plot)
        else:
            route = tuple(parse_place(place, "--via") for place in via or [])
            try:
                answer, show, made = _fly(missile, start, end, trajectory.value, route, files)
            except BadInput as error:
                said = str(error)
                if not said.startswith("--"):
                    said = f"--missile {missile} --target {said}"
                raise BadInput(said) from None
    write_outputs(made)
    if as_json:
        typer.echo(json.dumps(answer, indent=1, allow_nan=False))
    else:
        show()


# The answer, what prints it as tables, and the files that go with it.
_Made = tuple[dict[str, Any], Callable[[], None], dict[Path, bytes]]


def _refuse_mixtures(
    files: dict[str, Path | None], target: str | None, via: list[str] | None, sweep: bool
) -> None:
    """`BadInput` for options that do not go together."""
    from opendome.errors import BadInput

    if files["--footprint"] is None:
        if target is None:
            raise BadInput("--target is missing; allowed: a place, or --footprint FILE")
        unused = [name for name in ("--kml", "--czml") if sweep and files[name] is not None]
        kind = "--sweep"
    else:
        given = {"--target": target, "--via": via, "--sweep": sweep, **files}
        unused = [name for name, value in given.items() if value and name != "--footprint"]
        kind = "--footprint"
    if sweep and via:
        unused.append("--via")
    if unused:
        raise BadInput(f"{unused[0]} does not go with {kind}; allowed: one of them")


def _load_class(missile: str, what: str) -> tuple[Any, Any]:
    """Model and class record of a missile of the library."""
    from opendome.errors import BadInput
    from opendome.scenario import library
    from opendome.scenario.kinds import all_kinds, kinds_of
    from opendome.scenario.models.element import ThreatType
    from opendome.world.threats import compile_missile

    if missile == IMPULSIVE:
        raise BadInput(
            f"{what}: --missile impulsive has no class; allowed: a missile of the library"
        )
    item = library.load(missile, kinds_of(ThreatType))
    model = all_kinds()[str(item.tree["kind"])].model_validate(item.tree)
    return model, compile_missile(model, item.name)


def _fly(
    missile: str, launch: Place, target: Place, trajectory: str, route: tuple[Place, ...],
    files: dict[str, Path | None],
) -> _Made:  # fmt: skip
    """One flight of a missile of the library, or of the impulsive one."""
    from opendome.cli.flight_files import make_flight_files
    from opendome.cli.flight_tables import describe_flight, print_flight
    from opendome.errors import BadInput
    from opendome.threats.aiming import TRAJECTORIES
    from opendome.threats.single import fly_impulsive, fly_one, list_releases
    from opendome.world.threats import describe_missile

    releases: tuple[float, ...] = ()
    if missile == IMPULSIVE:
        if trajectory != Trajectory.MINIMUM_ENERGY:
            raise BadInput(
                f"--trajectory {trajectory}: --missile impulsive has no energy to spare; "
                "allowed: minimum-energy"
            )
        if route:
            raise BadInput(f"--via {route[0].name}: --missile impulsive cannot turn on its way")
        report = fly_impulsive(launch, target)
    else:
        model, one = _load_class(missile, "fly")
        report = fly_one(one, launch, target, TRAJECTORIES.index(trajectory), route)
        if report.burnout is not None:
            n_warheads = describe_missile(model, missile).n_warheads
            releases = tuple(
                time_s
                for time_s in list_releases(one, report.burnout.time_s, n_warheads)
                if time_s < report.flight_time_s
            )
    answer = describe_flight(missile, trajectory, launch, target, report, releases)
    made = make_flight_files(files, f"{missile}: {launch.name} to {target.name}", answer, report)
    return answer, lambda: print_flight(answer), made


def _sweep(missile: str, launch: Place, target: Place, plot: Path | None) -> _Made:
    """Flights over the angle at burnout."""
    from opendome.cli.flight_files import make_sweep_file
    from opendome.cli.flight_tables import describe_sweep, print_sweep
    from opendome.cli.progress import show_progress
    from opendome.threats.single import sweep_burnout

    _, one = _load_class(missile, "--sweep")
    with show_progress("sweep", "flights") as progress:
        points = sweep_burnout(one, launch, target, progress)
    answer = describe_sweep(missile, launch, target, points)
    return answer, lambda: print_sweep(answer), make_sweep_file(plot, answer)


def _reach(missile: str, launch: Place, trajectory: str, path: Path) -> _Made:
    """All that a missile reaches from a place."""
    from opendome.cli.flight_files import make_footprint_file
    from opendome.cli.flight_tables import describe_footprint, print_footprint
    from opendome.cli.progress import show_progress
    from opendome.threats.aiming import TRAJECTORIES
    from opendome.threats.single import find_footprint

    _, one = _load_class(missile, "--footprint")
    with show_progress("footprint", "bearings") as progress:
        reached = find_footprint(one, launch, TRAJECTORIES.index(trajectory), progress)
    answer = describe_footprint(missile, trajectory, reached)
    return answer, lambda: print_footprint(answer), make_footprint_file(path, answer)
