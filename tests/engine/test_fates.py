"""Fates as recorded: of warheads that flew on with what was left of a missile, and of shots."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from opendome.engine import Replication
from opendome.engine.fires import Shot
from opendome.tables.codes import BOOSTER, LAYERS, WARHEAD
from opendome.threats import cut_off
from opendome.world import World

SEED = 7
POST_BOOST, MIDCOURSE = LAYERS.index("post-boost"), LAYERS.index("midcourse")


def a_shot(intended: int, intercept_s: float) -> Shot:
    """One that aims at the Earth's centre."""
    return Shot(
        number=0, track=0, shooter=0, unit=-1, interceptor=0, by=0, decision_s=0.0, launch_s=1.0,
        intercept_s=intercept_s, aim_eci_m=np.zeros(3),
        arrival_velocity_eci_m_s=np.zeros(3), layer=MIDCOURSE, salvo=0, believed=1.0, value=1.0,
        gain=1.0, alternative=-1, alternative_gain=0.0, intended=intended,
    )  # fmt: skip


class Hit:
    """A missile hit before it lets go of its warhead, of which the body flies on.

    A second before, or after a `share` of the time to burnout.
    """

    def __init__(self, world: World, share: float = 0.0) -> None:
        self.replication = Replication(world, SEED, 0)
        true = self.true = self.replication.true
        kinds, missile = true.objects.kind, true.objects.missile
        self.booster = int(np.flatnonzero(kinds == BOOSTER)[0])
        self.missile = int(missile[self.booster])
        self.warhead = int(np.flatnonzero((kinds == WARHEAD) & (missile == self.missile))[0])
        self.cut_s = float(true.end_s[self.booster]) - 1.0
        if share > 0.0:
            launch_s = float(true.objects.start_s[self.booster])
            burn_s = float(true.objects.burnout_s[self.booster]) - launch_s
            self.cut_s = launch_s + share * burn_s
        true.cut_boost(self.missile, self.cut_s, POST_BOOST)
        nodes = cut_off(true.missiles, true.objects, true.trajectories, self.booster, self.cut_s)
        self.body = true.add_body(self.missile, nodes, np.uint64(1), self.warhead)
        self.replication.scoring.add_objects(1)

    def threats(self) -> dict[str, Any]:
        return self.replication.record(whole=False)["threats"]


@pytest.fixture
def hit(perfect_world: World) -> Hit:
    return Hit(perfect_world)


def test_a_warhead_that_leaks_with_its_body_comes_down_where_that_does(hit: Hit) -> None:
    """Time and place of the impact are the body's, and its fate is then, not at the hit."""
    threats = hit.threats()
    assert threats["fate"][hit.warhead] == "leaked"
    assert threats["fate_s"][hit.warhead] > hit.cut_s + 600.0
    for column in ("fate_s", "impact_s", "impact_latitude_deg", "impact_longitude_deg"):
        assert threats[column][hit.warhead] == threats[column][hit.body]


def test_ideal_shots_meet_what_their_track_follows_and_nothing_else(perfect_world: World) -> None:
    """However far from where it is expected; with that gone, nothing that flies nearby is hit.

    What was planned as a shot at a booster and meets what it has let go counts as midcourse.
    """
    replication = Replication(perfect_world, SEED, 0)
    true, fires = replication.true, replication.fires
    kinds = true.objects.kind
    booster, warhead = (int(np.flatnonzero(kinds == kind)[0]) for kind in (BOOSTER, WARHEAD))
    when_s = float(true.objects.start_s[warhead]) + 100.0
    assert true.end_s[booster] < when_s < true.end_s[warhead]
    for track, followed in enumerate((booster, warhead)):
        seen = np.array([followed]), np.zeros(1, np.int64), np.array([track])
        replication.scoring.note_measurements(when_s, *seen)
    at_booster = replace(a_shot(booster, when_s), track=0)
    fires._intercept(at_booster)
    assert (at_booster.result, at_booster.met) == ("missed", -1)
    assert (true.stopped_by == -1).all()
    for _ in range(20):
        at_warhead = replace(a_shot(warhead, when_s), track=1, layer=LAYERS.index("boost"))
        fires._intercept(at_warhead)
        if at_warhead.result == "killed":
            break
    assert at_warhead.met == warhead
    assert true.stopped_by[warhead] == MIDCOURSE
    assert (np.delete(true.stopped_by, warhead) == -1).all()


def test_each_salvo_at_an_object_is_assessed_by_a_look_of_its_own(perfect_world: World) -> None:
    """The shots of one salvo share it; the first salvo under another track number is the next."""
    fires = Replication(perfect_world, SEED, 0).fires
    of = [(4, 0), (4, 0), (9, 0), (4, 1), (9, 0)]
    counted = [
        fires._count_salvo(replace(a_shot(0, 1.0), track=track, salvo=salvo), 3)
        for track, salvo in of
    ]
    assert counted == [0, 0, 1, 2, 1]
    assert fires._count_salvo(a_shot(0, 1.0), 5) == 0


def test_what_falls_short_has_a_place(perfect_world: World) -> None:
    """Hit halfway through its boost, the missile drops its warhead far from everything defended."""
    hit = Hit(perfect_world, 0.8)
    threats = hit.threats()
    assert threats["fate"][hit.warhead] == "fell-short"
    for column in ("fate_s", "impact_s", "impact_latitude_deg", "impact_longitude_deg"):
        assert threats[column][hit.warhead] == threats[column][hit.body]


@pytest.mark.parametrize("killed", ["body", "warhead"])
def test_a_later_kill_is_the_fate_of_the_warhead(hit: Hit, killed: str) -> None:
    """Of the body that it flew on with, or of itself where it had been let go before the hit."""
    killed_s = hit.cut_s + 500.0
    hit.true.stop(getattr(hit, killed), killed_s, MIDCOURSE)
    threats = hit.threats()
    assert threats["fate"][hit.warhead] == "stopped"
    assert threats["fate_s"][hit.warhead] == killed_s
    assert threats["fate_layer"][hit.warhead] == "midcourse"
    assert np.isnan(threats["impact_s"][hit.warhead])


@pytest.mark.parametrize(("stopped", "result"), [(True, "target-gone"), (False, "missed")])
def test_only_what_was_stopped_is_gone(perfect_world: World, stopped: bool, result: str) -> None:
    """A shot at a warhead that has come down missed; at one that was killed, it found no target."""
    replication = Replication(perfect_world, SEED, 0)
    true = replication.true
    warhead = int(np.flatnonzero(true.objects.kind == WARHEAD)[0])
    down_s = float(true.end_s[warhead])
    if stopped:
        true.stop(warhead, down_s - 100.0, MIDCOURSE)
    shot = a_shot(warhead, float(true.end_s.max()) + 1.0)
    replication.fires._intercept(shot)
    assert shot.result == result
