"""The `opendome` program: parsing, exit codes and the log; one module per command beside this."""

from __future__ import annotations

import logging
import sys
import traceback
from collections.abc import Sequence
from typing import Annotated, Final

import typer

import opendome
from opendome.cli.commands import CONTEXT, Interrupted, LazyGroup, register_summaries
from opendome.errors import BadInput, RunFailed

DONE: Final = 0
FAILED: Final = 1
BAD_INPUT: Final = 2
INTERRUPTED: Final = 130

# What Typer raises for a wrong option or argument; it gives the class no public name of its own.
_UsageError: type[Exception] = typer.BadParameter.__mro__[1]

_LOUD: Final = ("-v", "-vv", "--verbose")
_QUIET: Final = ("-q", "--quiet")

app = typer.Typer(
    cls=LazyGroup,
    name="opendome",
    help="Open simulator and analysis workbench for layered homeland missile defence.",
    epilog="Exit codes: 0 done, 1 the run failed, 2 bad input, 130 interrupted.",
    add_completion=False,
    rich_markup_mode=None,
    context_settings=CONTEXT,
)
register_summaries(app)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"opendome {opendome.__version__}")
        raise typer.Exit


@app.callback()
def _configure(
    verbose: Annotated[
        int,
        typer.Option(
            "--verbose",
            "-v",
            count=True,
            show_default=False,
            help="Log more, with tracebacks; -vv logs all.",
        ),
    ] = 0,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Log errors only.")] = False,
    version: Annotated[
        bool,
        typer.Option("--version", callback=_print_version, is_eager=True, help="Print it and end."),
    ] = False,
) -> None:
    if quiet:
        level = logging.ERROR
    else:
        level = (logging.WARNING, logging.INFO, logging.DEBUG)[min(verbose, 2)]
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(levelname)s %(name)s: %(message)s"))
    handler.setLevel(level)
    logger = logging.getLogger("opendome")
    logger.handlers = [handler]
    # A campaign's own log takes what standard error does not show.
    logger.setLevel(min(level, logging.INFO))


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program; returns its exit code.

    Parameters
    ----------
    arguments : sequence of str, optional
        Without the program's name; by default those of the process.
    """
    given = _put_verbosity_first(sys.argv[1:] if arguments is None else list(arguments))
    try:
        code = typer.main.get_command(app).main(
            args=given or ["--help"], prog_name="opendome", standalone_mode=False
        )
        return code if isinstance(code, int) else DONE
    except (Exception, KeyboardInterrupt) as error:
        if any(word in _LOUD for word in given):
            traceback.print_exc()
        message, code = _explain_end(error)
        print(f"opendome: {' '.join(message.split())}", file=sys.stderr)
        return code


def _explain_end(error: BaseException) -> tuple[str, int]:
    """Why the program ends, in words, and its exit code."""
    if isinstance(error, BadInput):
        return str(error), BAD_INPUT
    if isinstance(error, _UsageError):
        return error.format_message(), BAD_INPUT  # type: ignore[attr-defined]
    if isinstance(error, RunFailed):
        return str(error), FAILED
    if isinstance(error, Interrupted | typer.Abort | KeyboardInterrupt):
        return str(error) or "interrupted", INTERRUPTED
    return f"internal error: {type(error).__name__}: {error} (-v shows where)", FAILED


def _put_verbosity_first(arguments: list[str]) -> list[str]:
    """`-v` and `-q` belong to the program, and may stand behind the command's name all the same."""
    end = arguments.index("--") if "--" in arguments else len(arguments)
    switches = [word for word in arguments[:end] if word in (*_LOUD, *_QUIET)]
    rest = [word for word in arguments[:end] if word not in (*_LOUD, *_QUIET)]
    return [*switches, *rest, *arguments[end:]] if rest else arguments
