"""Battle management: from tracks to orders."""

from __future__ import annotations

from opendome.battle.feasibility import predicted_state
from opendome.battle.planning import Forces, Plan, plan
from opendome.battle.state import BattleState

__all__ = ["BattleState", "Forces", "Plan", "plan", "predicted_state"]
