"""What every scenario model shares: kebab-case names outside, strictness, and a source."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, model_validator
from pydantic_core import PydanticCustomError

from opendome.scenario.provenance import find_figure, is_known_source

Confidence = Literal["high", "medium", "low"]
Basis = Literal[
    "primary", "secondary", "transcription", "derived", "recalled", "assumption", "user"
]

# Sources that are not documents: a choice of the library's authors, and one of the user's.
ASSUMPTION = "assumption"
USER = "user"

# A message stays one line that can be read.
_MOST_NAMES = 16


def kebab(name: str) -> str:
    """The name of an attribute as scenario files write it."""
    return name.replace("_", "-")


def suggest(given: str, allowed: list[str]) -> str:
    """What is allowed in place of an unknown name: near matches first, else all of them."""
    near = get_close_matches(given, allowed, n=3, cutoff=0.6)
    if near:
        return f"did you mean {' or '.join(near)}?"
    shown = ", ".join(sorted(allowed)[:_MOST_NAMES])
    n_more = len(allowed) - _MOST_NAMES
    more = f" and {n_more} more" if n_more > 0 else ""
    return f"allowed: {shown}{more}" if allowed else "none is allowed here"


class Model(BaseModel):
    """A block of a scenario file: kebab-case keys, none unknown, no NaN, frozen once made."""

    model_config = ConfigDict(
        alias_generator=kebab,
        populate_by_name=True,
        extra="forbid",
        frozen=True,
        allow_inf_nan=False,
        use_attribute_docstrings=True,
    )
    # What to say of fields that belong to other blocks, by their name.
    misplaced: ClassVar[Mapping[str, str]] = {}

    @model_validator(mode="before")
    @classmethod
    def _name_unknown_fields(cls, given: Any) -> Any:
        """Refuse an unknown key with the names that are allowed, which pydantic leaves out."""
        if isinstance(given, Mapping):
            known = {field.alias or name for name, field in cls.model_fields.items()}
            for key in given:
                if key not in known and key not in cls.model_fields:
                    raise PydanticCustomError(
                        "unknown_field",
                        "unknown field; {hint}",
                        {
                            "field": str(key),
                            "hint": cls.misplaced.get(str(key)) or suggest(str(key), sorted(known)),
                        },
                    )
        return given

    def dump(self) -> dict[str, Any]:
        """As a scenario file would write it, quantities in SI units; reads back to the same."""
        return self.model_dump(mode="json", by_alias=True)


class Sourced(Model):
    """Values with their source: a document's id, or the word assumption.

    Where `figure` names a row of the shipped table of public figures, the source, confidence and
    basis of that row apply unless others are given.
    """

    source: str = ASSUMPTION
    """Id of a source in the shipped table, `assumption`, or `user`."""
    figure: str | None = None
    """Key of the row of the public figures that the value comes from."""
    year: int | None = None
    """Year that the value holds for."""
    confidence: Confidence = "low"
    """How much the source is to be trusted."""
    basis: Basis = "assumption"
    """How the value was read in its source."""
    note: str = ""
    """What a reader must know about it."""

    @model_validator(mode="before")
    @classmethod
    def _fill_from_figure(cls, given: Any) -> Any:
        if not isinstance(given, Mapping):
            return given
        filled = dict(given)
        key = filled.get("figure")
        if key is not None:
            figure = find_figure(str(key))
            if figure is None:
                raise ValueError(f"figure {key!r} is not in the table of public figures")
            for name in ("source", "confidence", "basis"):
                filled.setdefault(name, figure[name])
        source = filled.get("source", ASSUMPTION)
        if source == USER:
            filled.setdefault("basis", "user")
        elif source != ASSUMPTION:
            if not is_known_source(str(source)):
                raise ValueError(f"source {source!r} is not in the table of sources")
            filled.setdefault("basis", "secondary")
            filled.setdefault("confidence", "medium")
        return filled
