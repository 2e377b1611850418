"""Nations, headquarters, links and scripted events as arrays."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from opendome.physics.random import entity_id
from opendome.scenario.models.coalition import CommandNode, Link
from opendome.scenario.models.element import Element, Sensor
from opendome.scenario.scenario import Scenario
from opendome.tables.coalition import (
    ASKED,
    CUT,
    LOST,
    NOBODY,
    NOT_ASKED,
    NOTIFIED,
    RESTORED,
    Coalition,
    Happening,
    Nations,
    Nodes,
)
from opendome.world.assumptions import Assumptions

_ASKED: Final = {"none": NOT_ASKED, "notify": NOTIFIED, "required": ASKED}


def compile_coalition(
    scenario: Scenario,
    assumptions: Assumptions,
    nations: Sequence[str],
    sensor_names: Sequence[str],
    sensor_elements: Sequence[str],
    shooter_names: Sequence[str],
) -> Coalition:
    """The coalition of a scenario, for one draw of its assumptions.

    Parameters
    ----------
    scenario : Scenario
    assumptions : Assumptions
    nations, sensor_names, sensor_elements, shooter_names : sequences of str
        The world's, in the order of its rows. A sensor's name starts with its element's.
    """
    blocks = _list_nodes(scenario)
    names = list(blocks)
    owner = find_nodes(scenario)
    element_of = [name.split("/")[0] for name in sensor_names]
    elements = scenario.standing

    def latency_s(of: Sequence[str]) -> np.ndarray:
        links = [_link_of(scenario, name) for name in of]
        values = [
            assumptions.value(f"command/{name}/latency", link.latency)
            for name, link in zip(of, links, strict=True)
        ]
        return np.array(values, np.float64)

    def loss(of: Sequence[str]) -> np.ndarray:
        values = [
            assumptions.value(f"command/{name}/loss", _link_of(scenario, name).loss) for name in of
        ]
        return np.array(values, np.float64)

    return Coalition(
        nations=_tabulate_nations(scenario, assumptions, nations),
        nation_codes=tuple(nations),
        node_names=tuple(names),
        nodes=Nodes(
            superior=np.array(
                [NOBODY if b.superior is None else names.index(b.superior)
                 for b in blocks.values()], np.int64,
            ),
            nation=np.array([nations.index(b.nation) for b in blocks.values()], np.int64),
            fights_alone=np.array([b.alone == "fight" for b in blocks.values()], np.bool_),
            latency_s=np.array(
                [assumptions.value(f"command/{name}/latency", b.link.latency)
                 for name, b in blocks.items()], np.float64,
            ),
            loss=np.array(
                [assumptions.value(f"command/{name}/loss", b.link.loss)
                 for name, b in blocks.items()], np.float64,
            ),
        ),
        highest=names.index(_highest_of(blocks, scenario.leader)),
        node_of_sensor=np.array([names.index(owner[e]) for e in element_of], np.int64),
        node_of_shooter=np.array([names.index(owner[s]) for s in shooter_names], np.int64),
        host_of_shooter=np.array(
            [nations.index(elements[s].host or elements[s].nation) for s in shooter_names], np.int64
        ),
        sensor_latency_s=latency_s(element_of),
        sensor_loss=loss(element_of),
        shooter_latency_s=latency_s(shooter_names),
        shooter_loss=loss(shooter_names),
        told=_list_told(scenario, nations, [elements[name] for name in sensor_elements]),
        events=_list_events(scenario, names, element_of, shooter_names),
        decision_spread=float(scenario.doctrine.decision_delay.spread),
    )  # fmt: skip


def _list_nodes(scenario: Scenario) -> dict[str, CommandNode]:
    """Headquarters by name: those of the scenario, and one for each nation that has none on top."""
    blocks = dict(scenario.command.nodes)
    apart = [scenario.leader]
    apart += [
        element.nation
        for element in scenario.standing.values()
        if not scenario.part_of(element.nation).reaches("warning")
    ]
    for nation in dict.fromkeys(apart):
        if not any(b.nation == nation and b.superior is None for b in blocks.values()):
            blocks[f"{nation} command"] = CommandNode(nation=nation)
    return blocks


def _highest_of(blocks: dict[str, CommandNode], nation: str) -> str:
    return next(n for n, b in blocks.items() if b.nation == nation and b.superior is None)


def find_nodes(scenario: Scenario) -> dict[str, str]:
    """Node of each element that stands: one that names it or its group, or the highest over it."""
    blocks = _list_nodes(scenario)
    named = {each: node for node, block in blocks.items() for each in block.elements}
    nodes = {}
    for name, element in scenario.standing.items():
        joined = scenario.part_of(element.nation).reaches("warning")
        highest = _highest_of(blocks, scenario.leader if joined else element.nation)
        nodes[name] = named.get(name) or named.get(element.group_name) or highest
    return nodes


def _link_of(scenario: Scenario, element: str) -> Link:
    links = scenario.command.links
    group = scenario.architecture.elements[element].group_name
    return links.get(element) or links.get(group) or Link()


def _tabulate_nations(
    scenario: Scenario, assumptions: Assumptions, nations: Sequence[str]
) -> Nations:
    parts = [scenario.part_of(nation) for nation in nations]

    def values(what: str) -> np.ndarray:
        return np.array(
            [
                assumptions.value(f"nations/{nation}/{what}", getattr(part.consent, what))
                for nation, part in zip(nations, parts, strict=True)
            ],
            np.float64,
        )

    return Nations(
        identity=np.array([entity_id(f"nation/{nation}") for nation in nations], np.uint64),
        takes_part=np.array([part.reaches("warning") for part in parts], np.bool_),
        asked=np.array([_ASKED[part.consent.asked] for part in parts], np.int64),
        answer_s=values("delay"),
        answer_spread=np.array([float(part.consent.spread) for part in parts]),
        refusal=values("refusal"),
        asked_over=np.array([_ASKED[part.consent.airspace] for part in parts], np.int64),
        ceiling_m=values("ceiling"),
    )


def _list_told(
    scenario: Scenario, nations: Sequence[str], sensors: Sequence[Element]
) -> np.ndarray:
    """Which nation is told of tracks that an element feeds; one apart hears its own alone."""
    told = np.zeros((len(nations), len(sensors)), np.bool_)
    for i, nation in enumerate(nations):
        for j, element in enumerate(sensors):
            own = element.nation == nation
            both = all(
                scenario.part_of(each).reaches("warning") for each in (nation, element.nation)
            )
            assert isinstance(element, Sensor)
            free = (
                element.releasable == "all"
                or nation in element.releasable
                or nation == scenario.leader
            )
            told[i, j] = own or (both and free)
    return told


def _list_events(
    scenario: Scenario,
    node_names: Sequence[str],
    element_of_sensor: Sequence[str],
    shooter_names: Sequence[str],
) -> tuple[Happening, ...]:
    """Scripted events in order of time."""
    happenings = []
    elements = scenario.architecture.elements
    for event in sorted(scenario.events, key=lambda event: event.time):
        target = event.target
        is_node = target in node_names and not event.lose
        hit = {
            name
            for name, element in elements.items()
            if not is_node and target in (name, element.group_name)
        }
        happenings.append(
            Happening(
                time_s=float(event.time),
                kind=CUT if event.cut else RESTORED if event.restore else LOST,
                target=target,
                nodes=np.array([is_node and name == target for name in node_names], np.bool_),
                sensors=np.array([name in hit for name in element_of_sensor], np.bool_),
                shooters=np.array([name in hit for name in shooter_names], np.bool_),
                share=float(event.share),
            )
        )
    return tuple(happenings)
