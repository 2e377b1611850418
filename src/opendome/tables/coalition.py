"""Who commands, who reports to whom, who is asked, and what is scripted to happen to all of it."""

from __future__ import annotations

from typing import Final, NamedTuple

from opendome.tables.truth import Flags, Floats, Identities, Integers

# Whether a nation is asked before others fire from its soil.
NOT_ASKED: Final = 0
NOTIFIED: Final = 1
ASKED: Final = 2

# Kinds of scripted events.
CUT: Final = 0
RESTORED: Final = 1
LOST: Final = 2
HAPPENINGS: Final = ("cut", "restored", "lost")

NOBODY: Final = -1


class Nodes(NamedTuple):
    """One row per headquarters."""

    superior: Integers  # (n,) row of the superior node, NOBODY: it is the highest
    nation: Integers  # (n,) row of the world's nations
    fights_alone: Flags  # (n,) may fire when it reaches no superior; the highest ones always may
    latency_s: Floats  # (n,) of the link to the superior, each way
    loss: Floats  # (n,) probability that it loses a report


class Nations(NamedTuple):
    """One row per nation of the world."""

    identity: Identities  # (n,)
    takes_part: Flags  # (n,) under the common command
    asked: Integers  # (n,) NOT_ASKED, NOTIFIED or ASKED before others fire from its soil
    answer_s: Floats  # (n,) median time to its answer
    answer_spread: Floats  # (n,) standard deviation of the logarithm of that time
    refusal: Floats  # (n,) probability that the answer is no
    asked_over: Integers  # (n,) the same as `asked`, before others meet threats over its territory
    ceiling_m: Floats  # (n,) height from which on nobody is asked


class Airspace(NamedTuple):
    """Over which territories a command may not have threats met now."""

    codes: tuple[str, ...]  # ISO 3166 alpha-3, one for each of the world's nations
    closed: Flags  # (n,)
    ceiling_m: Floats  # (n,) closed below this


class Happening(NamedTuple):
    """One scripted event."""

    time_s: float
    kind: int  # CUT, RESTORED or LOST
    target: str  # as the scenario names it
    nodes: Flags  # (n_nodes,)
    sensors: Flags  # (n_sensors,)
    shooters: Flags  # (n_shooters,)
    share: float  # of what is lost


class Coalition(NamedTuple):
    """Command, links and consent, as the scenario has them."""

    nations: Nations
    nation_codes: tuple[str, ...]
    node_names: tuple[str, ...]
    nodes: Nodes
    highest: int  # the node that plans for all that take part
    node_of_sensor: Integers  # (n_sensors,)
    node_of_shooter: Integers  # (n_shooters,)
    host_of_shooter: Integers  # (n_shooters,) nation on whose soil it stands
    sensor_latency_s: Floats  # (n_sensors,) of the link to its node
    sensor_loss: Floats  # (n_sensors,)
    shooter_latency_s: Floats  # (n_shooters,)
    shooter_loss: Floats  # (n_shooters,) probability that an order is lost
    told: Flags  # (n_nations, n_elements) nation is told of tracks that this element feeds
    events: tuple[Happening, ...]  # in order of time
    decision_spread: float  # standard deviation of the logarithm of the human decision's time
