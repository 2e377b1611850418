"""The one way this project compiles a kernel.

Kernels are module-level functions on plain floats and float64 arrays. They are compiled once and
kept in a cache that is named by the hash of all kernel sources (see `opendome.kernel_cache`), so
that an edit in any callee, in any file, never meets stale machine code.
"""

from __future__ import annotations

from collections.abc import Callable
from types import FunctionType
from typing import Any, TypeVar, cast

from numba import njit, types

from opendome.physics.twin_code import TwinCompiler

_Function = TypeVar("_Function", bound=Callable[..., Any])

# The promise that there are no NaN, infinite or negative-zero cases lets LLVM vectorise. Neither
# re-association nor contraction to fused multiply-add is allowed: where a function is compiled into
# several callers, both would give each of them its own last bits, and which of them runs depends on
# what a process has loaded before.
_VECTOR_FLAGS = {"nsz", "ninf", "nnan"}


def kernel(function: _Function) -> _Function:
    """Compile `function` with Numba: cached on disk, without the GIL, IEEE arithmetic."""
    return _compile(function)


def vector_kernel(function: _Function) -> _Function:
    """Compile `function` as `kernel` does, and let LLVM vectorise loops that hold selections.

    For bodies without NaN or infinity in play only.
    """
    return _compile(function, fastmath=_VECTOR_FLAGS)


def lane_kernel(function: _Function) -> _Function:
    """Compile a small function as `vector_kernel` does, for the body of a loop to be vectorised.

    LLVM must take it into its caller: one call that is left keeps the whole loop scalar.
    """
    return _compile(function, fastmath=_VECTOR_FLAGS, forceinline=True)


def _compile(function: _Function, **options: Any) -> _Function:
    """`function` as Python calls it, with a twin that other kernels call.

    Nearly every kernel is called by kernels alone. The code that takes Python's arguments apart
    would be a fifth of all compile time, machine code that nobody runs a third; the twin has
    neither (see `opendome.physics.twin_code`), and a cache of its own by its name.
    """
    options |= {"cache": True, "nogil": True, "error_model": "numpy"}
    compile_with: Any = njit
    public = compile_with(**options)(function)
    if public is not function:  # the compiler is on
        twin = FunctionType(
            function.__code__, function.__globals__, function.__name__, function.__defaults__
        )
        twin.__module__ = function.__module__
        twin.__qualname__ = f"{function.__qualname__}__called"
        options |= {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}
        called = compile_with(pipeline_class=TwinCompiler, **options)(twin)

        def get_call_template(args: Any, keywords: Any) -> Any:
            """As the twin's own, for constants by their type: else each of them is compiled for."""
            return called.get_call_template(
                tuple(types.unliteral(kind) for kind in args),
                {name: types.unliteral(kind) for name, kind in keywords.items()},
            )

        public.get_call_template = get_call_template
        public.get_overload = called.get_overload
    return cast(_Function, public)
