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
            help="Log more; -vv logs all, with tracebacks.",
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
    except (Interrupted, typer.Abort) as interrupt:
        return _tell(str(interrupt) or "interrupted", INTERRUPTED)
    except KeyboardInterrupt:
        return _tell("interrupted", INTERRUPTED)
    except BadInput as error:
        return _tell(str(error), BAD_INPUT)
    except _UsageError as error:
        return _tell(error.format_message(), BAD_INPUT)  # type: ignore[attr-defined]
    except RunFailed as error:
        return _tell(str(error), FAILED)
    except Exception as error:
        return _tell(f"internal error: {type(error).__name__}: {error} (-vv shows where)", FAILED)


def _tell(message: str, code: int) -> int:
    """Say why the program ends, in one line on standard error, after the traceback where asked."""
    if logging.getLogger("opendome").isEnabledFor(logging.DEBUG):
        traceback.print_exc()
    print(f"opendome: {' '.join(message.split())}", file=sys.stderr)
    return code


def _put_verbosity_first(arguments: list[str]) -> list[str]:
    """`-v` and `-q` belong to the program, and may stand behind the command's name all the same."""
    end = arguments.index("--") if "--" in arguments else len(arguments)
    switches = [word for word in arguments[:end] if word in (*_LOUD, *_QUIET)]
    rest = [word for word in arguments[:end] if word not in (*_LOUD, *_QUIET)]
    return [*switches, *rest, *arguments[end:]] if rest else arguments
