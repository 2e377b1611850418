"""What every kind of missile can be asked for, found by the type of its class record."""

from __future__ import annotations

from collections.abc import Callable
from functools import singledispatch
from typing import Any, NamedTuple

from opendome.errors import BadInput
from opendome.threats.aiming import MINIMUM_ENERGY, TRAJECTORIES
from opendome.threats.single.flight_report import FlightReport, Place

# Told how many of how many steps are done.
Progress = Callable[[int, int], None]


class BurnoutPoint(NamedTuple):
    """One flight of a sweep over the end of the pitch programme, at full energy."""

    flight_path_angle_rad: float  # at burnout; inertial, like the speed
    speed_m_s: float
    altitude_m: float
    range_m: float
    apogee_m: float
    flight_time_s: float


@singledispatch
def fly_one(
    one: Any, launch: Place, target: Place, trajectory: int, route: tuple[Place, ...]
) -> FlightReport:
    """Aim one missile at the nominal values of its class and fly it.

    Parameters
    ----------
    one
        Record of the class, as `world.threats` compiles it.
    launch, target : Place
        Where from, where to.
    trajectory : int
        Row of `aiming.TRAJECTORIES`.
    route : tuple of Place
        Places to pass on the way, for what can turn.

    Raises
    ------
    BadInput
        One sentence: by how much it cannot be done, and what would work.
    """
    raise TypeError(f"no threat module flies a {type(one).__name__} alone")


@singledispatch
def list_releases(one: Any, burnout_s: float, n_warheads: int) -> tuple[float, ...]:
    """Times [s] since launch at which warheads are let go; none for what carries one to its end."""
    return ()


@singledispatch
def reach_toward(
    one: Any, launch: Place, bearing_rad: float, trajectory: int
) -> tuple[float, float]:
    """Least and greatest range [m] along the geodesic that leaves a launch point at a bearing.

    NaN where nothing can be reached that way.
    """
    raise TypeError(f"no threat module tells the reach of a {type(one).__name__}")


@singledispatch
def sweep_burnout(
    one: Any, launch: Place, target: Place, progress: Progress | None = None
) -> list[BurnoutPoint]:
    """Flights at full energy toward a target's azimuth, from the steepest ascent to the flattest.

    What meets the ground under thrust, goes more than half-way round the Earth or does not come
    down in four hours is left out.
    """
    raise BadInput("--sweep: only ballistic missiles are swept over the angle at burnout")


def refuse_trajectory(trajectory: int, kind: str) -> None:
    """`BadInput` for a lofted or depressed flight of a missile that has no such choice."""
    if trajectory != MINIMUM_ENERGY:
        raise BadInput(
            f"--trajectory {TRAJECTORIES[trajectory]}: {kind} has one way of flying; "
            f"allowed: {TRAJECTORIES[MINIMUM_ENERGY]}"
        )


def refuse_route(route: tuple[Place, ...], kind: str) -> None:
    """`BadInput` for waypoints of a missile that cannot turn."""
    if route:
        raise BadInput(
            f"--via {route[0].name}: {kind} cannot turn on its way; allowed: no --via, or a "
            "missile that cruises or glides"
        )
