"""Make `src/opendome/geography/natural_earth.npz` from the npm packages that carry the sources.

    npm pack world-atlas@2.0.2 i18n-iso-countries@7.14.0      # in any folder; unpack both there
    python tools/natural_earth.py world-atlas/package i18n-iso-countries/package OUT.npz

`world-atlas` (Mike Bostock, ISC licence) is Natural Earth 1:50m, version 4.1.0, as TopoJSON;
Natural Earth itself is in the public domain. `i18n-iso-countries` (MIT licence) gives the
three-letter codes of ISO 3166-1 for its numbers.

Arcs, the pieces of line between meeting points of borders, are stored once, in hundredths of a
degree (0.6 km of rounding, under the 5 km or so by which 1:50m outlines are generalised). The
source carries rings across the antimeridian and round the south pole without a cut, and so does
this file.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np

STEPS_PER_DEGREE = 100
# Natural Earth closes Antarctica by a tiny circle at this latitude, which is no coast.
POLE_ARTEFACT_LATITUDE_DEG = -89.9


def decode_arcs(topology: dict[str, Any]) -> list[np.ndarray]:
    """The arcs of a quantised TopoJSON topology, (n, 2) longitude and latitude in degrees."""
    scale = np.array(topology["transform"]["scale"])
    translate = np.array(topology["transform"]["translate"])
    return [np.cumsum(np.array(arc), axis=0) * scale + translate for arc in topology["arcs"]]


def iso_codes(package: Path) -> dict[str, str]:
    """Three-letter code by three-digit number, both as text."""
    rows = json.loads((package / "codes.json").read_text())
    return {row[2]: row[1] for row in rows}


def main(atlas: Path, iso: Path, out: Path) -> None:
    """Read both packages and write the file."""
    topology = json.loads((atlas / "countries-50m.json").read_text())
    arcs = decode_arcs(topology)
    alpha3 = iso_codes(iso)

    codes: list[str] = []
    names: list[str] = []
    rings: list[list[int]] = []
    ring_country: list[int] = []
    for geometry in topology["objects"]["countries"]["geometries"]:
        polygons = [geometry["arcs"]] if geometry["type"] == "Polygon" else geometry["arcs"]
        # Lands without an ISO number (Kosovo, Somaliland, ...) are disputed: all are "other".
        codes.append(alpha3.get(geometry.get("id", ""), "other"))
        names.append(geometry["properties"]["name"])
        for ring in (ring for polygon in polygons for ring in polygon):
            vertices = np.concatenate([arcs[i if i >= 0 else ~i] for i in ring])
            if vertices[:, 1].max() < POLE_ARTEFACT_LATITUDE_DEG:
                continue
            rings.append(ring)
            ring_country.append(len(codes) - 1)

    points = np.round(np.concatenate(arcs) * STEPS_PER_DEGREE).astype(np.int32)
    np.savez_compressed(
        out,
        arc_first=np.cumsum([0] + [len(arc) for arc in arcs]).astype(np.int32),
        longitude_step=np.diff(points[:, 0], prepend=0).astype(np.int32),
        latitude_step=np.diff(points[:, 1], prepend=0).astype(np.int32),
        steps_per_degree=np.array(STEPS_PER_DEGREE),
        ring_first=np.cumsum([0] + [len(ring) for ring in rings]).astype(np.int32),
        ring_arcs=np.concatenate([np.array(ring) for ring in rings]).astype(np.int32),
        ring_country=np.array(ring_country, np.int16),
        country_code=np.array(codes),
        country_name=np.array(names),
    )


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit("usage: natural_earth.py WORLD_ATLAS_PACKAGE ISO_PACKAGE OUT.npz")
    main(*(Path(argument) for argument in sys.argv[1:]))
