"""Agreement with references: rows of figures, one table of a run, one page per group of cases.

A row stands for one figure of one case: what the reference says, what comes out here, how far the
two are apart and how far they may be. Kinds of reference are `KINDS`; what is only recalled is
shown beside ours and never judged.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal, NamedTuple

from rich import box
from rich.console import Console
from rich.table import Table

CLOSED_FORM: Final = "closed form"
INTEGRATOR: Final = "independent integrator"
TRACKER: Final = "another tracker"
PUBLISHED: Final = "published"
RECALLED: Final = "recalled"
KINDS: Final = (CLOSED_FORM, INTEGRATOR, TRACKER, PUBLISHED, RECALLED)
HOLDS: Final = "holds"
FAILS: Final = "fails"
SHORT: Final = "short"  # does not hold, is known not to, and is said so on its page
NO_VERDICT: Final = "-"
WIDTH: Final = 100
# Of case, figure, reference, ours, unit, difference, tolerance, kind and verdict; and 8 spaces.
_COLUMNS: Final = (15, 12, 11, 11, 5, 11, 9, 11, 7)
FOLDER: Final = Path(__file__).parents[2] / "docs" / "validation"
WRITE: Final = "OPENDOME_WRITE_VALIDATION"

# Rows of the whole run, in the order of the cases.
TABLE: list[Row] = []


class Row(NamedTuple):
    """One figure as printed; `cause` stands on the page only."""

    case: str
    figure: str
    reference: str
    ours: str
    unit: str
    difference: str
    tolerance: str
    kind: str
    verdict: str
    cause: str = ""


Reference = float | tuple[float, float]


def compare(
    case: str,
    figure: str,
    reference: Reference,
    ours: float,
    unit: str,
    *,
    kind: str,
    tolerance: float = math.nan,
    relative: bool = False,
    digits: str = ".2f",
    must_differ: bool = False,
    known_short: bool = False,
    cause: str = "",
) -> Row:
    """A row from its numbers.

    Parameters
    ----------
    reference : float or (low, high)
        What is to come out, or the spread of the sources; within a spread the difference is zero.
    tolerance : float
        Greatest difference that holds, in the unit of the figure, or as a share of the reference
        where `relative`.
    digits : str
        Format of the figures.
    must_differ : bool
        The case that must not fit: it holds where the difference exceeds the tolerance.
    known_short : bool
        What is asked is not reached yet: where it does not hold it falls short and does not fail.
    """
    if kind not in KINDS:
        raise ValueError(f"kind {kind!r} is none of {', '.join(KINDS)}")
    low, high = reference if isinstance(reference, tuple) else (reference, reference)
    nearest = min(max(ours, low), high)
    difference = ours - nearest
    shown = format(low, digits) if low == high else f"{low:{digits}} to {high:{digits}}"
    if relative:
        difference /= abs(nearest)
    judged = kind != RECALLED
    if judged and math.isnan(tolerance):
        raise ValueError(f"{case}, {figure}: a row that is judged needs a tolerance")
    scale = 100.0 if relative else 1.0
    fine = ".1f" if relative else digits
    if judged and (relative or 0.0 < tolerance < 1.0):
        fine = _finer_than(scale * tolerance)
    mark = " %" if relative else ""
    verdict = NO_VERDICT
    if judged:
        verdict = HOLDS if (abs(difference) <= tolerance) != must_differ else FAILS
        if verdict == FAILS and known_short:
            verdict = SHORT
    return Row(
        case,
        figure,
        shown,
        format(ours, digits),
        unit,
        f"{scale * difference:+{fine}}{mark}",
        f"{'> ' * must_differ}{scale * tolerance:.3g}{mark}" if judged else "-",
        kind,
        verdict,
        cause,
    )


def _finer_than(tolerance: float) -> str:
    """Format with which a difference shows two digits below its tolerance."""
    if tolerance < 1e-4:
        return ".1e"
    return f".{max(0, 2 - math.floor(math.log10(tolerance)))}f"


HEADINGS: Final = ("case", "figure", "theirs", *Row._fields[3:])


@dataclass
class Page:
    """Rows of one page of `docs/validation` under a title and a few words."""

    title: str
    introduction: str
    rows: list[Row] = field(default_factory=list)
    headings: tuple[str, ...] = HEADINGS

    def add(self, *args: object, **named: object) -> bool:
        """Add a row (arguments of `compare`) to the page and to the table; whether it may stand."""
        return self.add_row(compare(*args, **named))  # type: ignore[arg-type]

    def add_row(self, row: Row) -> bool:
        """The same for a row as it is to be printed."""
        self.rows.append(row)
        TABLE.append(row)
        return row.verdict != FAILS

    def as_markdown(self) -> str:
        """The page."""
        heading = self.title.splitlines()[0].rstrip(".")
        lines = [f"# {heading}", "", self.introduction.strip(), ""]
        lines += [f"| {' | '.join(self.headings)} |", f"|{'---|' * len(self.headings)}"]
        lines += [as_line(row) for row in self.rows]
        return "\n".join(lines) + "\n"


def as_line(row: Row) -> str:
    """The row as a line of its page."""
    return f"| {' | '.join(row)} |"


def rows_not_shown(page: Page, path: Path) -> list[str]:
    """Lines of a run that a page does not hold digit for digit."""
    held = set(path.read_text("utf-8").splitlines()) if path.exists() else set()
    return [line for line in map(as_line, page.rows) if line not in held]


def print_table(rows: Iterable[Row]) -> None:
    """All rows in one table, at most 100 columns wide."""
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=0)
    right = {"reference", "ours", "difference", "tolerance"}
    for name, width in zip(Row._fields[:-1], _COLUMNS, strict=True):
        justify: Literal["right", "left"] = "right" if name in right else "left"
        table.add_column(name, justify=justify, width=width, overflow="fold")
    for row in rows:
        table.add_row(*row[:-1])
    Console(width=WIDTH, highlight=False, markup=False, color_system=None).print(table)
