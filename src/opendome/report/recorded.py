"""What the report reads of a stored campaign, no more of it than it needs."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from opendome.campaign.store import PARTS, Store, make_schema
from opendome.report.projection import unit_vectors
from opendome.scenario.units import ANGLE, parse_quantity

# Elements that the map shows, by their kind in the scenario.
_SITE_KINDS: Mapping[str, str] = {
    "battery": "interceptor",
    "radar": "radar",
    "skywave-radar": "radar",
    "radar-chain": "radar",
    "patrol-battery": "interceptor patrol",
    "patrol-radar": "radar patrol",
}


class Site(NamedTuple):
    """A place of the defence; `kind` is a value of `_SITE_KINDS`, a patrol stands at its middle."""

    name: str
    kind: str
    latitude_rad: float
    longitude_rad: float


class Recorded(NamedTuple):
    """A stored campaign: its manifest, and its tables on request."""

    store: Store
    manifest: dict[str, Any]

    def read(
        self,
        table: str,
        *,
        columns: Sequence[str] | None = None,
        replication: int | None = None,
        lethal: bool = False,
    ) -> pd.DataFrame:
        """Rows of a recorded table with every assumption at its best value, in plan order.

        Parameters
        ----------
        table : str
            A key of `tables.record.COLUMNS`.
        columns : sequence of str, optional
            Only these, besides `outer` and `replication`.
        replication : int, optional
            Rows of this replication only.
        lethal : bool
            Of `threats`, the lethal ones only: a large raid has far more debris and decoys.
        """
        schema = make_schema(table)
        wanted = None if columns is None else ["outer", "replication", *columns]
        keep = pc.field("outer") == 0
        if replication is not None:
            keep &= pc.field("replication") == replication
        if lethal:
            keep &= pc.field("lethal")
        pieces = [
            # Each file alone: a folder name with `=` further up must not become a column.
            pq.read_table(
                self.store.path / PARTS / part / f"{table}.parquet",
                columns=wanted,
                filters=keep,
                partitioning=None,
            )
            for part in self.store.part_names()
        ]
        whole = pa.concat_tables(pieces) if pieces else schema.empty_table()
        frame: pd.DataFrame = whole.to_pandas()
        return frame

    def list_sites(self) -> list[Site]:
        """Batteries and radars of the scenario, in its order; those of many places have no name."""
        elements = self.manifest.get("scenario", {}).get("architecture", {}).get("elements", {})
        sites = []
        for name, element in elements.items():
            kind = _SITE_KINDS.get(element.get("kind"))
            if kind is None:
                continue
            if "patrol" in element:
                middle = _find_middle(
                    [_read_place(each) for each in element["patrol"]["waypoints"]]
                )
                sites.append(Site("", kind, *middle))
            elif "sites" in element:
                sites += [Site("", kind, *_read_place(each)) for each in element["sites"]]
            else:
                sites.append(Site(name, kind, *_read_place(element)))
        return sites


def _read_place(block: Mapping[str, Any]) -> tuple[float, float]:
    """Latitude and longitude [rad] as the manifest has them."""
    return parse_quantity(block["latitude"], ANGLE), parse_quantity(block["longitude"], ANGLE)


def _find_middle(places: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """Latitude and longitude [rad] of the mean direction of some places."""
    latitude, longitude = np.array(places).T
    x, y, z = unit_vectors(latitude, longitude).sum(axis=0).tolist()
    return math.atan2(z, math.hypot(x, y)), math.atan2(y, x)


def open_recorded(path: Path) -> Recorded:
    """A stored campaign. Raises `BadInput` where `path` holds none."""
    store = Store.open(path)
    return Recorded(store, store.read_manifest())


def iterate_rows(frame: pd.DataFrame) -> Iterator[Any]:
    """Rows with their columns as attributes, of the types that `tables.record` says.

    The column `class`, a keyword of the language, becomes `class_name`.
    """
    return iter(frame.rename(columns={"class": "class_name"}).itertuples(index=False))


def find_kill(shots: pd.DataFrame) -> float:
    """When the first of a target's shots killed, which ends its thrust; NaN where none did."""
    return float(shots.loc[shots["result"] == "killed", "intercept_s"].min())


def carriers_of(threats: pd.DataFrame, missile: str, name: str) -> list[str]:
    """Names of all that carries a warhead in one replication: booster, cut body, and itself."""
    own = threats[threats["missile"] == missile]
    carriers = own.loc[own["kind"].isin(["booster", "body"]), "object"]
    return [*carriers, name]
