"""Radars of a scenario as arrays: time, energy and cells."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from opendome.scenario.loader import load_scenario
from opendome.scenario.models.radar import Radar
from opendome.sensing import RadarBlock
from opendome.world.assumptions import Assumptions
from opendome.world.sensors.radar import compile_block

BEST = Assumptions(outer=0, seed=1)
TERMS: dict[str, Any] = {
    "kind": "radar", "title": "Test radar", "latitude": "60 deg", "longitude": "0 deg",
    "band": "X", "faces": [{"azimuth": "90 deg", "half-width": "60 deg"}],
    "elevation": {"min": "2 deg", "max": "85 deg"},
    "reference": {"range": "1000 km", "cross-section": "0.1 m2", "snr": 20, "dwell": "0.1 s"},
    "revisit": "2 s", "range-error": "5 m", "angle-error": "1 mrad", "range-rate-error": "1 m/s",
}  # fmt: skip
SENDER = {"peak-power": "405 kW", "duty": 0.2, "dwell": "0.1 s"}


def build(**changes: Any) -> Radar:
    """The test radar with some fields changed; None leaves one out."""
    given = TERMS | {name.replace("_", "-"): value for name, value in changes.items()}
    return Radar.model_validate({k: v for k, v in given.items() if v is not None})


def compile_one(radar: Radar) -> RadarBlock:
    return compile_block({"radar": radar}, BEST, 0)[0]


@pytest.mark.parametrize(
    "search",
    [
        {}, {"frame": "20 s"}, {"dwell": "5 ms"}, {"share": 0.2},
        {"elevation": {"min": "2 deg", "max": "30 deg"}},
    ],
)  # fmt: skip
def test_the_scan_spends_its_share(search: dict[str, Any]) -> None:
    """Beams of the fence times dwell are share times frame; what is left is for tracks."""
    block = compile_one(build(search=search))
    beam = block.beamwidth_rad[0]
    low, high = block.search_minimum_elevation_rad[0], block.search_maximum_elevation_rad[0]
    n_beams = math.radians(120.0) * (math.sin(high) - math.sin(low)) / beam**2
    spent = n_beams * block.search_dwell_s[0] / block.search_frame_s[0]
    assert spent == pytest.approx(search.get("share", 0.4), rel=1e-9)
    assert spent + block.track_share[0] == pytest.approx(1.0, rel=1e-9)
    assert low == pytest.approx(math.radians(2.0))


def test_two_fix_the_third_unless_both_are_stated() -> None:
    """Frame and dwell both stated are taken as they are: a fan beam does not count beams."""
    block = compile_one(build(search={"frame": "6 s", "dwell": "20 ms"}))
    assert (block.search_frame_s[0], block.search_dwell_s[0]) == (6.0, 0.02)


def test_a_fence_has_at_least_one_row() -> None:
    """A beam wider than the fence does not make the scan cheaper than one row of beams."""
    block = compile_one(build(beamwidth="6 deg", search={"dwell": "10 ms"}))
    assert block.search_frame_s[0] == pytest.approx(20.0 * 0.01 / 0.4)


def test_a_transmitter_stands_for_a_reference() -> None:
    """The published forward-based X-band check: 81 kW, 9.2 m2, 500 K, 8 dB, 0.1 s: 2,501 km."""
    sender = SENDER | {"aperture": "9.2 m2", "efficiency": 0.8}
    block = compile_one(build(reference=None, transmitter=sender))
    assert block.reference_range_m[0] == pytest.approx(2.501e6, rel=0.01)
    wavelength = 299792458.0 / 9.5e9
    gain = 4.0 * math.pi * 0.8 * 9.2 / wavelength**2
    same = compile_one(
        build(reference=None, transmitter=SENDER | {"gain": gain, "efficiency": 0.8})
    )
    assert same.reference_range_m[0] == pytest.approx(block.reference_range_m[0], rel=1e-9)


def test_half_the_power_has_the_range_of_its_fourth_root() -> None:
    """Fence and track dwells alike start from the range equation."""
    ranges = [
        compile_one(
            build(reference=None, transmitter=SENDER | {"gain": "50 dB", "peak-power": power})
        ).reference_range_m[0]
        for power in ("400 kW", "200 kW")
    ]
    assert ranges[1] / ranges[0] == pytest.approx(0.5**0.25, rel=1e-9)


def test_the_band_follows_from_the_frequency() -> None:
    """And finer range cells from more bandwidth."""
    radar = build(band=None, frequency="3.3 GHz", bandwidth="1 MHz")
    assert radar.band == "S"
    assert compile_one(radar).range_cell_m[0] == pytest.approx(149.9, abs=0.1)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"band": None, "reference": None, "transmitter": SENDER | {"gain": "40 dB"}}, "band"),
        ({"transmitter": SENDER | {"gain": "40 dB"}}, "reference or transmitter"),
        ({"reference": None}, "reference or transmitter"),
        ({"reference": None, "transmitter": SENDER}, "aperture or gain"),
        ({"band": None, "frequency": "20 GHz"}, "30 MHz to 12 GHz"),
        ({"faces": [{"half-width": "60 deg"}]}, "azimuth"),
        ({"elevation": {"min": "40 deg", "max": "5 deg"}}, "min below max"),
        ({"search": {"share": 1.0}}, "below 1"),
        ({"search": {"frame": "1 s", "dwell": "2 s"}}, "no longer than the frame"),
        ({"search": {"share": 0.0, "dwell": "2 s"}}, "above 0"),
        ({"track": {"dwell": "3 s"}}, "no shorter than the dwell"),
    ],
)
def test_bad_definitions_are_refused(changes: dict[str, Any], words: str) -> None:
    """What is wrong, and what is allowed, stand in the message."""
    with pytest.raises(ValidationError, match=words):
        build(**changes)


def test_every_library_radar_can_search_and_track() -> None:
    """Each has a fence that some dwell is left for, and time for at least five tracks."""
    radars = load_scenario("golden-dome-2029").elements_of(Radar)
    assert len(radars) > 5
    block, _ = compile_block(radars, BEST, 0)
    assert (block.search_dwell_s > 0.0).all()
    dwells = block.track_share * block.revisit_s >= 5.0 * block.track_dwell_s
    assert (dwells | np.array([r.turns for r in radars.values()])).all()


def test_what_turns_scans_its_elevations_in_each_revisit() -> None:
    """With the dwell of the reference, and without dwells at tracks; unless search is stated."""
    faces = [{"azimuth": "0 deg", "half-width": "180 deg"}]
    block = compile_one(build(faces=faces))
    assert block.search_frame_s[0] == block.revisit_s[0] == 2.0
    assert block.search_dwell_s[0] == block.reference_dwell_s[0]
    assert block.search_maximum_elevation_rad[0] == block.maximum_elevation_rad[0]
    assert block.track_share[0] == 0.0
    assert compile_one(build(faces=faces, search={})).track_share[0] == pytest.approx(0.6)


def test_each_face_keeps_its_half_width() -> None:
    """And the scan covers them all."""
    faces = [
        {"azimuth": "90 deg", "half-width": "60 deg"},
        {"azimuth": "0 deg", "half-width": "10 deg"},
    ]
    block = compile_one(build(faces=faces))
    assert np.degrees(block.face_half_width_rad[0]) == pytest.approx([60.0, 10.0])
    one = compile_one(build())
    assert block.search_dwell_s[0] == pytest.approx(one.search_dwell_s[0] * 120.0 / 140.0)
