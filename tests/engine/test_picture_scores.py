"""The picture is scored as the field scores it: perfect when perfect, each fault by its name."""

from __future__ import annotations

import numpy as np
import pytest

from opendome.engine.picture_notes import PictureNotes
from opendome.engine.picture_scores import find_flight_phase
from opendome.engine.scoring import Scoring
from opendome.engine.track_notes import LOOK_S as NOTES_S
from opendome.engine.track_notes import TrackNotes
from opendome.physics.geodesy import ecef_from_geodetic
from opendome.statistics import find_gospa, normalise_error_squared
from opendome.tables.codes import (
    BALLISTIC_PHASE,
    BOOSTER,
    CRUISE,
    DEBRIS,
    DECOY,
    FIRM,
    FREE,
    GLIDE_PHASE,
    GLIDER,
    TENTATIVE,
    WARHEAD,
)
from opendome.tables.picture import CUTOFF_M, LOOK_S, POOLED
from opendome.tables.record import Table
from opendome.tables.tracks import Predictions, Tracks
from opendome.tables.truth import Objects, Snapshot, Trajectories

pytestmark = pytest.mark.kernels

END_S = 600.0


class Sky:
    """Objects that fly straight on at constant speed, high above the Earth or in its air."""

    def __init__(self, kinds: list[int], *, spacing_m: float = 1e5, height_m: float = 1e6) -> None:
        n = len(kinds)
        self.kind = np.array(kinds, np.int64)
        start = np.zeros((n, 3))
        start[:, 0] = 6378137.0 + height_m
        start[:, 1] = np.arange(n) * spacing_m
        self.velocity = np.tile([0.0, 0.0, 5000.0], (n, 1))
        self.start = start
        ends = np.stack([start, start + END_S * self.velocity], axis=1).reshape(-1, 3)
        self.trajectories = Trajectories(
            np.arange(n + 1) * 2, np.tile([0.0, END_S], n), ends,
            np.repeat(self.velocity, 2, axis=0), np.zeros((2 * n, 3)),
        )  # fmt: skip
        self.end_s = np.full(n, END_S)
        columns = dict.fromkeys(Objects._fields, np.zeros(n))
        self.objects = Objects(**columns | {"kind": self.kind})

    def snapshot(self, time_s: float, burning: bool = False) -> Snapshot:
        n = self.kind.size
        columns = dict.fromkeys(Snapshot._fields, np.zeros(n)) | {
            "time_s": time_s,
            "row": np.arange(n),
            "position_eci_m": self.start + time_s * self.velocity,
            "velocity_eci_m_s": self.velocity,
            "burning": np.full(n, burning),
        }
        return Snapshot(**columns)  # type: ignore[arg-type]


def known(of: list[int]) -> Scoring:
    """A scoring that saw the track in each slot measure the given object, once."""
    scoring = Scoring(1 + max(of, default=0))
    scoring.note_measurements(0.0, np.array(of), np.zeros(len(of), np.int64), np.arange(len(of)))
    return scoring


def follow(sky: Sky, of: list[int], time_s: float, error_m: float = 0.0) -> Tracks:
    """A firm track on each of the given objects, numbered by its slot, off by so much in x."""
    tracks = Tracks.empty(len(of) + 2)
    for slot, row in enumerate(of):
        tracks.status[slot], tracks.number[slot], tracks.time_s[slot] = FIRM, slot, time_s
        tracks.state[slot, :3] = sky.start[row] + time_s * sky.velocity[row] + [error_m, 0, 0]
        tracks.state[slot, 3:6] = sky.velocity[row]
        tracks.covariance[slot] = np.diag([1e4] * 3 + [25.0] * 3 + [0.0] * 3)
    return tracks


def score(
    sky: Sky, *looks: Tracks, burning: bool = False, of: list[int] | None = None
) -> tuple[PictureNotes, Table]:
    """Notes after looks at the fixed rhythm, and their table."""
    notes = PictureNotes(sky.kind.size)
    scoring = known(list(range(sky.kind.size)) if of is None else of)
    for k, tracks in enumerate(looks):
        time_s = k * LOOK_S
        notes.look(tracks, sky.snapshot(time_s, burning), None, time_s, sky, scoring)  # type: ignore[arg-type]
    return notes, notes.record_picture()


def sum_of(table: Table, column: str, name: str = "warhead") -> float:
    return float(table[column][table["class"] == name].sum())


def test_a_perfect_tracker_has_perfect_scores() -> None:
    """One exact track on each object: all held, no second, no lone one, no error, no distance."""
    sky = Sky([WARHEAD, WARHEAD, WARHEAD])
    notes, table = score(sky, *(follow(sky, [0, 1, 2], k * LOOK_S) for k in range(4)))
    assert (
        table["objects"].tolist() == table["held"].tolist() == table["tracks"].tolist() == [3] * 4
    )
    assert (table["position_rmse_m"] < 1e-3).all()
    assert (table["gospa_m"] < 1e-3).all()
    assert (notes.held_share(3) == 1.0).all()
    assert (notes.longest_share(3) == 1.0).all()
    assert notes.segments(3).tolist() == [1, 1, 1]


def test_no_track_is_no_held_share() -> None:
    """What is never tracked is held for none of its flight, and costs its price."""
    sky = Sky([WARHEAD, WARHEAD])
    notes, table = score(sky, follow(sky, [], 0.0))
    assert (notes.held_share(2) == 0.0).all()
    assert table["gospa_m"].tolist() == [pytest.approx(CUTOFF_M)]  # root of 2 x c^2 / 2
    assert np.isnan(table["nees"]).all()


def test_swapped_numbers_are_new_segments() -> None:
    """Two tracks that change objects hold both all the time, in two segments each."""
    sky = Sky([WARHEAD, WARHEAD])
    order = [[0, 1], [0, 1], [1, 0], [1, 0]]
    notes, table = score(sky, *(follow(sky, of, k * LOOK_S) for k, of in enumerate(order)))
    assert (table["held"] == 2).all()
    assert notes.segments(2).tolist() == [2, 2]
    assert notes.longest_share(2) == pytest.approx([0.5, 0.5])


def test_a_gap_is_a_new_segment() -> None:
    """Lost for one look of four: held for three quarters, in two segments."""
    sky = Sky([WARHEAD])
    held = [[0], [], [0], [0]]
    notes, _ = score(sky, *(follow(sky, of, k * LOOK_S) for k, of in enumerate(held)))
    assert notes.held_share(1) == pytest.approx([0.75])
    assert notes.segments(1).tolist() == [2]
    assert notes.longest_share(1) == pytest.approx([0.5])


def test_second_tracks_are_ambiguous_and_lone_tracks_spurious() -> None:
    """Two tracks on one object count there; one far from everything counts for nothing."""
    sky = Sky([WARHEAD, GLIDER])
    tracks = follow(sky, [0, 0, 1, 1], 0.0)
    tracks.state[1, 0] += 0.2 * CUTOFF_M
    tracks.state[3, 0] += 5.0 * CUTOFF_M
    _, table = score(sky, tracks)
    assert sum_of(table, "held") == 1
    assert sum_of(table, "tracks") == 2
    assert sum_of(table, "tracks", "glide-vehicle") == 1
    assert sum_of(table, "tracks", "") == 1


def test_only_firm_tracks_count() -> None:
    """Tentative and ended tracks hold nothing."""
    sky = Sky([WARHEAD, WARHEAD])
    tracks = follow(sky, [0, 1], 0.0)
    tracks.status[:2] = TENTATIVE, FREE
    notes, _ = score(sky, tracks)
    assert (notes.held_share(2) == 0.0).all()


def test_gospa_is_that_of_the_set_distance() -> None:
    """Random clusters: the root of the summed squares of the rows is GOSPA of all at once."""
    generator = np.random.Generator(np.random.Philox(key=3))
    sky = Sky([WARHEAD] * 12 + [DECOY] * 10 + [DEBRIS] * 8, spacing_m=6e3)
    tracks = follow(sky, [*range(25), 3, 4], 0.0)
    tracks.state[:27, :3] += generator.normal(0.0, 5e3, (27, 3))
    tracks.state[26, 2] += 1e6
    _, table = score(sky, tracks)
    found = find_gospa(sky.start, tracks.state[:27, :3], CUTOFF_M)
    assert np.sqrt((table["gospa_m"] ** 2).sum()) == pytest.approx(found.distance, rel=1e-9)
    assert (table["localisation_m"] ** 2).sum() == pytest.approx(found.localisation, rel=1e-9)
    assert table["held"].sum() == 30 - found.n_missed
    assert set(table["class"]) == {"warhead", POOLED, ""}


def test_errors_are_those_of_the_state_at_its_time() -> None:
    """A state of five seconds ago, exact then, has no error; off by 200 m, NEES is 4."""
    sky = Sky([WARHEAD])
    late = follow(sky, [0], LOOK_S - 5.0, error_m=200.0)
    notes, table = score(sky, follow(sky, [0], 0.0), late)
    assert table["position_rmse_m"] == pytest.approx([0.0, 200.0], abs=1e-3)
    assert table["velocity_rmse_m_s"] == pytest.approx([0.0, 0.0], abs=1e-6)
    expected = normalise_error_squared([200.0, 0, 0, 0, 0, 0], late.covariance[0, :6, :6])
    assert table["nees"] == pytest.approx([0.0, float(expected)], abs=1e-6)
    assert table["nees_inside"].tolist() == [0.0, 1.0]
    assert (notes.held_share(1) == 1.0).all()


def test_errors_are_against_the_object_measured_last() -> None:
    """A track that measures one object and sits on its neighbour is off by what parts them."""
    sky = Sky([WARHEAD, DECOY], spacing_m=1e3)
    _, table = score(sky, follow(sky, [1], 0.0), of=[0])
    assert sum_of(table, "held", POOLED) == 1
    assert sum_of(table, "measured") == 1
    assert sum_of(table, "measured", POOLED) == 0
    assert sum_of(table, "position_rmse_m") == pytest.approx(1e3)


@pytest.mark.parametrize(
    ("kind", "height_m", "burning", "phase"),
    [(BOOSTER, 5e4, True, "boost"), (BOOSTER, 3e5, False, "ballistic"),
     (WARHEAD, 1e6, False, "ballistic"), (GLIDER, 2e5, False, "ballistic"),
     (GLIDER, 4e4, False, "glide"), (CRUISE, 100.0, False, "cruise")],
)  # fmt: skip
def test_phases_are_those_of_the_flight(
    kind: int, height_m: float, burning: bool, phase: str
) -> None:
    """Burning is boost; a glider glides in the air; a cruise missile cruises; the rest falls."""
    sky = Sky([kind], height_m=height_m)
    _, table = score(sky, follow(sky, [], 0.0), burning=burning)
    assert table["phase"].tolist() == [phase]


def test_looks_keep_their_rhythm() -> None:
    """Decisions come each second, looks every thirty."""
    sky = Sky([WARHEAD])
    notes, scoring = PictureNotes(1), known([0])
    for time_s in np.arange(0.0, 91.0, 1.0):
        notes.look(follow(sky, [0], time_s), sky.snapshot(time_s), None, time_s, sky, scoring)  # type: ignore[arg-type]
    assert notes.record_picture()["time_s"].tolist() == [0.0, 30.0, 60.0, 90.0]


def test_late_objects_get_room() -> None:
    """What comes into being during a replication is scored like the rest."""
    sky = Sky([WARHEAD, WARHEAD])
    notes = PictureNotes(1)
    notes.look(follow(sky, [1], 0.0), sky.snapshot(0.0), None, 0.0, sky, known([1]))  # type: ignore[arg-type]
    assert notes.held_share(3)[:2].tolist() == [0.0, 1.0]
    assert np.isnan(notes.held_share(3)[2])


def predict(slots: list[int], impact_s: float, longitude_rad: float) -> Predictions:
    """All coming down on the equator at one longitude, with a sigma of 10 km."""
    predictions = Predictions.unfilled(np.array(slots), 1)
    predictions.number[:] = slots
    predictions.impact_s[:], predictions.impact_latitude_rad[:] = impact_s, 0.0
    predictions.impact_longitude_rad[:], predictions.impact_sigma_m[:] = longitude_rad, 1e4
    return predictions


def test_impacts_are_measured_against_time_to_go() -> None:
    """One prediction for each track and look: 1 degree off is 111 km, 10 s late is 10 s."""
    sky = Sky([WARHEAD, DECOY])
    notes = PictureNotes(2)
    degree = np.radians(1.0)
    for time_s in (0.0, 5.0, 540.0):
        tracks = follow(sky, [0, 1], time_s)
        found = predict([0, 1], 610.0, degree if time_s < 500.0 else 0.0)
        notes.look(tracks, sky.snapshot(time_s), found, time_s, sky, known([0, 1]))  # type: ignore[arg-type]
    table = notes.record_impacts(sky.kind, sky.end_s, np.zeros(2), np.zeros(2))
    assert table["class"].tolist() == ["warhead", "warhead"]
    assert table["time_to_go_s"].tolist() == [60.0, 480.0]
    assert table["predictions"].tolist() == [1, 1]
    assert table["median_error_m"] == pytest.approx([0.0, 111.2e3], rel=1e-3, abs=1e-6)
    assert table["inside_2_sigma"].tolist() == [1.0, 0.0]
    assert table["time_rmse_s"] == pytest.approx([10.0, 10.0])
    nothing = PictureNotes(2).record_impacts(sky.kind, sky.end_s, np.zeros(2), np.zeros(2))
    assert nothing["class"].size == 0


def test_what_is_down_has_no_time_to_go() -> None:
    """A prediction made after the impact is in no class's figures."""
    sky = Sky([WARHEAD, DECOY])
    notes = PictureNotes(2)
    for time_s, found in ((540.0, predict([0], 610.0, 0.0)), (599.0, None)):
        tracks = follow(sky, [0, 1], time_s)
        notes.look(tracks, sky.snapshot(time_s), found, time_s, sky, known([0, 1]))  # type: ignore[arg-type]
    late = predict([0], 610.0, 0.0)
    notes.look(tracks, sky.snapshot(599.0), late, 603.0, sky, known([0, 1]))  # type: ignore[arg-type]
    table = notes.record_impacts(sky.kind, sky.end_s, np.zeros(2), np.zeros(2))
    assert table["class"].tolist() == ["warhead"]
    assert table["predictions"].tolist() == [1]


@pytest.mark.parametrize(("height_m", "phase"), [(99e3, GLIDE_PHASE), (105e3, BALLISTIC_PHASE)])
@pytest.mark.parametrize("latitude_deg", [0.0, 50.0, 89.0])
def test_glide_ends_at_one_height_everywhere(
    height_m: float, phase: int, latitude_deg: float
) -> None:
    """The air is as high over the poles, where the Earth is 21 km smaller."""
    position = np.array(ecef_from_geodetic(np.radians(latitude_deg), 0.3, height_m))
    assert find_flight_phase(GLIDER, False, position) == phase


def test_tracks_of_every_node_are_taken_down() -> None:
    """Two nodes that plan at one time, each with a track of its own, at every look."""
    sky = Sky([WARHEAD, WARHEAD])
    notes, shot_at = TrackNotes(), np.zeros(0, np.int64)
    for time_s in (0.0, 5.0, NOTES_S):
        for number in (0, 1):
            tracks = follow(sky, [number], time_s)
            tracks.number[0], tracks.last_s[0] = number, time_s
            notes.look(tracks, shot_at, time_s, known([0, 1]), sky)  # type: ignore[arg-type]
    assert [notes.row(number)[2] for number in (0, 1)] == [NOTES_S, NOTES_S]
