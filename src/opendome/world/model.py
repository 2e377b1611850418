"""A scenario as arrays: all that a replication needs, ready to be sent to worker processes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from opendome.battle import Forces
from opendome.sensing.patrols import Patrols
from opendome.space import Constellation
from opendome.tables.coalition import Coalition
from opendome.tables.truth import Floats, Integers
from opendome.threats import Raid, pick_draws
from opendome.tracking import SettingsTable


@dataclass(frozen=True)
class SensorGroup:
    """All sensors of one kind that share a block, and what carries them.

    Ground sensors have `position_ecef_m`; aircraft and ships have `patrols`; satellites have the
    constellations, in the order of the block's rows. `platforms` names, by row, what is there or
    not as one; empty where each sensor is its own.
    """

    block: Any  # a NamedTuple registered with `sensing.observe`
    availability: Floats  # (n,)
    position_ecef_m: Floats | None = None
    constellations: tuple[Constellation, ...] = ()
    patrols: Patrols | None = None
    platforms: tuple[str, ...] = ()

    def mount(self, satellites: tuple[Constellation, ...]) -> Floats | Patrols | tuple[Any, ...]:
        """What the sensors are on; `satellites` are the constellations with phases drawn."""
        ground = self.patrols if self.position_ecef_m is None else self.position_ecef_m
        return satellites if ground is None else ground


@dataclass(frozen=True)
class World:
    """One scenario, for one outer draw of its assumptions."""

    name: str
    scenario_hash: str
    nations: tuple[str, ...]
    # the raid
    raids: tuple[Raid, ...]  # draws of launch points and aims; each missile takes one
    missile_names: tuple[str, ...]
    class_names: tuple[str, ...]
    origin_names: tuple[str, ...]  # by missile
    target_class: Integers  # by missile class: row of codes.TARGET_CLASSES
    object_names: dict[int, str]  # by identity
    warhead_survival: float
    # the defence
    sensors: tuple[SensorGroup, ...]
    sensor_names: tuple[str, ...]
    platform_names: tuple[str, ...]  # by sensor index: what works, or is lost, as one
    reporting_delay_s: Floats  # by sensor index: from a measurement to the command side
    report_interval_s: Floats  # by sensor index: between reports of tracks; NaN: of measurements
    # (n_sensors, 2) errors of range [m] and azimuth [rad] common to all looks, where estimated
    registration: Floats
    sensor_elements: tuple[str, ...]  # elements of the architecture that have sensors
    element_of_sensor: Integers  # by sensor index: row of `sensor_elements`
    forces: Forces
    type_names: tuple[str, ...]
    shooter_names: tuple[str, ...]
    area_names: tuple[str, ...]
    interceptor_constellations: tuple[Constellation, ...]
    # tracks of the shooters that move and their rows among the shooters; None: all stand
    shooter_patrols: tuple[Patrols, Integers] | None
    tracker: SettingsTable
    coalition: Coalition
    # the clock
    epoch_jd: float | None  # None: drawn over a year in each replication
    year: int
    start_s: float
    step_boost_s: float
    fixed_phases: bool  # of constellations: drawn once for all replications
    step_s: float
    horizon_s: float
    keep: int  # replications kept whole
    # for the manifest
    boost_budget: list[dict[str, Any]] = field(default_factory=list)

    def raid_of(self, seed: int, replication: int) -> Raid:
        """The raid that one replication flies."""
        return pick_draws(self.raids, seed, replication)

    def name_of(self, identity: np.uint64) -> str:
        """Scenario name of an object; bodies and other late comers get their identity in hex."""
        return self.object_names.get(int(identity), f"object-{int(identity):016x}")
