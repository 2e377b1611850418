"""Makes the reference page of every field of scenario files from the pydantic models."""

from __future__ import annotations

from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from mkdocs.structure.files import File, Files
from pydantic_core import PydanticUndefined

from opendome.scenario.base import Model
from opendome.scenario.kinds import all_kinds
from opendome.scenario.models.element import Element, InterceptorType, ThreatType
from opendome.scenario.models.places import AreaWeights, City, DefendedSite
from opendome.scenario.scenario import Nation
from opendome.scenario.uncertain import Uncertain
from opendome.scenario.units import Quantity, format_quantity

PAGE = "reference/scenario-fields.md"

HEAD = """# Fields of scenario files

Every block that a scenario or a library file may hold, from the models that check them. How a file
is put together: [Scenario files](scenario.md). A field without default must be given, in the file
or by what it builds on. `uncertain` stands for a value that may be a range with a source. Each
block of a named item also takes `title`, `note`, `source`, `figure`, `year`, `confidence`, `basis`
and `sources`; each element also takes `nation`, `availability` and `group`.
"""

# Fields that every block of their kind has; they stand in the head of the page.
_SHARED = {"source", "figure", "year", "confidence", "basis", "note", "sources", "title"}
_OF_ELEMENTS = {"nation", "availability", "group"}


def on_files(files: Files, config: Any) -> Files:
    """Add the generated page to the site."""
    files.append(File.generated(config, PAGE, content=build_page()))
    return files


def build_page() -> str:
    """Markdown of the page: kinds first, by what they are, then the blocks inside them."""
    kinds = dict(all_kinds())
    groups = {
        "Elements of an architecture": Element,
        "Interceptor types": InterceptorType,
        "Missile classes": ThreatType,
    }
    told: dict[type[Model], None] = {}
    lines = [HEAD]
    for heading, base in groups.items():
        lines.append(f"\n## {heading}\n")
        for kind, model in kinds.items():
            if issubclass(model, base):
                lines += _section(model, f"kind: {kind}", told)
    lines.append("\n## Top blocks\n")
    for name in ("raid", "doctrine", "beliefs", "simulation", "launch-area"):
        lines += _section(kinds[name], f"kind: {name}", told)
    lines += _section(Nation, "nations.NAME", told) + _section(City, "cities.NAME", told)
    lines += _section(DefendedSite, "sites.NAME", told) + _section(AreaWeights, "areas", told)
    lines.append("\n## Blocks inside these\n")
    waiting = list(told)
    while waiting:
        for inner in _inner_models(waiting.pop(0)):
            if inner not in told:
                lines += _section(inner, "", told)
                waiting.append(inner)
    return "\n".join(lines) + "\n"


def _section(model: type[Model], label: str, told: dict[type[Model], None]) -> list[str]:
    told[model] = None
    lines = [f"\n### {_title(model)}\n"]
    if label:
        lines.append(f"`{label}`\n")
    if model.__doc__:
        lines.append(" ".join(model.__doc__.split("\n\n")[0].split()) + "\n")
    hidden = _SHARED | (_OF_ELEMENTS if issubclass(model, Element) else set()) | {"kind"}
    rows = [
        f"| `{field.alias or name}` | {_type(field.annotation, field.metadata)} "
        f"| {_default(field)} | {' '.join((field.description or '').split())} |"
        for name, field in model.model_fields.items()
        if name not in hidden
    ]
    return [*lines, "| field | value | default | meaning |", "| --- | --- | --- | --- |", *rows]


def _title(model: type[Model]) -> str:
    return "".join(f" {c.lower()}" if c.isupper() else c for c in model.__name__).strip()


def _anchor(model: type[Model]) -> str:
    return _title(model).replace(" ", "-")


def _type(annotation: Any, metadata: Any = ()) -> str:
    """What may be written for a field, in words."""
    for mark in metadata:
        if isinstance(mark, Quantity):
            return mark.name
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _type(arguments[0], arguments[1:])
    if origin is Literal:
        return ", ".join(f"`{choice}`" for choice in arguments)
    if origin in (Union, UnionType):
        return " or ".join(_type(each) for each in arguments if each is not NoneType)
    if origin is tuple:
        return f"list of {_type(arguments[0])}"
    if origin is dict:
        return f"{_type(arguments[0])} to {_type(arguments[1])}"
    if isinstance(annotation, type) and issubclass(annotation, Uncertain):
        return f"uncertain {_type(annotation.model_fields['best'].annotation, _best(annotation))}"
    if isinstance(annotation, type) and issubclass(annotation, Model):
        return f"[{_title(annotation)}](#{_anchor(annotation)})"
    return {str: "text", int: "whole number", bool: "`true`, `false`", float: "number"}.get(
        annotation, str(getattr(annotation, "__name__", annotation))
    )


def _best(annotation: type[Uncertain[Any]]) -> list[Any]:
    return list(annotation.model_fields["best"].metadata)


def _default(field: Any) -> str:
    if field.is_required():
        return ""
    value = field.default
    if field.default_factory is not None:
        value = field.default_factory()
    if value is PydanticUndefined or value is None or value in ("", (), {}):
        return "none"
    marks = [mark for mark in field.metadata if isinstance(mark, Quantity)]
    if isinstance(value, Uncertain):
        marks = [mark for mark in _best(type(value)) if isinstance(mark, Quantity)]
        ends = (value.low, value.best, value.high)
        low, best, high = (format_quantity(end, marks[0].dimension) for end in ends)
        return f"`{best}`" if low == high else f"`{best}` ({low} to {high})"
    if isinstance(value, Model):
        return "its own defaults"
    if marks:
        return f"`{format_quantity(value, marks[0].dimension)}`"
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def _inner_models(model: type[Model]) -> list[type[Model]]:
    """Models that the fields of one name, in order."""
    found: list[type[Model]] = []

    def walk(annotation: Any) -> None:
        if isinstance(annotation, type) and issubclass(annotation, Uncertain):
            return
        if isinstance(annotation, type) and issubclass(annotation, Model):
            found.append(annotation)
        for each in get_args(annotation):
            walk(each)

    for name, field in model.model_fields.items():
        if name not in _SHARED:
            walk(field.annotation)
    return found
