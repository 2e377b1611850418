"""How the defence spends its shots."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from opendome.scenario.base import Model
from opendome.scenario.models.element import LibraryItem
from opendome.scenario.uncertain import Uncertain
from opendome.scenario.units import Fraction, PositiveNumber, Time

SalvoSize = PositiveNumber | Annotated[tuple[PositiveNumber, ...], Field(min_length=1)]


class DecisionDelay(Model):
    """From a track that is good enough to an order that may be given."""

    boost: Uncertain[Time]
    otherwise: Uncertain[Time]
    spread: Fraction = 0.5
    """Standard deviation of the logarithm of the time that people take, drawn once per replication;
    the means are those above. Assumption."""


class Doctrine(LibraryItem):
    """Salvo sizes, looks, thresholds and delays."""

    kind: Literal["doctrine"]
    default: Literal["shoot-look-shoot", "shoot-shoot-look", "barrage", "salvo", "optimal"]
    """Shots before a look. `barrage`, or `salvo`: all at once. `shoot-look-shoot`: a salvo, and
    another where time allows. `shoot-shoot-look`: two shots while a look is left after them, else
    the salvo. `optimal`: as many as save more now than in any later use of the rounds."""
    hold_for_better_layer: bool = False
    """Leave a track to the interceptor whose shot kills it most surely of those in reach, even if
    it comes later or must wait for a channel. Without effect under `optimal`, which weighs it."""
    salvo: dict[str, SalvoSize] = Field(default_factory=dict)
    """Shots of each salvo by interceptor type, 1 where not named. A list gives the first look, the
    second and so on, and its last number all later ones. A fraction is a mean: what is left of a
    round is carried from target to target."""
    looks: dict[str, Annotated[int, Field(ge=1)]] = Field(default_factory=dict)
    """Most salvos at one target by interceptor type, 1 where not named."""
    lethality_threshold: Fraction
    """A track is engaged if its probability of being lethal is at least this; at once only if what
    follows allows it."""
    sure_lethality: Fraction = 0.7
    """Tracks less probably lethal than this wait for a better look while their battery could even
    fire twice, with a look between. Assumption: above a half, as one look that errs lifts many a
    harmless track over that."""
    confident_lethality: Fraction = 0.6
    """Tracks less probably lethal than this wait while any battery could still fire. Assumption."""
    decision_delay: DecisionDelay
    boost_engagement: bool
    """Whether missiles are engaged while they burn."""
    reserve: Fraction
    """Share of each inventory that is held back for what may come later."""
    reserve_until: Time | None = None
    """When what was held back may be fired too; never where not named."""

    def shots_per_salvo(self, interceptor: str) -> tuple[float, ...]:
        """Mean shots of the salvos of this interceptor type, look by look; the last is repeated."""
        size = self.salvo.get(interceptor, 1.0)
        return size if isinstance(size, tuple) else (size,)

    def max_looks(self, interceptor: str) -> int:
        """Most salvos of this type at one target; one under a barrage."""
        return 1 if self.default in ("barrage", "salvo") else self.looks.get(interceptor, 1)
