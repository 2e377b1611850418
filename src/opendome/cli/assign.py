"""`opendome assign`: which weapon against which target, with a bound on what could be better."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from opendome.cli.options import AsJson
from opendome.errors import BadInput

if TYPE_CHECKING:
    from opendome.battle.assignment import Answer, Problem

_WIDTH: Final = 100
_MOST_ROWS: Final = 20
# Instances up to this many rounds and targets are proven without being asked.
_SMALL: Final = 50
_LEAST_LIMIT_S: Final = 0.1
_TINY: Final = {"values": [1.0, 2.0], "kill_probability": [[0.5, 0.4], [0.3, 0.6]]}


def assign(
    problem: Annotated[
        Path,
        typer.Argument(
            metavar="PROBLEM.json",
            help="values of targets, kill_probability by weapon and target, inventory of each "
            "weapon (default 1), max_shots_per_target (default null: no limit).",
            show_default=False,
        ),
    ],
    exact: Annotated[
        bool,
        typer.Option(
            "--exact",
            help="Search until it is proven that nothing is better; as it is up to 50 rounds and "
            "50 targets.",
        ),
    ] = False,
    limit_s: Annotated[
        float,
        typer.Option("--limit", metavar="SECONDS", help="Stop the proof then, with what is known."),
    ] = 600.0,
    as_json: AsJson = False,
) -> None:
    """Assign weapons to targets so that the least value is expected to survive."""
    from opendome.battle.assignment import prove_assignment, solve_fast
    from opendome.battle.assignment.files import build_problem, describe_answer, read_problem

    if not limit_s >= _LEAST_LIMIT_S:
        raise BadInput(f"--limit {limit_s:g}: must be {_LEAST_LIMIT_S} or more")
    case = read_problem(problem)
    prove_assignment(
        build_problem(_TINY)
    )  # so that compiling, or reading what was compiled, is not in the time
    small = case.values.size <= _SMALL and case.inventory.sum() <= _SMALL
    answer = prove_assignment(case, limit_s) if exact or small else solve_fast(case)
    if as_json:
        typer.echo(json.dumps(describe_answer(answer), allow_nan=False))
    else:
        _show(case, answer)


def _show(case: Problem, answer: Answer) -> None:
    """The answer as a table of targets, those that keep most first."""
    from rich import box
    from rich.console import Console
    from rich.table import Table

    console = Console(width=_WIDTH)
    shots = int(answer.shots.sum())
    console.print(
        f"{shots} of {int(case.inventory.sum())} rounds at {case.values.size} targets: "
        f"{answer.left:.6g} of {case.values.sum():.6g} survives "
        f"({answer.left / max(case.values.sum(), 1e-300):.2%})",
        highlight=False,
    )
    proof = "proven: nothing is better" if answer.proven else f"at most {answer.gap:.2%} from best"
    console.print(f"bound {answer.bound:.6g}, {proof}, in {answer.time_s:.3g} s", highlight=False)
    left = case.find_left(answer.shots)
    table = Table("target", "value", "weapons (shots)", "survives", box=box.SIMPLE)
    for name in ("value", "survives"):
        next(c for c in table.columns if c.header == name).justify = "right"
    order = sorted(range(left.size), key=lambda j: (-left[j], j))
    for j in order[:_MOST_ROWS]:
        fired = [
            f"{i}" if answer.shots[i, j] == 1 else f"{i} ({answer.shots[i, j]})"
            for i in answer.shots[:, j].nonzero()[0]
        ]
        table.add_row(f"{j}", f"{case.values[j]:.4g}", ", ".join(fired) or "-", f"{left[j]:.4g}")
    console.print(table)
    if left.size > _MOST_ROWS:
        console.print(f"and {left.size - _MOST_ROWS} more; --json gives all", highlight=False)
