"""The two ends of sensing: nothing seen, and everything seen as well as can be."""

from __future__ import annotations

import numpy as np
import pytest

from opendome.engine import run_replication
from opendome.scenario.loader import load_scenario
from opendome.world import compile_world

SEED = 7
THREE = "raid.salvos.0.count=3"


def test_who_sees_nothing_engages_nothing() -> None:
    """Without sensors there is no track and no shot, and every lethal warhead leaks."""
    scenario = load_scenario(
        "golden-dome-2029-announced", raid="nk-10-debris", sets=[THREE],
        without=["radars", "infrared-satellites"],
    )  # fmt: skip
    world = compile_world(scenario, seed=SEED)
    assert world.sensor_names == ()
    assert len(world.shooter_names) > 10
    record = run_replication(world, SEED, 0)
    assert len(record["tracks"]["track"]) == 0
    assert len(record["engagements"]["shot"]) == 0
    assert record["replications"]["lethal"][0] > 0
    assert record["replications"]["leaked"][0] == record["replications"]["lethal"][0]


@pytest.fixture(scope="module")
def errors() -> dict[float, tuple[float, float]]:
    """Median errors of warheads in flight and of their impact points, by the sensor's error [m].

    Nothing is killed, so that all fly to the end.
    """
    found = {}
    for sensor_m in (10.0, 1.0, 0.1):
        scenario = load_scenario(
            "perfect-defence",
            sets=[THREE, "interceptors.perfect.kill-probability=0.0",
                  f"perfect-sensor.position-error={sensor_m} m"],
        )  # fmt: skip
        record = run_replication(compile_world(scenario, seed=SEED), SEED, 0)
        picture, impacts = record["picture"], record["impacts"]
        own = (picture["class"] == "warhead") & (picture["time_s"] > 330.0)
        assert (picture["held"][own] == picture["objects"][own]).all()
        found[sensor_m] = (
            float(np.median(picture["position_rmse_m"][own])),
            float(np.median(impacts["median_error_m"])),
        )
    return found


def test_better_sensors_leave_the_propagation_error(
    errors: dict[float, tuple[float, float]],
) -> None:
    """The error in flight falls with the sensor's, to what five seconds of propagation make.

    Filters smooth, so that a track is better than one measurement. Between measurements the tracker
    propagates with a plainer gravity field than missiles fly in, which is decimetres in 5 s.
    """
    in_flight = {sensor_m: error[0] for sensor_m, error in errors.items()}
    assert in_flight[10.0] < 10.0
    assert in_flight[1.0] < 1.0
    assert in_flight[1.0] < 0.25 * in_flight[10.0]
    assert in_flight[0.1] < 0.3


def test_impact_points_keep_the_error_of_what_is_not_measured(
    errors: dict[float, tuple[float, float]],
) -> None:
    """Ten times better positions change little: drag, which nobody measures in space, remains."""
    assert errors[0.1][1] == pytest.approx(errors[1.0][1], rel=0.05)
    assert errors[0.1][1] < 1_000.0
