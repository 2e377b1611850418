"""The largest raid of the library, flown in a process of its own: memory and time.

Full-peer-2035 has some 1,600 ballistic missiles with their warheads, decoys and debris, and glide
vehicles, cruise missiles and orbital weapons beside them. The time is that of `fly_raid`, the
second of two flights (the first one may compile).
"""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

MEMORY_LIMIT_MIB = 2048.0
LEAST_OBJECTS = 15_000.0

_PROGRAM = """
import json, resource, time
from opendome.scenario.loader import load_scenario
from opendome.threats import fly_raid
from opendome.world import compile_world
world = compile_world(load_scenario("present-day", raid="full-peer-2035"))
raid = world.raid_of(1, 0)
fly_raid(raid, 0.0, 1, 0)
start = time.perf_counter()
truth = fly_raid(raid, 0.0, 1, 1)
print(json.dumps({
    "seconds": time.perf_counter() - start,
    "objects": int(truth.objects.identity.size),
    "mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024.0,
}))
"""


def measure() -> list[dict[str, Any]]:
    """Peak memory of compiling and flying the raid, its objects, and how fast they are flown."""
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM], check=True, capture_output=True, text=True
    )
    found = json.loads(done.stdout)
    common = {"peer": None, "peer_name": None}
    return [
        {
            "case": "full raid: peak memory",
            "ours": found["mib"],
            "floor": MEMORY_LIMIT_MIB,
            "unit": "MiB",
            "higher_is_better": False,
            **common,
        },
        {
            "case": "full raid: objects flown",
            "ours": float(found["objects"]),
            "floor": LEAST_OBJECTS,
            "unit": "objects",
            "higher_is_better": True,
            **common,
        },
        {
            "case": "full raid: flown in",
            "ours": found["seconds"],
            "floor": 30.0,
            "unit": "s",
            "higher_is_better": False,
            **common,
        },
    ]
