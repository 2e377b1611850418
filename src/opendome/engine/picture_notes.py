"""What the record keeps of the picture as a whole, look by look, for scoring only."""

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np

from opendome.engine.picture_scores import (
    FIRST_LOOK,
    FLOWN,
    HELD,
    INSIDE,
    LAST_LOOK,
    LOCALISATION,
    LONGEST,
    LOOKS_HELD,
    MEASURED,
    N_CELLS,
    N_KEPT,
    N_SUMS,
    NEES,
    NO_OBJECT,
    OBJECTS,
    POSITION,
    SEGMENTS,
    TRACKS,
    VELOCITY,
    score_look,
)
from opendome.engine.scoring import Scoring
from opendome.engine.truth import TrueState
from opendome.physics.constants import EARTH_MEAN_RADIUS_M
from opendome.tables.codes import LETHAL_KINDS, OBJECT_KINDS, PHASES
from opendome.tables.picture import CUTOFF_M, LOOK_S, PICTURE_CLASSES, TIMES_TO_GO_S
from opendome.tables.record import Table, build_table
from opendome.tables.tracks import Predictions, Tracks
from opendome.tables.truth import Floats, Integers, Snapshot

# Impacts that battle management predicts within this time of a look are kept: it comes back to its
# tracks every ten seconds.
_IMPACT_WINDOW_S: Final = 10.0


class PictureNotes:
    """Sums over tracks and objects at each look; how long each object was held; impact errors."""

    def __init__(self, n_objects: int) -> None:
        self._kept = np.zeros((n_objects, N_KEPT), np.int64)
        self._kept[:, LAST_LOOK] = -2
        self._times: list[float] = []
        self._sums: list[Floats] = []
        self._of = np.zeros(0, np.int64)
        self._number = np.zeros(0, np.int64)
        self._waiting = np.zeros(0, np.bool_)  # by slot: impact not noted since the last look
        self._impacts: list[Floats] = []
        self._next_s = self._until_s = -math.inf

    def look(
        self,
        tracks: Tracks,
        snapshot: Snapshot,
        predictions: Predictions | None,
        time_s: float,
        true: TrueState,
        scoring: Scoring,
    ) -> None:
        """Score the picture where it is time to; take in impacts that were predicted meanwhile."""
        if time_s >= self._next_s:
            self._next_s = (math.floor(time_s / LOOK_S) + 1.0) * LOOK_S
            self._make_room(true.end_s.shape[0])
            sums = np.zeros((N_CELLS, N_SUMS))
            self._of = np.empty(tracks.status.shape[0], np.int64)
            score_look(
                time_s, len(self._times), CUTOFF_M, tracks.status, tracks.number, tracks.time_s,
                tracks.state, tracks.covariance, snapshot.row, snapshot.position_eci_m,
                snapshot.burning, true.objects.kind, true.trajectories, scoring.last_object,
                scoring.last_track, self._kept, sums, self._of,
            )  # fmt: skip
            self._times.append(time_s)
            self._sums.append(sums)
            self._number = tracks.number.copy()
            self._waiting = self._of >= 0
            self._until_s = time_s + _IMPACT_WINDOW_S
        if predictions is not None and time_s < self._until_s:
            self._note_impacts(predictions, time_s)

    def _note_impacts(self, predictions: Predictions, time_s: float) -> None:
        """Keep the first predicted impact of each track since the last look."""
        wanted = np.flatnonzero(predictions.impact_s > time_s)
        if not wanted.size:
            return
        slot = predictions.slot[wanted]
        fresh = self._waiting[slot] & (predictions.number[wanted] == self._number[slot])
        if fresh.any():
            wanted, slot = wanted[fresh], slot[fresh]
            self._waiting[slot] = False
            self._impacts.append(
                np.column_stack([
                    self._of[slot],
                    np.full(slot.size, time_s),
                    predictions.impact_s[wanted],
                    predictions.impact_latitude_rad[wanted],
                    predictions.impact_longitude_rad[wanted],
                    predictions.impact_sigma_m[wanted],
                ])
            )  # fmt: skip

    def _make_room(self, n_objects: int) -> None:
        more = n_objects - self._kept.shape[0]
        if more > 0:
            self._kept = np.pad(self._kept, ((0, more), (0, 0)))
            self._kept[-more:, LAST_LOOK] = -2

    def held_share(self, n_objects: int) -> Floats:
        """Share of the looks during its flight at which each object was held, NaN without one."""
        self._make_room(n_objects)
        return _divide(self._kept[:, LOOKS_HELD], self._kept[:, FLOWN])

    def longest_share(self, n_objects: int) -> Floats:
        """The same for the longest run of looks at which one and the same track held it."""
        self._make_room(n_objects)
        return _divide(self._kept[:, LONGEST], self._kept[:, FLOWN])

    def first_held_s(self, n_objects: int) -> Floats:
        """Time of the first look at which each object was held, infinite where never."""
        self._make_room(n_objects)
        times = np.array([*self._times, math.inf])
        never = self._kept[:, LOOKS_HELD] == 0
        first: Floats = times[np.where(never, -1, self._kept[:, FIRST_LOOK])]
        return first

    def segments(self, n_objects: int) -> Integers:
        """Runs of looks at which one and the same track held each object."""
        self._make_room(n_objects)
        return self._kept[:, SEGMENTS]

    def record_picture(self) -> Table:
        """The `picture` table."""
        rows: list[tuple[Any, ...]] = []
        for time_s, sums in zip(self._times, self._sums, strict=True):
            merged: dict[tuple[str, str], Floats] = {}
            for cell in np.flatnonzero(sums.any(axis=1)):
                kind, phase = divmod(int(cell), len(PHASES))
                where = ("", "") if cell == NO_OBJECT else (PICTURE_CLASSES[kind], PHASES[phase])
                merged[where] = merged[where] + sums[cell] if where in merged else sums[cell]
            rows += [(time_s, *where, *_describe(own)) for where, own in merged.items()]
        return build_table("picture", rows)

    def record_impacts(
        self, kind: Integers, impact_s: Floats, latitude_deg: Floats, longitude_deg: Floats
    ) -> Table:
        """The `impacts` table; arguments say where and when each object comes down (n_objects,).

        Only objects that do harm, and that come down by themselves. What was predicted when they
        were down already has no time to go.
        """
        if not self._impacts:
            return build_table("impacts", [])
        noted = np.concatenate(self._impacts)
        row = noted[:, 0].astype(np.int64)
        noted = noted[
            np.isin(kind[row], LETHAL_KINDS)
            & np.isfinite(impact_s[row])
            & (noted[:, 1] <= impact_s[row])
        ]
        row = noted[:, 0].astype(np.int64)
        left_s = impact_s[row] - noted[:, 1]
        error_m = _distance_on_ground(
            noted[:, 3], noted[:, 4], np.radians(latitude_deg[row]), np.radians(longitude_deg[row])
        )
        late_s = noted[:, 2] - impact_s[row]
        bins = np.searchsorted(TIMES_TO_GO_S, left_s, side="right") - 1
        sigma_m = noted[:, 5]
        cell = kind[row] * len(TIMES_TO_GO_S) + bins
        rows = []
        for own_cell in np.unique(cell):
            own = cell == own_cell
            own_kind, own_bin = divmod(int(own_cell), len(TIMES_TO_GO_S))
            middle_m, most_m = np.quantile(error_m[own], [0.5, 0.9])
            rows.append(
                (
                    OBJECT_KINDS[own_kind],
                    TIMES_TO_GO_S[own_bin],
                    int(own.sum()),
                    float(middle_m),
                    float(most_m),
                    float(np.median(sigma_m[own])),
                    float((error_m[own] <= 2.0 * sigma_m[own]).mean()),
                    math.sqrt(float(late_s[own] @ late_s[own]) / own.sum()),
                )
            )
        return build_table("impacts", rows)


def _describe(sums: Floats) -> tuple[Any, ...]:
    """Columns of `picture` after time, class and phase."""
    objects, held, tracks = (int(sums[k]) for k in (OBJECTS, HELD, TRACKS))
    n = sums[MEASURED]
    price = 0.5 * CUTOFF_M**2
    return (
        objects,
        held,
        tracks,
        int(n),
        math.sqrt(sums[POSITION] / n) if n else math.nan,
        math.sqrt(sums[VELOCITY] / n) if n else math.nan,
        sums[NEES] / n if n else math.nan,
        sums[INSIDE] / n if n else math.nan,
        math.sqrt(sums[LOCALISATION]),
        math.sqrt(sums[LOCALISATION] + price * (objects + tracks - 2 * held)),
    )


def _distance_on_ground(
    latitude: Floats, longitude: Floats, other_latitude: Floats, other_longitude: Floats
) -> Floats:
    """Great-circle distance [m] of points in radians, by haversines."""
    half = (
        np.sin(0.5 * (other_latitude - latitude)) ** 2
        + np.cos(latitude)
        * np.cos(other_latitude)
        * np.sin(0.5 * (other_longitude - longitude)) ** 2
    )
    distance: Floats = 2.0 * EARTH_MEAN_RADIUS_M * np.arcsin(np.sqrt(np.minimum(half, 1.0)))
    return distance


def _divide(part: Integers, whole: Integers) -> Floats:
    out = np.full(part.shape, np.nan)
    quotient: Floats = np.divide(part, whole, out=out, where=whole > 0)
    return quotient
