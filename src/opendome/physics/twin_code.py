"""How the compiler treats a kernel that only kernels call: it becomes no machine code of its own.

Left alone, the compiler links into every kernel all that it calls, optimises the whole and emits
machine code for it, at each level of the calls anew. Only what Python calls is ever run, so only
that is worth the optimiser; the rest is kept as the compiler's intermediate code, for linking.

Nor does it count references to arrays where all of them belong to a caller. A count is an atomic
operation, two for each row of a table that is looked at: a fifth of the kernels' time in a
replication.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import llvmlite.binding as llvm
from numba.core import ir, types
from numba.core.codegen import JITCodeLibrary
from numba.core.compiler import Compiler
from numba.core.compiler_machinery import FunctionPass, register_pass
from numba.core.runtime.context import NRTContext
from numba.core.typed_passes import NopythonRewrites
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


# Expressions whose arrays are those of a caller, or views of them.
_BORROWING = frozenset({
    "build_tuple", "cast", "exhaust_iter", "getattr", "getiter", "iternext", "pair_first",
    "pair_second", "static_getitem", "getitem",
})  # fmt: skip


@register_pass(mutates_CFG=False, analysis_only=False)
class BorrowArrays(FunctionPass):
    """Count no references in a function that neither makes an array nor gives one back."""

    _name = "borrow_arrays"

    def __init__(self) -> None:
        super().__init__()

    def run_pass(self, state: Any) -> bool:
        """Called by Numba, between typing and lowering."""
        context = state.targetctx  # of this function alone
        models = context.data_model_manager

        def holds_arrays(kind: Any) -> bool:
            return bool(models[kind].contains_nrt_meminfo())

        def makes_arrays(statement: Any) -> bool:
            if not isinstance(statement, ir.Assign) or not isinstance(statement.value, ir.Expr):
                return False
            if not holds_arrays(state.typemap[statement.target.name]):
                return False
            value = statement.value
            if value.op == "call":  # but the tuple that is built of what is there
                return not isinstance(state.typemap[value.func.name], types.NamedTupleClass)
            if value.op == "getitem":  # picking rows copies them
                return holds_arrays(state.typemap[value.index.name])
            return value.op not in _BORROWING

        if not holds_arrays(state.return_type) and not any(
            makes_arrays(statement)
            for block in state.func_ir.blocks.values()
            for statement in block.body
        ):
            stop_counting(context)
        return False


def stop_counting(context: Any) -> None:
    """Let lowering in this context count no references; what it compiles in passing still does."""
    derive = context.subtarget

    def subtarget(**options: Any) -> Any:
        derived = derive(**options)
        del derived.nrt, derived.subtarget
        return derived

    context.enable_nrt = False
    context.nrt = NRTContext(context, enabled=False)
    context.subtarget = subtarget


class TwinCompiler(Compiler):
    """Numba's compiler, writing into a `TwinLibrary`."""

    def define_pipelines(self) -> Any:
        """Called by Numba."""
        pipelines = super().define_pipelines()
        for pipeline in pipelines:
            pipeline.add_pass_after(BorrowArrays, NopythonRewrites)
            pipeline.finalize()
        return pipelines

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
