"""What holds for every kind of sensor: draws by name, no trace of truth, refusals."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from opendome.physics.constants import EARTH_MEAN_RADIUS_M
from opendome.sensing import derive_keys, man_station, observe
from opendome.tables.measurements import Measurements, concatenate

pytestmark = pytest.mark.kernels
KEYS = derive_keys(1)
N = 24


@pytest.fixture(params=["make_radars", "make_satellites", "make_ideal"])
def make_block(request: pytest.FixtureRequest) -> Callable:
    return request.getfixturevalue(request.param)


@pytest.fixture
def scene(make_snapshot: Callable, over_site: Callable):
    rng = np.random.default_rng(3)
    places = [
        over_site(rng.uniform(3e5, 9e5), rng.uniform(-2e5, 2e5), rng.uniform(2e5, 6e5))
        for _ in range(N)
    ]
    return make_snapshot(np.array(places), burning=rng.uniform(size=N) < 0.5)


def places_for(block) -> np.ndarray:
    """Every kind looks up from 100 km: in front of space, over the clouds, above the horizon."""
    return np.tile([EARTH_MEAN_RADIUS_M + 1e5, 0.0, 0.0], (block.identity.size, 1))


def look(block, snapshot, replication: int = 0, step_s: float = 10.0):
    states = places_for(block)
    station = man_station(block, states, np.zeros_like(states))
    return observe([station], snapshot, step_s, 0.0, KEYS, replication)


def assert_equal(a: Measurements, b: Measurements) -> None:
    for name, one, other in zip(a._fields, a, b, strict=True):
        assert np.array_equal(one, other, equal_nan=True), name


def test_permuting_objects_permutes_nothing_but_the_link(make_block: Callable, scene) -> None:
    """The table is the same to the bit; the link follows the objects."""
    order = np.random.default_rng(0).permutation(N)
    permuted = scene._replace(
        **{name: getattr(scene, name)[order] for name in scene._fields if name != "time_s"}
    )
    table, link = look(make_block(2), scene)
    other, other_link = look(make_block(2), permuted)
    assert table.n_rows > N
    assert_equal(table, other)
    assert np.array_equal(order[other_link], link)


def test_measurements_hold_no_truth(make_block: Callable, scene) -> None:
    """The columns are the agreed ones, and the engine's own row numbers do not enter them."""
    table, link = look(make_block(), scene)
    assert set(table._fields) == {
        "time_s", "sensor", "kind", "sensor_position_eci_m", "direction_eci", "range_m",
        "range_rate_m_s", "sigma_angle_rad", "sigma_range_m", "sigma_range_rate_m_s", "feature",
        "sigma_feature", "cross_section_m2", "least_cross_section_m2", "irradiance_w_m2",
        "sigma_irradiance_w_m2", "band",
    }  # fmt: skip
    renumbered, same_link = look(make_block(), scene._replace(row=scene.row[::-1].copy()))
    assert_equal(table, renumbered)
    assert np.array_equal(link, same_link)
    assert np.all(np.diff(table.direction_eci[:, 0]) >= 0.0)


def test_idle_or_added_sensor_changes_no_other_draw(make_block: Callable, scene) -> None:
    """Rows of the first sensor are the same to the bit beside an idle or a working second one."""
    alone, alone_link = look(make_block(1), scene)
    for second_up in (False, True):
        both, both_link = look(make_block(2, up=np.array([True, second_up])), scene)
        first = both.sensor == both.sensor.min()
        assert (~first).any() == second_up
        assert_equal(alone, Measurements._make(column[first] for column in both))
        assert np.array_equal(alone_link, both_link[first])


def test_added_object_changes_no_other_draw(make_block: Callable, scene) -> None:
    """Without the last object the others' rows stay the same to the bit."""
    fewer = scene._replace(
        **{name: getattr(scene, name)[:-1] for name in scene._fields if name != "time_s"}
    )
    all_rows, link = look(make_block(), scene)
    some_rows, some_link = look(make_block(), fewer)
    kept = link < N - 1
    assert_equal(some_rows, Measurements._make(column[kept] for column in all_rows))
    assert np.array_equal(some_link, link[kept])


def test_looks_and_replications_differ(make_block: Callable, scene) -> None:
    """Noise is drawn anew for each look and each replication, and is the same when asked again."""
    table, _ = look(make_block(), scene)
    again, _ = look(make_block(), scene)
    assert_equal(table, again)
    later, _ = look(make_block(), scene._replace(time_s=110.0))
    other, _ = look(make_block(), scene, replication=1)
    for changed in (later, other):
        shared = min(changed.n_rows, table.n_rows)
        assert not np.any(changed.direction_eci[:shared] == table.direction_eci[:shared])


def test_not_due_or_down_sees_nothing(make_block: Callable, scene) -> None:
    idle, link = look(make_block(), scene._replace(time_s=100.4), step_s=0.2)
    assert idle.n_rows == 0 and link.size == 0
    down, _ = look(make_block(up=np.array([False])), scene)
    assert down.n_rows == 0


def test_more_rows_than_made_ready(make_block: Callable, scene) -> None:
    """Many sensors on many objects: every sensor's rows are there, each as if it were alone."""
    n_sensors = 30
    table, _ = look(make_block(n_sensors), scene)
    assert table.n_rows > 16 * N + 64
    alone, _ = look(make_block(1), scene)
    first = table.sensor == table.sensor.min()
    assert_equal(alone, Measurements._make(column[first] for column in table))


def test_refusals(make_block: Callable, scene) -> None:
    """States that do not match the block, and blocks of no known kind, are refused by name."""
    states = np.zeros((2, 3))
    with pytest.raises(ValueError, match="position of 1 sensors"):
        man_station(make_block(1), states, states)
    with pytest.raises(ValueError, match="velocity of 1 sensors"):
        man_station(make_block(1), states[:1], states)
    stranger = man_station(make_block(2), states, states)._replace(block=())
    with pytest.raises(TypeError, match="no sensor module observes with a tuple"):
        observe([stranger], scene, 1.0, 0.0, KEYS, 0)


def test_kinds_together_report_what_each_reports_alone(
    scene, make_radars: Callable, make_satellites: Callable
) -> None:
    """The table of two stations is the first one's rows, then the second's, to the bit."""
    blocks = make_satellites(2), make_radars(3)
    stations = [man_station(b, places_for(b), np.zeros_like(places_for(b))) for b in blocks]
    both, link = observe(stations, scene, 10.0, 0.0, KEYS, 0)
    alone = [look(block, scene) for block in blocks]
    assert all(table.n_rows > N for table, _ in alone)
    assert_equal(both, concatenate([table for table, _ in alone]))
    assert np.array_equal(link, np.concatenate([own for _, own in alone]))
