"""The boost timeline as a budget: what the defence spends of the time that a missile burns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from opendome.report import theme


class Term(NamedTuple):
    """One term with its range."""

    name: str
    low_s: float
    best_s: float
    high_s: float
    source: str


class BoostBudget(NamedTuple):
    """Terms of one missile class, in the order in which the time is spent.

    The last term is the time that there is, from launch to the end of thrust; all others are
    durations that follow each other from launch on.
    """

    missile_class: str
    terms: Sequence[Term]
    measured_s: Mapping[str, float]  # what was measured -> median seconds after launch

    @property
    def spent(self) -> Sequence[Term]:
        """The terms that cost time."""
        return self.terms[:-1]

    @property
    def burnout(self) -> Term:
        """The time that there is. Raises `ValueError` where there are no terms."""
        if not self.terms:
            raise ValueError(f"the boost budget of {self.missile_class} has no terms")
        return self.terms[-1]

    @property
    def slack_s(self) -> tuple[float, float, float]:
        """What is left at burnout: all terms adverse, at their best estimates, all favourable."""
        return (
            self.burnout.low_s - sum(term.high_s for term in self.spent),
            self.burnout.best_s - sum(term.best_s for term in self.spent),
            self.burnout.high_s - sum(term.low_s for term in self.spent),
        )


# Neighbours differ in lightness too.
_COLOURS: Final = (
    theme.BLUE, theme.SKY, theme.GREEN, theme.YELLOW, theme.PURPLE, theme.ORANGE, theme.GREY,
    theme.PALE,
)  # fmt: skip
_MEASURED_MARKERS: Final = ("o", "D", "s", "^")


@theme.themed
def draw_boost_budget(budgets: Sequence[BoostBudget]) -> Figure:
    """A bar per missile class of the time spent, against the time until burnout.

    Raises `ValueError` where there is no budget or one without terms.
    """
    if not budgets:
        raise ValueError("no boost budget to draw")
    figure = Figure(figsize=(9.6, 2.3 + 0.95 * len(budgets)), layout="constrained")
    axes = figure.subplots()
    names = list(dict.fromkeys(term.name for budget in budgets for term in budget.spent))
    colours = {name: _COLOURS[i % len(_COLOURS)] for i, name in enumerate(names)}
    measures = list(dict.fromkeys(name for budget in budgets for name in budget.measured_s))
    markers = dict(zip(measures, _MEASURED_MARKERS, strict=False))
    for i, budget in enumerate(budgets):
        at = 0.0
        for term in budget.spent:
            axes.barh(
                i, term.best_s, left=at, height=0.4, color=colours[term.name], edgecolor="white"
            )
            at += term.best_s
        low = sum(term.low_s for term in budget.spent)
        high = sum(term.high_s for term in budget.spent)
        axes.plot([low, high], [i + 0.27, i + 0.27], color=theme.INK, lw=1.4, marker="|", ms=6.0)
        burnout = budget.burnout
        axes.barh(
            i, burnout.high_s - burnout.low_s, left=burnout.low_s, height=0.76,
            color=theme.VERMILLION, alpha=0.22,
        )  # fmt: skip
        axes.plot([burnout.best_s] * 2, [i - 0.38, i + 0.38], color=theme.VERMILLION, lw=2.2)
        for name, median in budget.measured_s.items():
            axes.plot(
                median, i - 0.31, markers.get(name, "o"), mfc="white", mec=theme.BLACK, ms=6.0
            )
    axes.set_yticks(range(len(budgets)), [budget.missile_class for budget in budgets])
    axes.set_ylim(len(budgets) - 0.5, -0.5)
    axes.set_xlim(left=0.0)
    axes.set_xlabel("time since launch [s]")
    axes.set_ylabel("missile class")
    axes.grid(axis="x")
    handles: list[Patch | Line2D] = [Patch(color=colours[name], label=name) for name in names]
    handles += [
        Line2D([], [], color=theme.INK, marker="|", label="total spent, low to high"),
        Line2D([], [], color=theme.VERMILLION, lw=2.2, label="burnout, with its range"),
    ]
    handles += [
        Line2D([], [], ls="none", marker=marker, mfc="white", mec=theme.BLACK,
               label=f"simulated median: {name}")
        for name, marker in markers.items()
    ]  # fmt: skip
    figure.legend(handles=handles, loc="outside lower center", ncols=3)
    return figure
