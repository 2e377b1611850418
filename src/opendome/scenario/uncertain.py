"""Values that are known only within a range, with their source."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Generic, TypeVar, get_args

from pydantic import GetJsonSchemaHandler, model_validator
from pydantic_core import CoreSchema

from opendome.scenario.base import Sourced
from opendome.scenario.units import Quantity, format_quantity

Value = TypeVar("Value")


class Uncertain(Sourced, Generic[Value]):
    """A value as low, best and high, SI units, and where it comes from.

    In a file it is a mapping `{low, best, high, source, ...}`, a mapping with `best` alone, or
    a bare value, which is then exact and an assumption.
    """

    low: Value
    """Lowest value that the public record or the assumption allows."""
    best: Value
    """Value used when no assumption is varied."""
    high: Value
    """Highest value that the public record or the assumption allows."""

    @model_validator(mode="before")
    @classmethod
    def _spread_bare_value(cls, given: Any) -> Any:
        if isinstance(given, Sourced):
            return given
        filled = dict(given) if isinstance(given, Mapping) else {"best": given}
        if "best" in filled:
            filled.setdefault("low", filled["best"])
            filled.setdefault("high", filled["best"])
        return filled

    @model_validator(mode="after")
    def _order(self) -> Uncertain[Value]:
        low, best, high = float(self.low), float(self.best), float(self.high)  # type: ignore[arg-type]
        if not low <= best <= high:
            marks = self.__class__.model_fields["best"].metadata
            mark = next((each for each in marks if isinstance(each, Quantity)), None)
            shown = [
                format_quantity(number, mark.dimension) if mark else f"{number:g}"
                for number in (low, best, high)
            ]
            raise ValueError(f"allowed: low <= best <= high; given {', '.join(shown)}")
        return self

    @classmethod
    def model_parametrized_name(cls, params: tuple[Any, ...]) -> str:
        """The name in schemas and messages: `Uncertain[length]`."""
        marks = [mark for mark in get_args(params[0])[1:] if isinstance(mark, Quantity)]
        return f"Uncertain[{marks[0].name if marks else params[0]}]"

    @property
    def is_exact(self) -> bool:
        """Whether low and high are one value."""
        return self.low == self.high

    def value(self, quantile: float | None = None) -> float:
        """The value for one outer draw.

        Parameters
        ----------
        quantile : float, optional
            In [0, 1]; None stands for the best value.

        Returns
        -------
        float
            Quantile of the triangular distribution on (low, best, high), SI unit.

        Notes
        -----
        Source: Johnson, Kotz and Balakrishnan (1995), Continuous Univariate Distributions 2, 26.9.
        """
        low, best, high = float(self.low), float(self.best), float(self.high)  # type: ignore[arg-type]
        if quantile is None or low == high:
            return best
        if not 0.0 <= quantile <= 1.0:
            raise ValueError(f"a quantile lies in [0, 1], not {quantile}")
        width = high - low
        if quantile * width <= best - low:
            drawn = low + math.sqrt(quantile * width * (best - low))
        else:
            drawn = high - math.sqrt((1.0 - quantile) * width * (high - best))
        # Rounding may step over an end by one unit in the last place.
        return min(max(drawn, low), high)

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """The mapping, whose `low` and `high` may be left out, or the bare value."""
        block = handler.resolve_ref_schema(handler(schema))
        if "properties" not in block:  # pydantic asks once for each validator around the model
            return block
        block["required"] = ["best"]
        bare = block["properties"]["best"]
        return {"title": block.get("title", "Uncertain"), "anyOf": [bare, block]}
