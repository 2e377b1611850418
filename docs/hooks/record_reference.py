"""Makes the reference page of the record from its one declaration, `opendome.tables.record`."""

from __future__ import annotations

from typing import Any

from mkdocs.structure.files import File, Files

from opendome.tables.record import COLUMNS, FORMAT

PAGE = "reference/record.md"

HEAD = f"""# The record

A campaign leaves one directory: `manifest.json` and one folder of Parquet files per table.
Every table has two columns in front: `replication` (int) and `outer` (int; 0 holds the best
values of every assumption, above 0 stands the number of a draw of the assumptions).
Angles are in degrees and lengths in the unit that ends the column's name. Times are seconds since
the scenario's zero. This is record format {FORMAT}.
"""


def on_files(files: Files, config: Any) -> Files:
    """Add the generated page to the site."""
    lines = [HEAD]
    for table, columns in COLUMNS.items():
        lines += [
            f"\n## `{table}`\n",
            "| column | type | unit | meaning |",
            "| --- | --- | --- | --- |",
        ]
        lines += [f"| `{c.name}` | {c.kind} | {c.unit} | {c.meaning} |" for c in columns]
    files.append(File.generated(config, PAGE, content="\n".join(lines) + "\n"))
    return files
