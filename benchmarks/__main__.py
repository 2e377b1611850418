"""Run every benchmark, print one table, and exit 1 when a figure falls below its floor.

A benchmark is a module in this folder with `measure()`, which returns a list of cases. A case is a
dict with the keys of `Case`. Where a peer was measured in the same run, the floor holds for the
ratio of the two (how many times better than the peer); where there is none, for our own figure.

    python -m benchmarks            every benchmark
    python -m benchmarks startup    those named
"""

from __future__ import annotations

import argparse
import importlib
import pkgutil
import sys
from collections.abc import Callable, Iterable
from typing import TypedDict

import benchmarks


class Case(TypedDict):
    """One measured figure."""

    case: str  # what was done
    ours: float  # our figure, in `unit`
    peer: float | None  # the peer's figure in the same unit, None: no peer
    peer_name: str | None
    floor: float  # least ratio to the peer; without a peer, the limit of our own figure
    unit: str
    higher_is_better: bool


def judge(case: Case) -> tuple[float, bool]:
    """The number that the floor is held against, and whether it holds.

    With a peer the number is a ratio, above one where ours is better; without, our figure.
    """
    ours, peer = case["ours"], case["peer"]
    if peer is not None:
        ratio = ours / peer if case["higher_is_better"] else peer / ours
        return ratio, ratio >= case["floor"]
    holds = ours >= case["floor"] if case["higher_is_better"] else ours <= case["floor"]
    return ours, holds


def figure(value: float) -> str:
    """Three digits, with k, M or G for thousands, millions or milliards."""
    for scale, letter in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if abs(value) >= scale:
            return f"{value / scale:.3g}{letter}"
    return f"{value:.3g}"


def row(case: Case) -> str:
    """One line of the table, at most 100 columns wide."""
    number, holds = judge(case)
    unit = case["unit"]
    if case["peer"] is None:
        peer, against = "-", f"{figure(number)} {unit}"
        floor = f"{'>=' if case['higher_is_better'] else '<='} {figure(case['floor'])} {unit}"
    else:
        peer, against = f"{figure(case['peer'])} ({case['peer_name']})", f"{number:.2f}x"
        floor = f">= {case['floor']:g}x"
    ours = f"{figure(case['ours'])} {unit}"
    verdict = "holds" if holds else "FALLS SHORT"
    columns = ((case["case"], 36), (ours, 14), (peer, 16), (against, 10), (floor, 11))
    return " ".join(f"{text:<{width}.{width}}" for text, width in columns).rstrip() + " " + verdict


HEADER = f"{'case':<36} {'ours':<14} {'peer':<16} {'ratio':<10} {'floor':<11} verdict"


def discover() -> list[str]:
    """Names of the modules of this folder that are benchmarks, in order."""
    found = pkgutil.iter_modules(benchmarks.__path__)
    return sorted(module.name for module in found if not module.name.startswith("_"))


def run(names: Iterable[str]) -> bool:
    """Measure the named benchmarks, print each as it is done; whether all floors hold."""
    print(HEADER, flush=True)
    all_hold = True
    for name in names:
        module = importlib.import_module(f"benchmarks.{name}")
        measure: Callable[[], list[Case]] = module.measure
        for case in measure():
            print(row(case), flush=True)
            all_hold = all_hold and judge(case)[1]
    return all_hold


def main(arguments: list[str] | None = None) -> int:
    """Exit code: 0 all floors hold, 1 a figure falls short."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    available = discover()
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(available))
    chosen = parser.parse_args(arguments).names or available
    unknown = sorted(set(chosen) - set(available))
    if unknown:
        parser.error(f"no benchmark named {', '.join(unknown)}; there are {', '.join(available)}")
    return 0 if run(chosen) else 1


if __name__ == "__main__":
    sys.exit(main())
