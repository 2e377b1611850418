"""A campaign on disk: a directory with a manifest and Parquet parts, one per chunk.

    DIR/manifest.json
    DIR/parts/outer0000-first00000000/threats.parquet, engagements.parquet, ...
    DIR/parts/outer0000-first00000020/...

A part is a folder that is filled under a temporary name and renamed: it is whole or absent. Names
sort in the order of the plan, so that reading gives the same rows in the same order whoever wrote
them. DuckDB reads in place: `SELECT ... FROM 'DIR/parts/*/threats.parquet'`.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping, Sequence
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from opendome.errors import BadInput
from opendome.tables.record import COLUMNS, FORMAT, Column, Table

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

MANIFEST: Final = "manifest.json"
PARTS: Final = "parts"
LOG: Final = "run.log"
SUMMARY: Final = "summary.json"
REPORT: Final = "report.html"
_UNFINISHED: Final = ".unfinished-"

# In front of every recorded table, see `tables.record`.
KEYS: Final = (
    Column("outer", "int", "", "0: best values; above: number of the draw of the assumptions"),
    Column("replication", "int", "", "number of the replication"),
)


def choose_directory(name: str, root: Path = Path("runs")) -> Path:
    """The first of `root/name-1`, `root/name-2`, ... that does not exist."""
    letters = [letter if letter.isalnum() or letter in "-_." else "-" for letter in name.lower()]
    stem = "".join(letters).strip("-.") or "campaign"
    return next(path for n in count(1) if not (path := root / f"{stem}-{n}").exists())


def check_output(path: Path, *, overwrite: bool = False) -> None:
    """Raise `BadInput` where a campaign could not be written to `path`; writes nothing."""
    if path.exists():
        if not path.is_dir():
            raise BadInput(f"--out {path}: a file of that name exists; give a directory")
        if any(path.iterdir()):
            if not (path / MANIFEST).exists():
                raise BadInput(f"--out {path}: holds other files; give a new or empty directory")
            if not overwrite:
                raise BadInput(
                    f"--out {path}: holds a campaign; give --overwrite, --resume or another name"
                )
    parent = path.absolute()
    while not parent.exists():
        parent = parent.parent
    if not parent.is_dir():
        raise BadInput(f"--out {path}: {parent} is a file, not a directory")
    if not os.access(parent, os.W_OK | os.X_OK):
        raise BadInput(f"--out {path}: no permission to write in {parent}")


class Store(NamedTuple):
    """The directory of one campaign."""

    path: Path

    @staticmethod
    def create(path: Path, *, overwrite: bool = False) -> Store:
        """Make the directory; with `overwrite`, what a campaign left there is removed first.

        Files that no campaign writes stay. Raises `BadInput` as `check_output` does.
        """
        check_output(path, overwrite=overwrite)
        try:
            path.mkdir(parents=True, exist_ok=True)
            for name in (MANIFEST, LOG, SUMMARY, REPORT):
                (path / name).unlink(missing_ok=True)
            if (path / PARTS).exists():
                shutil.rmtree(path / PARTS)
            (path / PARTS).mkdir()
        except OSError as error:
            raise BadInput(f"--out {path}: cannot be written: {error.strerror}") from error
        return Store(path)

    @staticmethod
    def open(path: Path) -> Store:
        """A campaign that exists. Raises `BadInput` where `path` holds none."""
        if not (path / MANIFEST).is_file():
            raise BadInput(f"{path}: no campaign there (a directory with {MANIFEST} is needed)")
        return Store(path)

    def write_manifest(self, manifest: Mapping[str, Any]) -> None:
        """Replace the manifest, whole."""
        self.write_json(MANIFEST, manifest)

    def write_json(self, name: str, content: Mapping[str, Any]) -> None:
        """Write one JSON file of the campaign, whole or not at all."""
        unfinished = self.path / (_UNFINISHED + name)
        unfinished.write_text(json.dumps(content, indent=1, allow_nan=False) + "\n", "utf-8")
        unfinished.replace(self.path / name)

    def read_manifest(self) -> dict[str, Any]:
        """The manifest. Raises `BadInput` where it is no JSON object, or of another format."""
        try:
            manifest = json.loads((self.path / MANIFEST).read_text("utf-8"))
        except (OSError, ValueError) as error:
            raise BadInput(f"{self.path / MANIFEST}: cannot be read: {error}") from error
        if not isinstance(manifest, dict):
            raise BadInput(f"{self.path / MANIFEST}: must be a JSON object")
        if manifest.get("format") != FORMAT:
            raise BadInput(
                f"{self.path / MANIFEST}: record format {manifest.get('format')}; this version"
                f" reads format {FORMAT}: run the campaign again"
            )
        return manifest

    def has_part(self, name: str) -> bool:
        """Whether the part is there, whole."""
        return (self.path / PARTS / name).is_dir()

    def part_names(self) -> list[str]:
        """Names of all parts, in the order of the plan."""
        return sorted(
            entry.name
            for entry in (self.path / PARTS).iterdir()
            if not entry.name.startswith(_UNFINISHED)
        )

    def write_part(self, name: str, tables: Mapping[str, Table]) -> None:
        """Write one part; `tables` hold the key columns. A part that is there already stays."""
        import pyarrow.parquet as pq

        parts = self.path / PARTS
        unfinished = parts / f"{_UNFINISHED}{name}-{os.getpid()}"
        unfinished.mkdir()
        for table_name in COLUMNS:
            arrow = _to_arrow(table_name, tables.get(table_name))
            pq.write_table(arrow, unfinished / f"{table_name}.parquet", compression="zstd")
        if self.has_part(name):
            shutil.rmtree(unfinished)
        else:
            unfinished.rename(parts / name)

    def remove_unfinished(self) -> None:
        """Remove what interrupted writers left."""
        for entry in (self.path / PARTS).glob(f"{_UNFINISHED}*"):
            shutil.rmtree(entry)

    def read(self, table: str, columns: Sequence[str] | None = None) -> pd.DataFrame:
        """A recorded table of all parts, in the order of the plan; units in `.attrs["units"]`.

        Parameters
        ----------
        table : str
            A key of `tables.record.COLUMNS`.
        columns : sequence of str, optional
            Only these, besides `outer` and `replication`.
        """
        import pyarrow as pa
        import pyarrow.parquet as pq

        wanted = None if columns is None else [*(key.name for key in KEYS), *columns]
        schema = make_schema(table)
        if wanted is not None:
            schema = pa.schema([schema.field(name) for name in wanted])
        pieces = [
            # Each file alone: a folder name with `=` further up must not become a column.
            pq.ParquetFile(self.path / PARTS / name / f"{table}.parquet").read(columns=wanted)
            for name in self.part_names()
        ]
        whole = pa.concat_tables(pieces) if pieces else schema.empty_table()
        frame: pd.DataFrame = whole.select(schema.names).to_pandas()
        frame.attrs["units"] = {
            column.name: column.unit
            for column in (*KEYS, *COLUMNS[table])
            if column.unit and column.name in frame
        }
        return frame


def make_schema(table: str) -> pa.Schema:
    """Arrow schema of a recorded table; each field carries unit and meaning as metadata."""
    import pyarrow as pa

    kinds = {"float": pa.float64(), "int": pa.int64(), "text": pa.string(), "flag": pa.bool_()}
    return pa.schema(
        [
            pa.field(
                column.name,
                kinds[column.kind],
                metadata={"unit": column.unit, "meaning": column.meaning},
            )
            for column in (*KEYS, *COLUMNS[table])
        ]
    )


def _to_arrow(name: str, table: Table | None) -> pa.Table:
    import pyarrow as pa

    schema = make_schema(name)
    if table is None:
        return schema.empty_table()
    missing = [field.name for field in schema if field.name not in table]
    if missing:
        raise ValueError(f"table {name}: columns missing: {', '.join(missing)}")
    return pa.table(
        [
            pa.array(np.asarray(table[field.name]), field.type, from_pandas=False)
            for field in schema
        ],
        schema=schema,
    )
