"""Places on the command line: coordinates, cities, launch areas and sites of the library."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from typing import Any, Final

from opendome.errors import BadInput
from opendome.threats.single import Place

_NUMBER: Final = r"([+-]?\d+(?:\.\d*)?|[+-]?\.\d+)"
_PAIR: Final = re.compile(rf"\s*{_NUMBER}\s*([NSns]?)\s*,\s*{_NUMBER}\s*([EWew]?)\s*")


def parse_place(text: str, option: str) -> Place:
    """A place from `39N,126E`, `39.0,126.0`, or the name of a city, launch area or site.

    Raises `BadInput`, with `option` in front, for anything else.
    """
    pair = _PAIR.fullmatch(text)
    if pair is None:
        return _find_named(text, option)
    latitude = _signed(pair[1], pair[2], "Ss", text, option)
    longitude = _signed(pair[3], pair[4], "Ww", text, option)
    if not -90.0 <= latitude <= 90.0:
        raise BadInput(f"{option} {text!r}: latitude {latitude:g}; allowed: -90 to 90 deg")
    if not -180.0 <= longitude <= 360.0:
        raise BadInput(f"{option} {text!r}: longitude {longitude:g}; allowed: -180 to 360 deg")
    return Place(text.strip(), math.radians(latitude), math.radians(longitude))


def _signed(number: str, letter: str, negative: str, text: str, option: str) -> float:
    value = float(number)
    if letter and value < 0.0:
        raise BadInput(f"{option} {text!r}: a sign or a letter, not both")
    return -value if letter and letter in negative else value


def _find_named(text: str, option: str) -> Place:
    from opendome.scenario.base import suggest

    known: dict[str, Place] = {}
    for place in _named_places():
        known.setdefault(place.name.casefold(), place)
    found = known.get(text.strip().casefold())
    if found is None:
        hint = suggest(text, [place.name for place in known.values()])
        raise BadInput(
            f"{option} {text!r} is neither a pair such as 39N,126E nor a place of the library; "
            f"{hint}"
        )
    return found


def _named_places() -> Iterator[Place]:
    """Cities, defended sites, launch areas (heaviest place) and places in them, then elements."""
    from opendome.scenario import library
    from opendome.scenario.kinds import all_kinds
    from opendome.scenario.models.places import City, DefendedSite

    for nation in library.city_files():
        for name, tree in library.cities(nation).items():
            city = City.model_validate(tree)
            yield Place(name, city.latitude, city.longitude)
    for nation in library.site_files():
        for name, tree in library.sites(nation).items():
            base = DefendedSite.model_validate(tree)
            yield Place(name, base.latitude, base.longitude)
    areas = library.names(("launch-area",))
    for name in areas:
        area: Any = all_kinds()["launch-area"].model_validate(library.load(name).tree)
        chief = max(area.places, key=lambda place: float(place.weight))
        yield Place(name, chief.latitude, chief.longitude)
        for place in area.places:
            yield Place(place.name, place.latitude, place.longitude)
    for kind in ("radar", "battery"):
        for name in library.names((kind,)):
            site: Any = all_kinds()[kind].model_validate(library.load(name).tree)
            yield Place(name, site.latitude, site.longitude)
