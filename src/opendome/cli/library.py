"""`opendome library`: what the library holds, and where its values come from."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Final

import typer

from opendome.cli.options import AsJson

if TYPE_CHECKING:
    from rich.table import Table

_WIDTH: Final = 100

library = typer.Typer(
    add_completion=False,
    rich_markup_mode=None,
    no_args_is_help=True,
    help="List and show library elements with the sources of their values.",
)


@library.command("list")
def list_items(
    kind: Annotated[
        str | None, typer.Option(metavar="KIND", help="Only this kind, such as radar.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """List the library's items by name."""
    from opendome.scenario.listing import list_library

    items = list_library(kind)
    if as_json:
        typer.echo(json.dumps([{"name": n, "kind": k, "title": t} for n, k, t in items], indent=1))
        return
    from rich.console import Console

    table = _table("name", "kind", "title")
    for row in items:
        table.add_row(*row)
    Console(width=_WIDTH).print(table)


@library.command("show")
def show_item(
    name: Annotated[str, typer.Argument(help="Name or alias in the library.", show_default=False)],
    as_json: Annotated[
        bool, typer.Option("--json", help="JSON on standard output, numbers in SI units.")
    ] = False,
) -> None:
    """Show every value of an item with its range, source and confidence."""
    from opendome.scenario.listing import list_values

    listing = list_values(name)
    if as_json:
        content = listing._asdict()
        rows = [row._asdict() for row in content.pop("rows")]
        content["values"] = [
            {key: row[key] for key in row if key not in ("shown", "shown_range")} for row in rows
        ]
        typer.echo(json.dumps(content, indent=1))
        return
    from rich.console import Console

    console = Console(width=_WIDTH)
    console.print(f"{listing.name} ({listing.kind}): {listing.title}", style="bold")
    if listing.note:
        console.print(listing.note.strip())
    table = _table("value", "best", "low to high", "source", "confidence")
    for row in listing.rows:
        table.add_row(row.path, row.shown, row.shown_range, row.source, row.confidence)
    console.print(table)
    for row in listing.rows:
        if row.note and listing.kind != "architecture":
            console.print(f"{row.path}: {row.note}", highlight=False)


def _table(*columns: str) -> Table:
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    for column in columns:
        table.add_column(column, overflow="fold")
    return table
