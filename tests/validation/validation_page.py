"""One page of `docs/validation`: published and own figures side by side."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Page:
    """Rows of a table under a title and a few words."""

    title: str
    introduction: str
    rows: list[tuple[str, str, str, str, str]] = field(default_factory=list)

    def add(self, case: str, theirs: float, ours: float, error: float, cause: str) -> None:
        """Add a figure; `error` is the half width of our 99 % interval, 0 where it is exact."""
        own = f"{ours:.4g} ± {error:.2g}" if error else f"{ours:.4g}"
        self.rows.append((case, f"{theirs:.4g}", own, f"{ours - theirs:+.2g}", cause))

    def as_markdown(self) -> str:
        """The page."""
        heading = self.title.splitlines()[0].rstrip(".")
        lines = [f"# {heading}", "", self.introduction.strip(), ""]
        lines += ["| case | theirs | ours | difference | cause |", "|---|---|---|---|---|"]
        lines += [f"| {' | '.join(row)} |" for row in self.rows]
        return "\n".join(lines) + "\n"
