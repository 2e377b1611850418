"""The two ways in which work ends early, each with its exit code on the command line."""

from __future__ import annotations


class BadInput(Exception):  # noqa: N818 - named for what it means to the user
    """Something the user gave cannot be used. One line: where, what was given, what is allowed.

    The command line prints it and exits 2; nothing has been written.
    """


class RunFailed(Exception):  # noqa: N818
    """The work was started and could not be finished. The command line exits 1."""
