"""A stored campaign as pandas tables, with units in their attributes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from opendome.campaign.store import Store

if TYPE_CHECKING:
    import pandas as pd


class Campaign:
    """What a campaign left on disk.

    Tables have the columns of `tables.record` with `outer` and `replication` in front; units stand
    in `frame.attrs["units"]`. By default they hold the replications at best values; `outer=None`
    gives those of the drawn assumptions too.
    """

    def __init__(self, path: Path | str) -> None:
        """Raises `BadInput` where `path` holds no campaign."""
        self.store = Store.open(Path(path))
        self.manifest = self.store.read_manifest()

    def __repr__(self) -> str:
        """Name, replications and place."""
        return f"Campaign({self.manifest['name']!r}, {self.manifest['runs']} runs, {self.path})"

    @property
    def path(self) -> Path:
        """Its directory."""
        return self.store.path

    def replications(self, outer: int | None = 0) -> pd.DataFrame:
        """One row per replication: warheads, leakers, shots, or the error it ended in."""
        return self._read("replications", outer)

    def threats(self, outer: int | None = 0) -> pd.DataFrame:
        """One row per threat object."""
        return self._read("threats", outer)

    def engagements(self, outer: int | None = 0) -> pd.DataFrame:
        """One row per shot."""
        return self._read("engagements", outer)

    def tracks(self, outer: int | None = 0) -> pd.DataFrame:
        """One row per track."""
        return self._read("tracks", outer)

    def picture(self, outer: int | None = 0) -> pd.DataFrame:
        """Scores of the picture: one row per look, class of object and phase."""
        return self._read("picture", outer)

    def impacts(self, outer: int | None = 0) -> pd.DataFrame:
        """Errors of predicted impact points: one row per class and bin of time to go."""
        return self._read("impacts", outer)

    def radars(self, outer: int | None = 0) -> pd.DataFrame:
        """How busy each radar was: one row per radar that tracks asked for looks."""
        return self._read("radars", outer)

    def nations(self, outer: int | None = 0) -> pd.DataFrame:
        """Warning, leakers and shortfall: one row per nation that has cities in the scenario."""
        return self._read("nations", outer)

    def events(self, outer: int | None = 0) -> pd.DataFrame:
        """One row per event."""
        return self._read("events", outer)

    def leakage(self, outer: int | None = 0) -> pd.DataFrame:
        """Lethal and leaked warheads and their ratio, one row per replication that did not fail.

        The leakage of the campaign with its interval stands in `.attrs`; it is the ratio of the
        sums, not the mean of the ratios.
        """
        table = self.replications(outer)
        table = table.loc[~table["failed"], ["outer", "replication", "lethal", "leaked"]]
        table = table.set_index(["outer", "replication"])
        table["leakage"] = table["leaked"] / table["lethal"].where(table["lethal"] > 0)
        table.attrs = {
            "units": {"lethal": "warheads", "leaked": "warheads", "leakage": "1"},
            **self.summary()["leakage"],
        }
        return table

    def summary(self) -> dict[str, Any]:
        """The answer of `opendome run --json`, computed from the tables."""
        from opendome.campaign.summary import summarise

        return summarise(self.store)

    def _read(self, table: str, outer: int | None) -> pd.DataFrame:
        frame = self.store.read(table)
        if outer is None:
            return frame
        return frame[frame["outer"] == outer].reset_index(drop=True)
