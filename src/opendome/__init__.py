"""opendome: open simulator and analysis workbench for layered homeland missile defence."""

from __future__ import annotations

from opendome.kernel_cache import configure as _configure

__version__ = "0.1.0"

_configure()
