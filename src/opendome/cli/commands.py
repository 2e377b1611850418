"""The commands by name, each imported only when it is called, so that `--help` is quick."""

from __future__ import annotations

from importlib import import_module
from typing import Any, Final, NamedTuple

import typer
from typer.core import TyperGroup


class Command(NamedTuple):
    """Where a command is found: a function with Typer annotations, or a Typer of subcommands."""

    module: str
    attribute: str
    summary: str


CONTEXT: Final = {"help_option_names": ["-h", "--help"], "max_content_width": 100}

COMMANDS: Final = {
    "run": Command("opendome.cli.run", "run", "Run a campaign: record, summary and report."),
    "compare": Command(
        "opendome.cli.compare", "compare", "Compare architectures against one raid, in pairs."
    ),
    "explain": Command("opendome.cli.explain", "explain", "Tell why a threat got through."),
    "fly": Command("opendome.cli.fly", "fly", "Fly one missile from a place to a place."),
    "assign": Command(
        "opendome.cli.assign", "assign", "Assign weapons to targets, with a proven bound."
    ),
    "library": Command("opendome.cli.library", "library", "List and show library elements."),
    "validate": Command("opendome.cli.validate", "validate", "Check a scenario before running."),
    "schema": Command("opendome.cli.schema", "schema", "Print the JSON Schema of scenarios."),
    "new": Command("opendome.cli.new", "new", "Write a commented starter scenario."),
    "warm-up": Command("opendome.cli.warm_up", "warm_up", "Compile the kernels once."),
}


class Interrupted(Exception):  # noqa: N818 - not an error
    """Ctrl-C, with what was said about it; Typer would take a KeyboardInterrupt and drop that."""


class LazyGroup(TyperGroup):
    """A group that shows summaries from `COMMANDS` and imports only the command that is called."""

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:
        """The real command in place of the one that stands for it in the help."""
        name, found, rest = super().resolve_command(ctx, args)
        if name in COMMANDS:
            found = load_command(name)
        return name, found, rest

    def invoke(self, ctx: Any) -> Any:
        """Run the command; Ctrl-C comes out as `Interrupted`."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt as interrupt:
            raise Interrupted(str(interrupt)) from None


def load_command(name: str) -> Any:
    """Import a command and make it a parser."""
    command = COMMANDS[name]
    target = getattr(import_module(command.module), command.attribute)
    if isinstance(target, typer.Typer):
        group = target
    else:
        group = typer.Typer(add_completion=False, rich_markup_mode=None)
        group.command(name=name, context_settings=CONTEXT)(target)
    return typer.main.get_command(group)


def register_summaries(app: typer.Typer) -> None:
    """Put every command into the help of `app` without importing it."""
    for name, command in COMMANDS.items():
        app.command(name=name, help=command.summary)(_stand_in)


def _stand_in() -> None:
    """Never called: `LazyGroup.resolve_command` puts the real command in its place."""
