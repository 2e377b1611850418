"""Battle management: from tracks to orders."""

from __future__ import annotations

from opendome.battle.constellations import OwnSatellites
from opendome.battle.orders import Forces
from opendome.battle.planning import Plan, plan
from opendome.battle.state import BattleState

__all__ = ["BattleState", "Forces", "OwnSatellites", "Plan", "plan"]
