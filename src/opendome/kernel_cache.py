"""Where compiled kernels are kept, so that stale machine code is never served.

Numba's own cache looks only at the file that holds a function, not at the files of the functions
it calls. Here the cache folder carries the hash of every source file that can hold a kernel, of
the Python and Numba versions: any edit anywhere starts an empty folder.
"""

from __future__ import annotations

import hashlib
import os
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

_KERNEL_PACKAGES = (
    "physics",
    "geography",
    "tables",
    "threats",
    "space",
    "sensing",
    "tracking",
    "interceptors",
    "battle",
    "engine",
)


def hash_kernel_sources(package: Path) -> str:
    """Hash of all sources below `package` that can hold kernels, and of the compiler's version."""
    digest = hashlib.blake2b(digest_size=10)
    digest.update(sys.version.encode())
    for distribution in ("numba", "llvmlite"):
        try:
            digest.update(version(distribution).encode())
        except PackageNotFoundError:
            digest.update(b"absent")
    for name in _KERNEL_PACKAGES:
        for source in sorted((package / name).rglob("*.py")):
            digest.update(source.relative_to(package).as_posix().encode())
            digest.update(source.read_bytes())
    return digest.hexdigest()


def cache_root() -> Path:
    """Folder that holds the cache folders: `OPENDOME_CACHE`, else the user's cache folder."""
    chosen = os.environ.get("OPENDOME_CACHE")
    if chosen:
        return Path(chosen)
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "opendome"


def configure() -> None:
    """Point Numba at the folder for the present sources. Must run before Numba is imported.

    A `NUMBA_CACHE_DIR` that is set already is left as it is. The compiler words and colours a
    message for each of the thousands of guesses it drops; without colours that is cheap.
    """
    os.environ.setdefault("NUMBA_DISABLE_ERROR_MESSAGE_HIGHLIGHTING", "1")
    if "NUMBA_CACHE_DIR" in os.environ:
        return
    folder = cache_root() / f"kernels-{hash_kernel_sources(Path(__file__).parent)}"
    os.environ["NUMBA_CACHE_DIR"] = str(folder)
