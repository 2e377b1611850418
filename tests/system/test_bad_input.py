"""Bad input ends in one line on standard error, with exit code 2, and leaves nothing behind.

With `OPENDOME_WRITE_VALIDATION=1` the lines are written to `docs/validation/bad-input.md`.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from program import opendome

from opendome.scenario import library

_LIBRARY = Path(library.__file__).parent / "library"
_PAGE = Path(__file__).parents[2] / "docs" / "validation" / "bad-input.md"

SCENARIO = """\
format: 1
name: faulty
architecture:
  base: present-day
  change: {}
raid: nk-1
"""

# name: (change of the scenario's text, arguments after `run FILE`, words of the message)
CASES: dict[str, tuple[tuple[str, str], tuple[str, ...], tuple[str, ...]]] = {
    "unknown field": (("raid: nk-1", "raids: nk-1"), (), ("faulty.yaml:6", "raids", "raid?")),
    "wrong unit": (
        ("raid: nk-1", "raid: nk-1\nsimulation: {horizon: 60 km}"), (),
        ("faulty.yaml:7", "simulation.horizon", "60 km"),
    ),
    "target out of range": (
        ("raid: nk-1", "raid: nk-1\nmissiles: {icbm-solid: {payload: 5000 kg}}"), (),
        ("missile-1", "km"),
    ),
    "satellite below the ground": (
        ("change: {}", "elements: {low: {of: sbi-announced, constellation: {altitude: -5 km}}}"),
        (),
        ("faulty.yaml:5", "constellation.altitude", "-5 km"),
    ),
    "more missiles than there are": (
        ("raid: nk-1", "raid: nk-1"), ("--set", "raid.salvos.0.count=10000000"),
        ("raid.salvos", "10000000", "up to 100000"),
    ),
    "radar: power without frequency or band": (
        ("change: {}", "elements: {eye: {kind: radar, title: Eye, latitude: 60 deg, "
         "longitude: 0 deg, faces: [{azimuth: 0 deg, half-width: 9 deg}], elevation: {min: 3 deg}, "
         "transmitter: {peak-power: 400 kW, duty: 0.2, gain: 40 dB, dwell: 0.1 s}, revisit: 2 s, "
         "range-error: 5 m, angle-error: 1 mrad, range-rate-error: 1 m/s}}"), (),
        ("faulty.yaml:5", "eye", "band", "frequency"),
    ),
    "radar: face without boresight": (
        ("change: {}", "change: {lrdr: {faces: [{half-width: 60 deg}]}}"), (),
        ("lrdr.faces.0.azimuth", "is missing"),
    ),
    "radar: face of no width": (
        ("change: {}", "change: {lrdr: {faces: [{azimuth: 0 deg, half-width: 0 deg}]}}"), (),
        ("faulty.yaml:5", "lrdr.faces.0.half-width", "above zero", "0 deg"),
    ),
    "radar: frequency outside its band": (
        ("change: {}", "change: {lrdr: {frequency: 10 GHz}}"), (),
        ("faulty.yaml:5", "lrdr.frequency", "band S", "10 GHz"),
    ),
    "unknown kind of element": (
        ("change: {}", "change: {lrdr: {kind: radarr}}"), (),
        ("faulty.yaml:5", "lrdr.kind", "did you mean radar?", "'radarr'"),
    ),
    "range in disorder": (
        ("change: {}", "change: {lrdr: {revisit: {low: 4 s, best: 2 s, high: 3 s}}}"), (),
        ("faulty.yaml:5", "lrdr.revisit", "low <= best <= high", "4 s, 2 s, 3 s"),
    ),
    "a list where a block belongs": (
        ("raid: nk-1", "raid: nk-1\nnations: [USA, CAN]"), (),
        ("faulty.yaml:7", "nations", "a block of keys and values", "[USA, CAN]"),
    ),
    "a number where an item belongs": (
        ("raid: nk-1", "raid: nk-1\nmissiles: {icbm-solid: 4}"), (),
        ("faulty.yaml:7", "missiles.icbm-solid", "a block of keys and values", "'4'"),
    ),
    "a block set to a number": (
        ("", ""), ("--set", "doctrine=7"), ("--set doctrine=7", "a library name or a block"),
    ),
    "command: node of no nation there": (
        ("raid: nk-1", "raid: nk-1\ncommand: {nodes: {a: {nation: FRA}}}"), (),
        ("faulty.yaml:7", "command.nodes.a.nation", "FRA", "CAN"),
    ),
    "radar: elevation limits reversed": (
        ("change: {}", "change: {lrdr: {elevation: {min: 40 deg, max: 5 deg}}}"), (),
        ("faulty.yaml:5", "lrdr.elevation", "min below max"),
    ),
    "radar: search takes all the time": (
        ("change: {}", "change: {lrdr: {search: {share: 1}}}"), (),
        ("faulty.yaml:5", "lrdr.search", "share", "below 1"),
    ),
    "radar: dwell longer than the revisit": (
        ("change: {}", "change: {lrdr: {track: {dwell: 2 s}}}"), (),
        ("faulty.yaml:5", "lrdr", "revisit", "no shorter than the dwell"),
    ),
    "negative inventory": (
        ("change: {}", "change: {fort-greely: {inventory: -1}}"), (),
        ("faulty.yaml:5", "inventory", "-1"),
    ),
    "empty aim set": (
        ("raid: nk-1", "raid: nk-1"), ("--set", "raid.salvos.0.aim.cities=none"),
        ("aim.cities", "at least 1"),
    ),
    "zero replications": (("", ""), ("--runs", "0"), ("--runs 0", "1 or more")),
    "unknown element in --set": (
        ("", ""), ("--set", "fort-greedy.inventory=3"), ("fort-greedy", "fort-greely")),
    "unknown layer in --without": (("", ""), ("--without", "lasers"), ("lasers",)),
    "satellite sensor on a ground site": (
        ("change: {}", "change: {sbirs-geo: {latitude: 50 deg, longitude: 20 deg}}"), (),
        ("faulty.yaml:5", "sbirs-geo.latitude", "no ground", "allowed: orbit"),
    ),
    "ground radar with an orbit": (
        ("change: {}", "change: {lrdr: {orbit: {type: geostationary, longitudes: [0 deg]}}}"), (),
        ("faulty.yaml:5", "lrdr.orbit", "no orbit", "latitude and longitude"),
    ),
    "patrol without waypoints": (
        ("change: {}", "change: {aew-alaska: {patrol: {waypoints: []}}}"), (),
        ("faulty.yaml:5", "aew-alaska.patrol.waypoints", "at least 2"),
    ),
    "patrol that goes nowhere": (
        ("change: {}", "change: {aew-alaska: {patrol: {waypoints: [{latitude: 60 deg, longitude: "
         "1 deg}, {latitude: 60 deg, longitude: 1 deg}]}}}"), (),
        ("faulty.yaml:5", "aew-alaska.patrol", "apart"),
    ),
    "skywave annulus reversed": (
        ("change: {}", "change: {rothr-texas: {ground-range: {min: 3000 km, max: 1000 km}}}"), (),
        ("faulty.yaml:5", "rothr-texas.ground-range", "min below max"),
    ),
    "skywave beyond one hop": (
        ("change: {}", "change: {rothr-texas: {ground-range: {max: 9000 km}}}"), (),
        ("faulty.yaml:5", "rothr-texas.ground-range", "4,400 km"),
    ),
    "areas: a site that is worth nothing": (
        ("raid: nk-1", "raid: nk-1\ndefended: {USA: [cities-100k, military]}"), (),
        ("faulty.yaml:7", "defended.USA", "military site", "areas.military is 0"),
    ),
    "areas: nothing is worth anything": (
        ("raid: nk-1", "raid: nk-1\nareas: {cities: 0}"), (),
        ("faulty.yaml:7", "areas.cities", "above zero"),
    ),
    "areas: a weight above one": (
        ("raid: nk-1", "raid: nk-1\nareas: {industry: 2}"), (),
        ("faulty.yaml:7", "areas.industry", "from 0 to 1"),
    ),
    "areas: no such site": (
        ("raid: nk-1", "raid: nk-1\ndefended: {USA: [cities-100k, Pentagone]}"), (),
        ("faulty.yaml:7", "defended.USA", "Pentagone", "Pentagon?"),
    ),
    "areas: a site of no sort": (
        ("raid: nk-1", "raid: nk-1\ndefended: {USA: Plant}\nareas: {industry: 1}\nsites: {Plant: "
         "{nation: USA, latitude: 40 deg, longitude: -100 deg}}"), (),
        ("faulty.yaml:9", "sites.Plant.sort", "is missing"),
    ),
    "areas: a site has no population": (
        ("raid: nk-1", "raid: nk-1"), ("--set", "raid.salvos.0.aim.cities=Pentagon"),
        ("raid.salvos.0.aim", "Pentagon", "allowed: weights equal"),
    ),
    "airspace of no nation": (
        ("raid: nk-1", "raid: nk-1\nnations: {USA: {}, ZZZ: {consent: {airspace: required}}}"), (),
        ("faulty.yaml:7", "nations.ZZZ.consent.airspace", "no territory of that code"),
    ),
    "airspace asked in another way": (
        ("raid: nk-1", "raid: nk-1\nnations: {USA: {}, CAN: {consent: {airspace: ask}}}"), (),
        ("faulty.yaml:7", "nations.CAN.consent.airspace", "'notify'", "given 'ask'"),
    ),
    "airspace with a ceiling below ground": (
        ("raid: nk-1", "raid: nk-1\nnations: {USA: {}, CAN: {consent: {ceiling: -1 km}}}"), (),
        ("faulty.yaml:7", "nations.CAN.consent.ceiling", "above zero"),
    ),
    "command: authority in a loop": (
        ("raid: nk-1", "raid: nk-1\ncommand: {nodes: {a: {nation: USA, superior: b}, "
         "b: {nation: USA, superior: a}}}"), (),
        ("faulty.yaml:7", "command.nodes.a.superior", "a under b under a", "allowed: a tree"),
    ),
    "command: link to nowhere": (
        ("raid: nk-1", "raid: nk-1\ncommand: {links: {nowhere: {latency: 2 s}}}"), (),
        ("faulty.yaml:7", "command.links", "no element or group nowhere", "allowed"),
    ),
    "command: probability above one": (
        ("raid: nk-1", "raid: nk-1\ncommand: {links: {lrdr: {loss: 1.2}}}"), (),
        ("faulty.yaml:7", "command.links.lrdr.loss", "from 0 to 1", "1.2"),
    ),
    "command: element under two nodes": (
        ("raid: nk-1", "raid: nk-1\ncommand: {nodes: {a: {nation: USA, elements: [lrdr]}, "
         "b: {nation: USA, elements: [lrdr]}}}"), (),
        ("faulty.yaml:7", "lrdr belongs to a already", "one node each"),
    ),
    "shooter without a nation": (
        ("change: {}", "change: {fort-greely: {nation: ''}}"), (),
        ("faulty.yaml:5", "fort-greely.nation", "given ''"),
    ),
    "unknown participation": (
        ("raid: nk-1", "raid: nk-1\nnations: {USA: {}, CAN: {participation: some}}"), (),
        ("faulty.yaml:7", "nations.CAN.participation", "'none', 'warning', 'sensors'"),
    ),
    "event at nothing": (
        ("raid: nk-1", "raid: nk-1\nevents: [{time: 60 s, cut: atlantis}]"), (),
        ("faulty.yaml:7", "events.0", "no element or group atlantis"),
    ),
    "event that does two things": (
        ("raid: nk-1", "raid: nk-1\nevents: [{time: 60 s, cut: lrdr, lose: lrdr}]"), (),
        ("faulty.yaml:7", "events.0", "one of cut, restore, lose"),
    ),
    "output is a file": (("", ""), ("--out", "faulty.yaml"), ("--out faulty.yaml",)),
}  # fmt: skip


# name: (text of the file, words of the message)
PROBLEMS: dict[str, tuple[str, tuple[str, ...]]] = {
    "assignment: broken JSON": ('{"values": [1, 2', ("problem.json:1", "column 17", "JSON")),
    "assignment: probability above one": (
        '{"values": [1, 2], "kill_probability": [[0.5, 1.5]]}',
        ("kill_probability[0][1]", "1.5", "from 0 to 1"),
    ),
    "assignment: negative inventory": (
        '{"values": [1], "kill_probability": [[0.5]], "inventory": [-2]}',
        ("inventory[0]", "-2", "from 0 to 100000000"),
    ),
    "assignment: ragged rows": (
        '{"values": [1, 2], "kill_probability": [[0.5, 0.4], [0.3]]}',
        ("kill_probability[1]", "1 entries", "allowed: a list of 2"),
    ),
    "assignment: unknown key": (
        '{"values": [1], "kill_probability": [[0.5]], "stock": [3]}', ("stock", "inventory"),
    ),
    "assignment: inventory of another length": (
        '{"values": [1], "kill_probability": [[0.5]], "inventory": [1, 2]}',
        ("inventory", "2 entries", "allowed: 1"),
    ),
    "assignment: a key twice": (
        '{"values": [1], "values": [2], "kill_probability": [[0.5]]}', ("values", "2 times"),
    ),
    "assignment: value beyond all sums": (
        '{"values": [1e308, 1], "kill_probability": [[0.5, 0.5]]}',
        ("values[0]", "1e+308", "from 0 to 1e+100"),
    ),
    "assignment: no weapon": (
        '{"values": [1], "kill_probability": []}', ("kill_probability", "nothing given"),
    ),
    "assignment: a number for a row": (
        '{"values": [1], "kill_probability": [0.5]}', ("kill_probability[0]", "a number given"),
    ),
    "assignment: nested without end": ("[" * 100_000, ("nested too deep",)),
    "assignment: no values": ('{"kill_probability": [[0.5]]}', ("values", "missing")),
}  # fmt: skip


@pytest.fixture(scope="module")
def told() -> Iterator[list[tuple[str, str, str, int]]]:
    """Case, command, line and exit code of every case, for the page."""
    rows: list[tuple[str, str, str, int]] = []
    yield rows
    # Where the library lies differs from machine to machine.
    rows = [(*row[:2], row[2].replace(f"{_LIBRARY}/", ""), row[3]) for row in rows]
    if os.environ.get("OPENDOME_WRITE_VALIDATION") == "1":
        _PAGE.write_text(_as_page(rows), encoding="utf-8")


def _as_page(rows: list[tuple[str, str, str, int]]) -> str:
    lines = [
        "# Bad input",
        "",
        "What the program says when something is wrong: one line on standard error, nothing",
        "written. Tests: `tests/system/test_bad_input.py`.",
        "",
        "| case | command | line | code |",
        "|---|---|---|---|",
    ]
    plain = {ord("|"): "/", ord("`"): "'"}
    lines += [
        f"| {case} | `{command}` | `{line.translate(plain)}` | {code} |"
        for case, command, line, code in rows
    ]
    return "\n".join(lines) + "\n"


def refuse(
    arguments: tuple[str, ...], folder: Path, words: tuple[str, ...],
    told: list[tuple[str, str, str, int]], case: str,
) -> None:  # fmt: skip
    """Run a faulty command; hold its end to the rules and note it."""
    before = sorted(folder.rglob("*"))
    ended = opendome(*arguments, folder=folder)
    lines = ended.stderr.strip().splitlines()
    command = f"opendome {' '.join(arguments)}"
    told.append((case, command, lines[-1] if lines else "", ended.returncode))
    assert ended.returncode == 2, ended.stderr
    assert len(lines) == 1, ended.stderr
    assert ended.stdout == ""
    for word in words:
        assert word in lines[0], lines[0]
    assert sorted(folder.rglob("*")) == before


@pytest.mark.parametrize("case", CASES)
def test_faulty_scenarios_and_options(
    case: str, tmp_path: Path, told: list[tuple[str, str, str, int]]
) -> None:
    """Field or option, what was given and what is allowed stand in the line."""
    (old, new), options, words = CASES[case]
    (tmp_path / "faulty.yaml").write_text(SCENARIO.replace(old, new) if old else SCENARIO)
    refuse(("run", "faulty.yaml", *options), tmp_path, words, told, case)


FLIGHTS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "flight: glide cannot reach": (
        ("--target", "Seattle", "--missile", "glide-theatre"), ("km short", "allowed: up to"),
    ),
    "flight: target out of range": (
        ("--target", "33S,70W", "--missile", "icbm-solid"), ("km short", "allowed: up to"),
    ),
    "flight: target too near": (
        ("--target", "41N,129E", "--missile", "icbm-solid"), ("overshoots", "km or more"),
    ),
    "flight: depressed, digs in": (
        ("--target", "40N,128E", "--missile", "icbm-solid", "--trajectory", "depressed"),
        ("digs into the ground", "s before burnout", "km or more"),
    ),
    "flight: route over a pole": (
        ("--target", "80N,40E", "--missile", "cruise-air-launched", "--launch", "85N,140W"),
        ("north pole", "waypoint"),
    ),
    "flight: route too long": (
        ("--target", "Seattle", "--missile", "cruise-air-launched"), ("beyond the range",),
    ),
    "flight: cannot turn": (
        ("--target", "Seattle", "--missile", "slbm", "--via", "60N,170W"), ("--via 60N,170W",),
    ),
    "flight: file exists": (
        ("--target", "Seattle", "--missile", "icbm-solid", "--kml", "there.kml"),
        ("there.kml", "--overwrite"),
    ),
    "flight: unknown suffix": (
        ("--target", "Seattle", "--missile", "icbm-solid", "--plot", "map.bmp"),
        ("map.bmp", ".svg, .png, .pdf"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", FLIGHTS)
def test_faulty_flights(case: str, tmp_path: Path, told: list[tuple[str, str, str, int]]) -> None:
    """By how much a flight fails, and what would work, stand in the line."""
    options, words = FLIGHTS[case]
    (tmp_path / "there.kml").write_text("")
    refuse(("fly", "--launch", "39N,126E", *options), tmp_path, words, told, case)


@pytest.mark.parametrize("case", PROBLEMS)
def test_faulty_assignment_problems(
    case: str, tmp_path: Path, told: list[tuple[str, str, str, int]]
) -> None:
    """The place in the file, what was given and what is allowed stand in the line."""
    text, words = PROBLEMS[case]
    (tmp_path / "problem.json").write_text(text)
    refuse(("assign", "problem.json"), tmp_path, ("problem.json", *words), told, case)


COMPARISONS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "compare: one architecture": (("us-alone",), ("us-alone alone", "two architectures or more")),
    "compare: unknown architecture": (
        ("us-alone", "canada-ful"), ("'canada-ful'", "did you mean canada-full?"),
    ),
    "compare: different raids": (
        ("us-alone", "present-day"), ("different raids of their own", "--raid NAME"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", COMPARISONS)
def test_faulty_comparisons(
    case: str, tmp_path: Path, told: list[tuple[str, str, str, int]]
) -> None:
    """What cannot be compared is refused before anything is run."""
    names, words = COMPARISONS[case]
    refuse(("compare", *names), tmp_path, words, told, case)


def test_missing_assignment_problem(tmp_path: Path, told: list[tuple[str, str, str, int]]) -> None:
    """A problem file that does not exist is named."""
    refuse(("assign", "absent.json"), tmp_path, ("absent.json",), told, "assignment: no file")


def test_dynamic_pressure_beyond_the_limit(
    tmp_path: Path, told: list[tuple[str, str, str, int]]
) -> None:
    """A raid whose missiles their class's limit does not let fly."""
    limit = "raid: nk-1\nmissiles: {icbm-solid: {dynamic-pressure-limit: 40 kPa}}"
    (tmp_path / "faulty.yaml").write_text(SCENARIO.replace("raid: nk-1", limit))
    refuse(
        ("run", "faulty.yaml"), tmp_path, ("kPa above the limit", "up to 40.0 kPa"), told,
        "dynamic pressure exceeded",
    )  # fmt: skip


def test_limit_of_no_time(tmp_path: Path, told: list[tuple[str, str, str, int]]) -> None:
    """A proof needs some time."""
    (tmp_path / "problem.json").write_text('{"values": [1], "kill_probability": [[0.5]]}')
    refuse(
        ("assign", "problem.json", "--limit", "nan"), tmp_path, ("--limit nan", "0.1 or more"),
        told, "assignment: no time",
    )  # fmt: skip


def test_missing_file(tmp_path: Path, told: list[tuple[str, str, str, int]]) -> None:
    """A scenario file that does not exist is named."""
    refuse(("run", "absent.yaml"), tmp_path, ("absent.yaml",), told, "missing file")


def test_unwritable_output(tmp_path: Path, told: list[tuple[str, str, str, int]]) -> None:
    """A place where no directory can be made, not even by root, is refused."""
    (tmp_path / "faulty.yaml").write_text(SCENARIO)
    refuse(
        ("run", "faulty.yaml", "--out", "/proc/campaign"), tmp_path, ("/proc/campaign",), told,
        "unwritable output",
    )  # fmt: skip


def test_campaigns_are_not_overwritten(
    tmp_path: Path, told: list[tuple[str, str, str, int]]
) -> None:
    """A directory that holds a campaign is left alone without --overwrite."""
    (tmp_path / "faulty.yaml").write_text(SCENARIO)
    (tmp_path / "done").mkdir()
    (tmp_path / "done" / "manifest.json").write_text("{}")
    refuse(
        ("run", "faulty.yaml", "--out", "done"), tmp_path, ("--overwrite",), told,
        "output exists",
    )  # fmt: skip
