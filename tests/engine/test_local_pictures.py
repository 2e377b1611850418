"""Radars whose links carry tracks: the command side sees their reports and nothing else."""

from __future__ import annotations

from copy import deepcopy

import numpy as np
import pytest

from opendome.engine import Decision, Replication
from opendome.scenario.loader import load_scenario
from opendome.tables.codes import FIRM, FREE
from opendome.tables.measurements import select
from opendome.world import World, compile_world

SEED = 7


def compile_with(*sets: str) -> World:
    scenario = load_scenario(
        "golden-dome-2029-announced", raid="nk-10-debris",
        sets=["raid.salvos.0.count=2", *sets], without=["infrared-satellites"],
    )  # fmt: skip
    return compile_world(scenario, seed=SEED)


def run(world: World) -> tuple[Replication, list[Decision]]:
    replication = Replication(deepcopy(world), SEED, 0)
    decisions: list[Decision] = []
    replication.run(keep=decisions)
    return replication, decisions


@pytest.fixture(scope="module")
def names() -> list[str]:
    return list(compile_with().sensor_elements)


@pytest.fixture(scope="module")
def reported(names: list[str]) -> tuple[Replication, list[Decision]]:
    return run(compile_with(*(f"{name}.reports=tracks" for name in names)))


def test_reports_come_later_than_measurements(
    names: list[str], reported: tuple[Replication, list[Decision]]
) -> None:
    """The same radars that send tracks give a picture too, and on the whole a later one."""
    direct, _ = run(compile_with())
    late_s = find_firm_s(reported[0]) - find_firm_s(direct)
    assert np.isfinite(late_s).mean() > 0.9
    assert 0.0 <= np.nanmedian(late_s) < 60.0
    assert np.nanmax(late_s) > 0.0
    assert reported[0].command.tracker.n_refused == 0


def find_firm_s(replication: Replication) -> np.ndarray:
    """When each lethal object and booster was firmly tracked."""
    threats = replication.record(whole=False)["threats"]
    return threats["own_firm_s"][np.isin(threats["kind"], ("booster", "warhead"))]


def test_the_picture_follows_from_measurements_alone(
    reported: tuple[Replication, list[Decision]],
) -> None:
    """A fresh command side with the recorded rows, shuffled, has the same tracks to the bit."""
    replication, decisions = reported
    replication.true.objects.identity[...] = 0
    replication.true.trajectories.position_eci_m[...] = np.nan
    rng = np.random.default_rng(3)
    command = replication.new_command()
    for decision in decisions:
        order = rng.permutation(decision.measurements.n_rows)
        command.step(
            decision.time_s, select(decision.measurements, order), decision.looks,
            decision.assessments,
        )  # fmt: skip
    old, new = replication.command.tracker.tracks, command.tracker.tracks
    for name in ("status", "time_s", "state", "covariance"):
        assert np.array_equal(getattr(old, name), getattr(new, name), equal_nan=True), name


def test_every_look_is_told(reported: tuple[Replication, list[Decision]]) -> None:
    """When nothing is left to send, no track here is behind the one of the element it is fed by."""
    replication, decisions = reported
    command = replication.new_command()
    n_compared = 0
    for decision in decisions:
        command.step(decision.time_s, decision.measurements, decision.looks, decision.assessments)
        there = command.tracker.tracks
        last_s = dict(zip(there.number.tolist(), there.last_s.tolist(), strict=True))
        for picture in command.local.pictures.values():
            if picture.due_s > decision.time_s:
                continue
            tracks = picture.tracker.tracks
            for slot in np.flatnonzero(tracks.status == FIRM):
                fed = picture.fed[int(tracks.number[slot])]
                n_compared += fed in last_s
                assert last_s.get(fed, np.inf) >= tracks.last_s[slot]
    assert n_compared > 100


def run_cut(names: list[str], elements: list[str], *events: str) -> Replication:
    """All radars send tracks; some elements are under a node below the nation's, links at once."""
    node = f"{{nation: USA, superior: national, alone: fight, elements: [{', '.join(elements)}]}}"
    world = compile_with(
        *(f"{name}.reports=tracks" for name in names),
        f"command={{nodes: {{national: {{nation: USA}}, field: {node}}}}}",
        "command.nodes.field.link.latency=0 s",
        f"events=[{', '.join(events)}]",
        "simulation.horizon=1100 s",
    )
    return run(world)[0]


CUT = "{time: 900 s, cut: national}"
RESTORED = "{time: 1000 s, restore: national}"
COLUMNS = ("status", "number", "time_s", "last_s", "state", "covariance")


def test_a_cut_that_takes_nothing_changes_no_picture(names: list[str]) -> None:
    """Cut off with all that reports to it, a node goes on as the whole would have, to the bit."""
    world = compile_with()
    elements = [*names, *world.shooter_names]
    whole = run_cut(names, elements).command
    parted = run_cut(names, elements, CUT).headquarters
    field = next(each for each in parted.commands.values() if each is not parted.main)
    assert field.local.pictures.keys() == whole.local.pictures.keys()
    assert parted.main.local.is_empty
    pairs = [(whole.tracker.tracks, field.tracker.tracks)]
    for lead, picture in field.local.pictures.items():
        pairs.append((whole.local.pictures[lead].tracker.tracks, picture.tracker.tracks))
    assert sum(int((one.status == FIRM).sum()) for one, _ in pairs) > 20
    for one, other in pairs:
        for name in COLUMNS:
            assert np.array_equal(getattr(one, name), getattr(other, name), equal_nan=True), name


def test_a_radar_is_cued_by_the_node_that_hears_it(names: list[str]) -> None:
    """After a cut by its own tracks and its node's; where nobody hears it, by its own alone."""
    elements = ["lrdr", "fort-greely"]
    parted = run_cut(names, elements, CUT)
    headquarters, world = parted.headquarters, parted.world
    field = next(each for each in headquarters.commands.values() if each is not headquarters.main)
    lrdr = world.sensor_names.index("lrdr")
    assert list(field.local.pictures) == [lrdr]
    own = field.local.pictures[lrdr].tracker.tracks
    _, cues = headquarters.cue(1100.0)
    numbers = cues[lrdr].number
    assert set(numbers[numbers >= 0]) == set(own.number[own.status != FREE])
    assert (numbers >= 0).sum() > 5
    assert (numbers < 0).sum() <= (field.tracker.tracks.status != FREE).sum()
    unheard = np.concatenate([own.number for lead, own in cues.items() if lead != lrdr])
    assert unheard.size > 5 and (unheard >= 0).all()


def test_who_hears_a_radar_again_is_told_all_its_tracks(names: list[str]) -> None:
    """The link restored, each firm track of the radar is one of the superior's."""
    mended = run_cut(names, ["lrdr", "fort-greely"], CUT, RESTORED)
    main = mended.command
    assert len(mended.headquarters.commands) == 1
    assert len(main.local.pictures) == len(names)
    picture = main.local.pictures[mended.world.sensor_names.index("lrdr")]
    tracks = picture.tracker.tracks
    firm = tracks.number[(tracks.status == FIRM) & (tracks.last_s < 1080.0)].tolist()
    there = set(main.tracker.tracks.number.tolist())
    assert firm
    assert all(picture.fed[number] in there for number in firm)
