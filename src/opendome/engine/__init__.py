"""One replication: truth, sensors, command side, shots, record."""

from __future__ import annotations

from opendome.engine.replication import Decision, Replication, run_replication

__all__ = ["Decision", "Replication", "run_replication"]
