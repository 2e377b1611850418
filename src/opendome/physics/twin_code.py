"""How the compiler treats a kernel that only kernels call: it becomes no machine code of its own.

Left alone, the compiler links into every kernel all that it calls, optimises the whole and emits
machine code for it, at each level of the calls anew. Only what Python calls is ever run, so only
that is worth the optimiser; the rest is kept as the compiler's intermediate code, for linking.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import llvmlite.binding as llvm
from numba.core import types
from numba.core.codegen import JITCodeLibrary
from numba.core.compiler import Compiler
from numba.core.typing.context import BaseContext

# What the compiler calls the variables that hold a function's environment (its module's globals).
_ENVIRONMENT = "_ZN08NumbaEnv"


class TwinLibrary(JITCodeLibrary):
    """Code of one function and of what it calls, to be linked and optimised in its callers."""

    def _optimize_final_module(self) -> None:
        """Only what makes the code smaller: the caller's optimiser sees all of it again.

        Without this, loops end in so large a function that the tracker loses a tenth of its rate.
        """
        passes, builder = self._codegen._module_pass_manager(
            opt=1, loop_vectorize=False, slp_vectorize=False, cost="cheap"
        )
        passes.run(self._final_module, builder)

    def _finalize_final_module(self) -> None:
        """Keep the code for callers; give the machine only the environments' variables."""
        self._finalize_dynamic_globals()
        self._verify_declare_only_symbols()
        whole, self._finalized = self._final_module, True
        self._get_module_for_linking()  # kept in `_shared_module`
        self._finalized = False
        self._final_module = llvm.parse_assembly(
            str(self._codegen._create_empty_module(self.name))
            + "".join(
                f'\n@"{variable.name}" = common global i64 0'
                for variable in whole.global_variables
                if variable.name.startswith(_ENVIRONMENT)
            )
        )
        super()._finalize_final_module()


class TwinCompiler(Compiler):
    """Numba's compiler, writing into a `TwinLibrary`."""

    def compile_extra(self, function: Callable[..., Any]) -> Any:
        """Compile `function`; called by Numba."""
        library = TwinLibrary(self.state.targetctx.codegen(), function.__qualname__)
        library.enable_object_caching()
        self.state.library = library
        return super().compile_extra(function)


def remember_operators() -> None:
    """Let this process work out the type of each operation on numbers once.

    The compiler asks anew at every `+` of every kernel, and tries all that might be meant: lists,
    texts and sets before numbers.
    """
    resolve = BaseContext.resolve_function_type
    known: dict[Any, Any] = {}

    def remember(self: Any, function: Any, args: Any, keywords: Any) -> Any:
        if keywords or not all(isinstance(kind, (types.Number, types.Boolean)) for kind in args):
            return resolve(self, function, args, keywords)
        key = (id(self), function, args)
        if key not in known:
            known[key] = resolve(self, function, args, keywords)
        return known[key]

    BaseContext.resolve_function_type = remember  # type: ignore[method-assign]
