"""Single replications on one core: the flagship, and the largest raid of the library.

All times are processor time of the engine alone, with the kernels loaded: no start, no report. The
raid of full-peer-2035 is cut to a part of each of its forces, and what is measured is multiplied by
the objects of the whole over those of the part, as the cost grows in proportion (or hardly less:
the slowest decision of the whole raid took 3.2 times that of a quarter, a replication 3.8 times).
The figures of the whole are therefore estimates, `PART` of it having been run.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any, Final

from benchmarks.startup import seconds
from opendome.engine import command
from opendome.engine.replication import run_replication
from opendome.scenario.loader import load_scenario
from opendome.threats import fly_raid
from opendome.world import World, compile_world

FLAGSHIP: Final = "golden-dome-2029"
FLAGSHIP_REPLICATIONS: Final = 10
FLAGSHIP_FLOOR: Final = 10.0  # replications a second
FULL_PEER: Final = Path(__file__).parents[1] / "scenarios" / "full-peer-2035.yaml"
FULL_PEER_LIMIT_S: Final = 30.0
DECISION_LIMIT_S: Final = 0.5
PART: Final = 0.25
SMALLEST: Final = 0.02  # loads all kernels
SEED: Final = 1


def measure() -> list[dict[str, Any]]:
    """Replications of the flagship a second; one of the full raid, and its slowest decision."""
    world = compile_world(load_scenario(FLAGSHIP))
    time_replication(world, FLAGSHIP_REPLICATIONS)
    spent_s = sum(time_replication(world, k)[0] for k in range(FLAGSHIP_REPLICATIONS))
    whole = compile_world(load_scenario(FULL_PEER))
    n_whole = fly_raid(whole.raid_of(SEED, 0), 0.0, SEED, 0).objects.identity.size
    time_replication(cut_full_peer(SMALLEST), 0)
    replication_s, decision_s, n_objects = time_replication(cut_full_peer(PART), 0)
    times = n_whole / n_objects
    return [
        {
            "case": "flagship, replications a second",
            "ours": FLAGSHIP_REPLICATIONS / spent_s,
            "peer": None,
            "peer_name": None,
            "floor": FLAGSHIP_FLOOR,
            "unit": "/s",
            "higher_is_better": True,
        },
        seconds("full peer, replication (from 1/4)", times * replication_s, FULL_PEER_LIMIT_S),
        seconds("full peer, worst plan (from 1/4)", times * decision_s, DECISION_LIMIT_S),
    ]


def cut_full_peer(part: float) -> World:
    """The scenario with a part of each force of the raid."""
    salvos = load_scenario(FULL_PEER).dump()["raid"]["salvos"]
    return compile_world(load_scenario(FULL_PEER, sets=[
        f"raid.salvos.{i}.force.share={part * salvo['force']['share']['best']}"
        for i, salvo in enumerate(salvos)
    ]))  # fmt: skip


def time_replication(world: World, replication: int) -> tuple[float, float, int]:
    """Seconds of one replication and of its slowest planning decision, and objects flown."""
    slowest_s = 0.0
    plan = command.plan

    def timed(*arguments: Any) -> Any:
        nonlocal slowest_s
        start = time.process_time()
        answer = plan(*arguments)
        slowest_s = max(slowest_s, time.process_time() - start)
        return answer

    command.plan = timed
    try:
        start = time.process_time()
        record = run_replication(world, SEED, replication, outer=1)
        spent_s = time.process_time() - start
        return spent_s, slowest_s, int(record["replications"]["objects"][0])
    finally:
        command.plan = plan
