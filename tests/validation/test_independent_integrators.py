"""Staged flights by independent integrators.

The equations of flight are written a second time (`tests/validation/reference_flight.py`) and
solved at tight tolerances by SciPy's DOP853 and by heyoka's Taylor series. What is compared is the
impact of flights that are aimed as `opendome fly` aims them and flown ten times tighter.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

import pytest
from agreement import INTEGRATOR, Page
from library_missiles import NAMES, draw_tasks, load
from reference_flight import (
    Air,
    Landing,
    Span,
    is_plain,
    land_by_dop853,
    land_by_taylor,
    list_spans,
    own_air,
    same_air,
)

from opendome.physics.boost import Flight, Steering
from opendome.physics.geodesy import solve_inverse
from opendome.threats import Task, solve_aim
from opendome.threats.aim_search import SETTLING
from opendome.threats.aiming import AIMED, TRAJECTORIES, fly_aimed, steer
from opendome.threats.single.ballistic import AIM_TOLERANCE

PAGE = "independent-integrators.md"
LAUNCHES = 24  # of each kind of trajectory, by turns of the classes
PLAIN = [name for name in NAMES if is_plain(load(name).compiled.vehicle)]
TOLERANCE = 0.1 * SETTLING * AIM_TOLERANCE  # ten times tighter than the aim was settled with
INTRODUCTION = f"""
{LAUNCHES} launches of each kind of trajectory, spread over the Earth between 70 S and 70 N, of all
ballistic missiles of the library by turns: boost with staging, coast, re-entry to the ground, J2 to
J4, turning air. Theirs is the solution of the same equations, written a second time and integrated
at 1e-12 (DOP853) and 1e-13 (heyoka); ours is the flight that `opendome fly` aims, integrated ten
times tighter than its aim was settled with. Each row is the greatest distance of impacts, or
difference of flight times, over the launches. Test:
`tests/validation/test_independent_integrators.py`.

With *same air*, density and altitude are those of the flight code, so that what is left is
integration: 10 m are allowed. With *own air*, both are written again too: the layers of the
standard from its printed base values, a spline through its printed table above 86 km, geodetic
altitude. What then comes on top is the interpolation of density and its diffusion above 86 km; flat
flights that stay in the air for long feel them. What is allowed there is the distance by which
0.01 % more air moves the same impacts: one in the last of the five digits that the standard
prints. An aim is as good as before, since it is settled with the same air.
"""


class Case(NamedTuple):
    """One launch and our flight."""

    task: Task
    steering: Steering
    spans: list[Span]
    flight: Flight


@lru_cache(maxsize=3)
def fly_cases(trajectory: int) -> list[Case]:
    """The launches of one kind of trajectory that have an aim."""
    cases: list[Case] = []
    for i, name in enumerate(PLAIN):
        missile = load(name)
        wanted = LAUNCHES * (i + 1) // len(PLAIN)
        for task in islice(draw_tasks(missile, trajectory, seed=100 + i), 200):
            if len(cases) == wanted:
                break
            aim = solve_aim(task, AIM_TOLERANCE)
            if aim.code != AIMED:
                continue
            steering = steer(task, aim.azimuth_rad, aim.pitch_end_rad, aim.energy)
            flight = fly_aimed(task, aim.azimuth_rad, aim.pitch_end_rad, aim.energy, TOLERANCE)
            spans = list_spans(task.vehicle, steering, task.ballistic_coefficient_kg_m2)
            cases.append(Case(task, steering, spans, flight))
    return cases


Lander = Callable[[list[Span], float, float, float, Air], Landing]


def compare_impacts(cases: list[Case], land: Lander, air: Air) -> tuple[float, float]:
    """Greatest distance [m] and difference of times [s] between our impacts and theirs."""
    distance = difference = 0.0
    for task, steering, spans, flight in cases:
        theirs = land(
            spans, task.launch_latitude_rad, task.launch_longitude_rad, steering.azimuth_rad, air
        )
        apart, _, _ = solve_inverse(
            theirs.latitude_rad, theirs.longitude_rad, flight.end_latitude_rad,
            flight.end_longitude_rad,
        )  # fmt: skip
        distance = max(distance, apart)
        difference = max(difference, abs(flight.end_s - theirs.time_s))
    return distance, difference


@lru_cache(maxsize=3)
def thicker_air(trajectory: int) -> tuple[float, float]:
    """Greatest distance [m] and time [s] by which 0.01 % more air moves impacts."""
    air = own_air()
    thicker = air._replace(density=lambda h: 1.0001 * air.density(h))
    distance = difference = 0.0
    for task, steering, spans, _ in fly_cases(trajectory):
        where = task.launch_latitude_rad, task.launch_longitude_rad, steering.azimuth_rad
        one, other = land_by_dop853(spans, *where, air), land_by_dop853(spans, *where, thicker)
        apart, _, _ = solve_inverse(*one[1:], *other[1:])
        distance = max(distance, apart)
        difference = max(difference, abs(one.time_s - other.time_s))
    return distance, difference


@pytest.mark.validation
@pytest.mark.parametrize("air", ["same air", "own air"])
@pytest.mark.parametrize("solver", ["DOP853", "heyoka"])
@pytest.mark.parametrize("trajectory", range(len(TRAJECTORIES)), ids=TRAJECTORIES)
def test_impacts(page: Page, trajectory: int, solver: str, air: str) -> None:
    """Impacts agree within 10 m in the same air, and as the standard is printed in another."""
    if solver == "heyoka":
        pytest.importorskip("heyoka")
    cases = fly_cases(trajectory)
    assert len(cases) == LAUNCHES
    land = land_by_dop853 if solver == "DOP853" else land_by_taylor
    same = air == "same air"
    distance, difference = compare_impacts(cases, land, same_air() if same else own_air())
    allowed_m, allowed_s = (10.0, 0.01) if same else thicker_air(trajectory)
    case = f"{TRAJECTORIES[trajectory]}, {solver}, {air}"
    near = page.add(
        case, "greatest distance of impacts", 0.0, distance, "m", kind=INTEGRATOR,
        tolerance=allowed_m, digits=".1f",
        cause="step control" if same else "interpolated density; altitude to 5 mm",
    )  # fmt: skip
    timely = page.add(
        case, "greatest difference of times", 0.0, 1e3 * difference, "ms", kind=INTEGRATOR,
        tolerance=1e3 * allowed_s, digits=".1f", cause="follows the distance",
    )  # fmt: skip
    assert near and timely
