"""Makes the reference page of the raid templates from the library."""

from __future__ import annotations

from typing import Any

from mkdocs.structure.files import File, Files

from opendome.scenario import library
from opendome.scenario.base import Sourced
from opendome.scenario.loader import load_scenario
from opendome.scenario.models.ballistic_missile import BallisticMissile
from opendome.scenario.models.raid import Salvo
from opendome.scenario.scenario import Scenario
from opendome.scenario.uncertain import Uncertain

PAGE = "reference/raids.md"
# A raid is read within a scenario; any architecture will do.
_ARCHITECTURE = "perfect-defence"

HEAD = """# Raid templates

What each raid of the library launches. `opendome library show NAME` gives every value with its
source; `--raid NAME` puts a template into any scenario; files under `scenarios/` set one for each
against a named architecture.

- **Inventory** is a nation's, or a whole class's: DIA's chart of May 2025 (values from news and,
  where marked medium, from a transcription of AEI's table). Everything else is an assumption: how
  an inventory divides over classes and launch areas (after public studies, recalled), shares,
  alert, decoys, aims, times.
- **Share** is the part of the inventory that is of this class and starts there; **in reach** the
  part that can reach North America; **on alert** the part of that which is ready. What flies is
  their product, rounded, at best values: an outer draw changes missiles, not how many there are.
  Where no inventory stands, the number is an assumption.
- The best alert share of the `full-peer` raids and of `regional-50` is one: forces that were made
  ready over days. Their low values are what public studies think of as a usual day.
- Low, best and high are shown as `best (low to high)`. **Warheads** are per missile; so are
  **companions**: light decoys, replica decoys, chaff clouds. Every missile also leaves its spent
  last stage and fragments.
- Objects are boosters, warheads, companions, spent stages and fragments at best values.
- Systems of theatre range stay out of homeland raids. Kinzhal, Iskander, DF-26 and Hwasong-12
  classes are in the library for raids of one's own.

| raid | missiles | warheads | objects | last nominal launch |
| --- | --- | --- | --- | --- |
"""


def on_files(files: Files, config: Any) -> Files:
    """Add the generated page to the site."""
    files.append(File.generated(config, PAGE, content=build_page()))
    return files


def build_page() -> str:
    """Markdown of the page: totals of all raids, then a table of salvos for each."""
    scenarios = {n: load_scenario(_ARCHITECTURE, raid=n) for n in library.names(("raid",))}
    ordered = sorted(scenarios.items(), key=lambda item: item[1].raid.n_missiles)
    lines = [HEAD.rstrip("\n")]
    for name, scenario in ordered:
        salvos = scenario.raid.salvos
        totals = [
            sum(column) for column in zip(*(_count(scenario, s) for s in salvos), strict=True)
        ]
        last = max(s.launch.start + (s.n_missiles - 1) * s.launch.spacing for s in salvos)
        shown = " | ".join(f"{total:,}" for total in totals)
        lines.append(f"| [`{name}`](#{name}) | {shown} | {last / 60.0:.1f} min |")
    for name, scenario in ordered:
        lines += _section(name, scenario)
    lines += _list_classes()
    return "\n".join(lines) + "\n"


def _section(name: str, scenario: Scenario) -> list[str]:
    raid = scenario.raid
    rows = []
    for i, salvo in enumerate(raid.salvos):
        missile = scenario.missiles[salvo.missile]
        cells = [
            f"`{salvo.missile}`", f"`{salvo.launch.area}`", *_force(scenario, i),
            str(salvo.n_missiles), _range(getattr(missile, "warheads", None)),
            _companions(salvo), salvo.trajectory,
        ]  # fmt: skip
        rows.append("| " + " | ".join(cells) + " |")
    return [
        f"\n## `{name}` {{ #{name} }}\n",
        f"{raid.title}. {raid.note}".strip() + "\n",
        "| class | launch area | inventory | source, confidence | share | in reach | on alert "
        "| missiles | warheads | companions | trajectory |",
        "|" + " --- |" * 11,
        *rows,
    ]


def _force(scenario: Scenario, row: int) -> list[str]:
    """Inventory, its source, and the three shares; of a bare count its source alone."""
    force = scenario.raid.salvos[row].force
    if force is None:
        count = scenario.raid.provenance(f"salvos.{row}.count")
        return ["", f"{_source(count)}", "", "", ""]
    inventory = force.inventory
    shares = (force.share, force.in_reach, force.on_alert)
    return [_range(inventory), _source(inventory), *(_range(share) for share in shares)]


def _source(value: Sourced) -> str:
    """The row of the public figures, or the source, and how far it is to be trusted."""
    name = f"`{value.figure}`" if value.figure else value.source
    return f"{name}, {value.confidence}"


def _companions(salvo: Salvo) -> str:
    wanted = salvo.countermeasures
    kinds = {
        "light": wanted.light_decoys,
        "replica": wanted.replica_decoys,
        "chaff": wanted.chaff_clouds,
    }
    told = [f"{_range(count)} {kind}" for kind, count in kinds.items() if count.high > 0]
    return ", ".join(told) or "none"


def _list_classes() -> list[str]:
    """A table of the ballistic classes of the library."""
    lines = [
        "\n## Ballistic missile classes\n",
        "Masses are made to fit by flying; the note of each says what is published or recalled.\n",
        "| class | what it is | launch mass | burn | range | warheads |",
        "|" + " --- |" * 6,
    ]
    for name in library.names(("ballistic-missile",)):
        model = BallisticMissile.model_validate(library.load(name).tree)
        low, best, high = (model.burn_time_s(at) for at in (0.0, None, 1.0))
        least, most = model.range.min / 1e3, model.range.max / 1e3
        lines.append(
            f"| `{name}` | {model.title} | {model.launch_mass_kg / 1e3:.1f} t "
            f"| {best:.0f} s ({low:.0f} to {high:.0f}) | {least:,.0f} to {most:,.0f} km "
            f"| {_range(model.warheads)} |"
        )
    return lines


def _range(value: Uncertain[Any] | None) -> str:
    """`best (low to high)`."""
    if value is None:
        return "1"
    best, low, high = (f"{float(end):g}" for end in (value.best, value.low, value.high))
    return best if low == high else f"{best} ({low} to {high})"


def _count(scenario: Scenario, salvo: Salvo) -> tuple[int, int, int]:
    """Missiles, warheads and objects of one salvo at best values."""
    missile, wanted = scenario.missiles[salvo.missile], salvo.countermeasures
    warheads = getattr(missile, "warheads", None)
    n_warheads = round(float(warheads.best)) if warheads is not None else 1
    companions = [wanted.light_decoys.best]
    companions += [wanted.replica_decoys.best] if getattr(missile, "replica_decoy", None) else []
    companions += [wanted.chaff_clouds.best] if getattr(missile, "chaff", None) else []
    companions += [1, wanted.fragments.best] if wanted.debris else []
    n = salvo.n_missiles
    return n, n * n_warheads, n * (1 + n_warheads + sum(round(float(c)) for c in companions))
