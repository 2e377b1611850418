"""The campaign's report as one HTML file that asks nothing of the network."""

from __future__ import annotations

import os
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

import opendome
from opendome.campaign.measure_labels import say_difference
from opendome.campaign.summary import summarise
from opendome.report import measures, wording
from opendome.report.discrimination import read_operating_curves
from opendome.report.drawings import draw_all, read_budgets, show_replication
from opendome.report.picture import read_picture
from opendome.report.provenance import group_sources, list_documents
from opendome.report.recorded import Recorded, open_recorded

# Named in the table of shortfalls even where nothing came down on them.
_ALWAYS_NAMED: Final = ("USA", "CAN")
_LETHAL_COLUMNS: Final = (
    "class",
    "lethal",
    "launch_s",
    "burnout_s",
    "first_detection_s",
    "first_firm_s",
    "first_feasible_s",
)


def write_report(store_dir: Path | str, path: Path | str) -> None:
    """Write a stored campaign's report: one HTML file, with its figures inside.

    Parameters
    ----------
    store_dir : path
        Directory of the campaign.
    path : path
        The file to write; replaced whole, or left as it was where writing fails.

    Raises
    ------
    BadInput
        Where `store_dir` holds no campaign.
    """
    write_page(render_report(open_recorded(Path(store_dir))), Path(path))


def write_page(html: str, path: Path) -> None:
    """Write a page whole, or leave the file as it was where writing fails."""
    unfinished = path.with_name(f".{path.name}-{os.getpid()}")
    unfinished.write_text(html, "utf-8")
    unfinished.replace(path)


def render_report(recorded: Recorded) -> str:
    """The report's HTML."""
    summary = summarise(recorded.store)
    replications = recorded.read("replications")
    lethal = recorded.read("threats", columns=_LETHAL_COLUMNS, lethal=True)
    engagements = recorded.read("engagements", columns=["track", "layer", "decision_s"])
    tracks = recorded.read("tracks", columns=["track", "position_error_m", "velocity_error_m_s"])
    shown = show_replication(recorded)
    budgets = read_budgets(recorded, lethal)
    delays = measures.list_delays(lethal)
    template = make_environment().get_template("report.html")
    return template.render(
        manifest=recorded.manifest,
        summary=summary,
        n_done=summary["runs"] - summary["failed"],
        shown=shown,
        budgets=budgets,
        delays=delays,
        commit_errors=measures.list_commit_errors(tracks, engagements),
        adversary=summary["leakage"]["adversary_timed"],
        fell_short=list_shortfalls(summary),
        documents=list_documents(recorded.manifest.get("sources", [])),
        sources=group_sources(recorded.manifest.get("sources", [])),
        errors=replications.loc[replications["failed"], "error"].drop_duplicates().head(3).tolist(),
        drawings=draw_all(
            summary,
            shown,
            budgets,
            delays,
            read_picture(recorded, summary),
            read_operating_curves(recorded),
        ),
        style=Markup(files("opendome.report").joinpath("templates/report.css").read_text("utf-8")),
        version=opendome.__version__,
    )


def list_shortfalls(summary: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Warheads per raid that came down short, by place; United States and Canada always first."""
    found = {row["nation"]: row["warheads"] for row in summary["fell_short"]}
    nothing = {"mean": 0.0, "low": 0.0, "high": 0.0}
    names = [*_ALWAYS_NAMED, *(name for name in found if name not in _ALWAYS_NAMED)]
    return [{"nation": name, "warheads": found.get(name, nothing)} for name in names]


def is_web_address(text: object) -> bool:
    """Whether a text can be linked to: http or https, nothing that a browser would run."""
    return isinstance(text, str) and text.startswith(("https://", "http://"))


def make_environment() -> Environment:
    """Templates of the package, with the words and numbers that all pages share."""
    environment = Environment(
        loader=PackageLoader("opendome.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        # A line must not break between a number and its sign or unit.
        percent=lambda share: wording.percent(share).replace(" ", "\N{NO-BREAK SPACE}"),
        number=wording.number,
        seconds=wording.seconds,
        quantity=wording.quantity,
        nation=wording.name_nation,
        reason=lambda code: wording.REASON_WORDS[code],
        clock=wording.clock,
        difference=lambda row: [
            said.replace(" ", "\N{NO-BREAK SPACE}") for said in say_difference(row)
        ],
    )
    environment.tests["web_address"] = is_web_address
    return environment
