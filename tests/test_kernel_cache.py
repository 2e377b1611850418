"""The kernel cache never serves machine code of sources that have changed."""

from __future__ import annotations

import importlib
import os
import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest

import opendome
from opendome import kernel_cache

CALLEE = """from opendome.physics.jit import kernel


@kernel
def constant() -> float:
    return {value}
"""

CALLER = """from callee import constant
from opendome.physics.jit import kernel


@kernel
def twice() -> float:
    return 2.0 * constant()
"""

# Runs in a fresh process: names the cache folder by the hash of the small package, as
# `opendome` does for its own sources, then says what the kernel gives and how often the caller's
# machine code was taken from the cache.
PROBE = """
import os, sys
from pathlib import Path

from opendome.kernel_cache import cache_root, hash_kernel_sources

package = Path(sys.argv[1])
folder = cache_root() / f"kernels-{hash_kernel_sources(package)}"
os.environ["NUMBA_CACHE_DIR"] = str(folder)
sys.path.insert(0, str(package / "physics"))
from caller import twice

value = twice()
hits = sum(twice.stats.cache_hits.values())
print(folder.name, value, hits)
"""


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """Two kernel files of which one calls the other, where a package keeps its kernels."""
    folder = tmp_path / "package" / "physics"
    folder.mkdir(parents=True)
    (folder / "caller.py").write_text(CALLER)
    (folder / "callee.py").write_text(CALLEE.format(value="1.5"))
    return folder.parent


def probe(package: Path, cache: Path) -> tuple[str, float, int]:
    """Cache folder, result and cache hits of the small package in a fresh process."""
    environment = {
        name: value
        for name, value in os.environ.items()
        if name not in ("NUMBA_CACHE_DIR", "NUMBA_DISABLE_JIT")
    } | {"OPENDOME_CACHE": str(cache)}
    done = subprocess.run(
        [sys.executable, "-c", PROBE, str(package)],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    folder, value, hits = done.stdout.split()
    return folder, float(value), int(hits)


def test_edit_in_a_callee_of_another_file_gives_the_new_result(
    package: Path, tmp_path: Path
) -> None:
    """An edit in a callee's file changes the folder, and the untouched caller is compiled anew."""
    cache = tmp_path / "cache"
    first_folder, first_value, first_hits = probe(package, cache)
    again_folder, again_value, again_hits = probe(package, cache)
    (package / "physics" / "callee.py").write_text(CALLEE.format(value="4.0"))
    edited_folder, edited_value, edited_hits = probe(package, cache)

    assert (first_value, again_value, edited_value) == (3.0, 3.0, 8.0)
    assert first_folder == again_folder
    assert edited_folder != first_folder
    assert (first_hits, again_hits, edited_hits) == (0, 1, 0)


def test_only_what_python_calls_becomes_machine_code(package: Path, tmp_path: Path) -> None:
    """A kernel that kernels alone call is optimised in its callers: no code of its own runs."""
    folder, value, _ = probe(package, tmp_path / "cache")
    sizes = {
        path.name.split("-")[0]: path.stat().st_size
        for path in (tmp_path / "cache" / folder).rglob("*.nbc")
    }
    assert value == 3.0
    assert set(sizes) == {"callee.constant__called", "caller.twice"}
    assert sizes["callee.constant__called"] < 0.5 * sizes["caller.twice"]


def test_hash_sees_names_and_bytes_of_every_kernel_package(package: Path) -> None:
    """A new file, a changed byte and a renamed file each change the hash; other files do not."""
    before = kernel_cache.hash_kernel_sources(package)
    (package / "cli").mkdir()
    (package / "cli" / "main.py").write_text("x = 1\n")
    (package / "physics" / "notes.txt").write_text("not code\n")
    assert kernel_cache.hash_kernel_sources(package) == before

    (package / "battle").mkdir()
    added = package / "battle" / "plan.py"
    added.write_text("")
    with_file = kernel_cache.hash_kernel_sources(package)
    added.write_text("\n")
    with_byte = kernel_cache.hash_kernel_sources(package)
    added.rename(added.with_name("assign.py"))
    renamed = kernel_cache.hash_kernel_sources(package)
    assert len({before, with_file, with_byte, renamed}) == 4


def test_every_package_that_compiles_kernels_is_hashed() -> None:
    """No module outside the hashed packages uses the kernel decorators."""
    root = Path(kernel_cache.__file__).parent
    hashed = set(kernel_cache._KERNEL_PACKAGES)
    outside = [
        source
        for source in root.rglob("*.py")
        if "physics.jit import" in source.read_text()
        and source.relative_to(root).parts[0] not in hashed
    ]
    assert outside == []


def test_chosen_folders_win(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """`OPENDOME_CACHE` goes before the user's cache folder; a given NUMBA_CACHE_DIR stays."""
    monkeypatch.delenv("OPENDOME_CACHE", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    assert kernel_cache.cache_root() == tmp_path / "xdg" / "opendome"
    monkeypatch.setenv("OPENDOME_CACHE", str(tmp_path / "own"))
    assert kernel_cache.cache_root() == tmp_path / "own"

    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path / "given"))
    kernel_cache.configure()
    assert os.environ["NUMBA_CACHE_DIR"] == str(tmp_path / "given")
    monkeypatch.delenv("NUMBA_CACHE_DIR")
    kernel_cache.configure()
    chosen = Path(os.environ["NUMBA_CACHE_DIR"])
    assert chosen.parent == tmp_path / "own"
    assert chosen.name.startswith("kernels-")


def test_no_kernel_may_round_as_its_callers_like() -> None:
    """Contraction and re-association give a function other last bits in each of its callers."""
    n_kernels = 0
    for module in pkgutil.walk_packages(opendome.__path__, "opendome."):
        if module.name.split(".")[1] in kernel_cache._KERNEL_PACKAGES:
            for thing in vars(importlib.import_module(module.name)).values():
                options = getattr(thing, "targetoptions", {})
                n_kernels += bool(options)
                flags = options.get("fastmath", set())
                assert flags is not True
                assert not {"fast", "contract", "reassoc", "arcp", "afn"} & set(flags or ())
    assert n_kernels > 100 or os.environ.get("NUMBA_DISABLE_JIT") == "1"
