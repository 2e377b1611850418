"""The shipped outlines of the world's countries.

Source: Natural Earth 1:50m, version 4.1.0 (public domain); `tools/natural_earth.py` makes the
file. Islands under about 10 km and shoreline detail under about 5 km are generalised away.
"""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


class Outlines(NamedTuple):
    """Closed rings of every country, and the same lines told apart as coasts and borders.

    Ring `i` holds vertices `ring_first[i]` to `ring_first[i + 1]`, its first vertex repeated at
    its end; the rings of a country follow each other. Rings cross the antimeridian and go round
    the south pole without a cut: the longitude of neighbouring vertices is to be compared modulo
    a turn. Inside is where an odd number of a country's rings are crossed on the way to the north
    pole.
    """

    longitude_rad: Floats  # (n_vertices,)
    latitude_rad: Floats  # (n_vertices,)
    ring_first: Integers  # (n_rings + 1,)
    ring_country: Integers  # (n_rings,) row of `codes`
    codes: tuple[str, ...]  # (n_countries,) ISO 3166-1 alpha-3, or "other"
    names: tuple[str, ...]  # (n_countries,)
    coasts_rad: tuple[Floats, ...]  # (n, 2) longitude and latitude of lines between land and sea
    borders_rad: tuple[Floats, ...]  # (n, 2) lines between two countries


@lru_cache(maxsize=1)
def load_outlines() -> Outlines:
    """The world's outlines, read once."""
    with (
        files("opendome.geography").joinpath("natural_earth.npz").open("rb") as stream,
        np.load(stream) as stored,
    ):
        data = {name: stored[name] for name in stored.files}
    points = np.cumsum(
        np.column_stack([data["longitude_step"], data["latitude_step"]]), axis=0, dtype=np.int64
    )
    points_rad = np.radians(points / float(data["steps_per_degree"]))
    arcs = np.split(points_rad, data["arc_first"][1:-1])
    rings = [
        _close([arcs[i] if i >= 0 else arcs[~i][::-1] for i in ring])
        for ring in np.split(data["ring_arcs"], data["ring_first"][1:-1])
    ]
    vertices = np.concatenate(rings)
    uses = np.bincount(np.where(data["ring_arcs"] < 0, ~data["ring_arcs"], data["ring_arcs"]),
                       minlength=len(arcs))  # fmt: skip
    return Outlines(
        longitude_rad=np.ascontiguousarray(vertices[:, 0]),
        latitude_rad=np.ascontiguousarray(vertices[:, 1]),
        ring_first=np.cumsum([0] + [len(ring) for ring in rings], dtype=np.int64),
        ring_country=data["ring_country"].astype(np.int64),
        codes=tuple(str(code) for code in data["country_code"]),
        names=tuple(str(name) for name in data["country_name"]),
        coasts_rad=tuple(arc for arc, n in zip(arcs, uses, strict=True) if n == 1),
        borders_rad=tuple(arc for arc, n in zip(arcs, uses, strict=True) if n > 1),
    )


def _close(pieces: list[Floats]) -> Floats:
    """One closed ring from arcs that each begin where the one before ends."""
    ring = np.concatenate([piece[:-1] for piece in pieces])
    return np.concatenate([ring, ring[:1]])
