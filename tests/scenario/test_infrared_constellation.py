"""Infrared satellites as written: what makes no sense is refused in one line that says why."""

from __future__ import annotations

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from opendome.errors import BadInput
from opendome.scenario import library, load_scenario
from opendome.scenario.models.infrared_constellation import InfraredConstellation
from opendome.world.assumptions import Assumptions
from opendome.world.sensors.infrared import compile_group

ITEM = "tracking-layer-t1"


def change(**cold: Any) -> dict[str, Any]:
    """The library's satellites with values of the cold channel changed; None takes one out."""
    tree = deepcopy(library.load(ITEM).tree)
    for name, value in cold.items():
        key = name.replace("_", "-")
        if value is None:
            del tree["cold"][key]
        else:
            tree["cold"][key] = value
    return tree


def refusal(folder: Path, tree: dict[str, Any], warhead: str = "{}") -> str:
    """The line with which a scenario that holds these satellites is refused."""
    path = folder / "own.yaml"
    path.write_text(f"""\
format: 1
name: own
architecture:
  elements:
    eye: {json.dumps(tree)}
missiles:
  mine: {{base: icbm-solid, warhead: {warhead}}}
raid:
  salvos:
    - missile: mine
      count: 1
      launch: {{area: north-korea}}
      aim: {{cities: [Seattle]}}
defended: {{USA: cities-100k}}
""")
    with pytest.raises(BadInput) as caught:
        load_scenario(path)
    message = str(caught.value)
    assert "\n" not in message
    assert "own.yaml" in message
    return message


@pytest.mark.parametrize(
    ("cold", "says"),
    [
        ({"detection_range": "2000 km", "reference_intensity": "25 W/sr"}, "allowed: one of"),
        ({"noise_equivalent_irradiance": None}, "no noise given"),
        (
            {"noise_equivalent_irradiance": None, "detection_range": "2000 km"},
            "detection-range and reference-intensity together",
        ),
        ({"reference_intensity": "25 W/sr"}, "detection-range and reference-intensity together"),
        (
            {
                "noise_equivalent_irradiance": None,
                "detection_range": "2000 km",
                "reference_intensity": "0 W/sr",
            },
            "above zero",
        ),
        (
            {"noise_equivalent_irradiance": None, "optics": None, "detectivity": "1e11 Jones"},
            "detectivity needs optics",
        ),
        ({"band": {"shortest": "12 um", "longest": "8 um"}}, "shortest below longest"),
        ({"pointings": {"count": 0, "field": "2 deg"}}, "at least 1"),
        ({"pointings": {"count": 2.5, "field": "2 deg"}}, "a whole number"),
        ({"pointings": {"count": 2, "field": "0 deg"}}, "above zero"),
        ({"sun_exclusion": "200 deg"}, "0 deg to 180 deg"),
        ({"mode": "wink"}, "stare"),
        ({"latitude": "10 deg"}, "latitude"),
    ],
)
def test_bad_cold_channels_are_refused(tmp_path: Path, cold: dict[str, Any], says: str) -> None:
    """Both or neither ways to state the noise, a band upside down, a field of nothing."""
    assert says in refusal(tmp_path, change(**cold))


def test_a_satellite_has_no_site(tmp_path: Path) -> None:
    """Orbit and ground site exclude each other."""
    tree = deepcopy(library.load(ITEM).tree) | {"latitude": "10 deg", "longitude": "20 deg"}
    assert "latitude" in refusal(tmp_path, tree)


def threshold(tree: dict[str, Any]) -> float:
    group, names = compile_group(
        {"one": InfraredConstellation.model_validate(tree)}, Assumptions(0, 1), 0
    )
    cold = group.block.cold_threshold_w_m2
    assert np.isfinite(cold).sum() == len(names) // 2
    return float(cold[np.isfinite(cold)][0])


def test_three_ways_to_state_the_noise_agree() -> None:
    """25 W/sr at 2,000 km and a ratio of 6; as an irradiance; by detectors of 1e11 Jones."""
    stated = threshold(change())
    by_range = threshold(
        change(
            noise_equivalent_irradiance=None,
            detection_range="2000 km",
            reference_intensity="25 W/sr",
        )
    )
    by_optics = threshold(change(noise_equivalent_irradiance=None, detectivity="1e11 Jones"))
    assert by_range == pytest.approx(25.0 / 2e6**2)
    assert stated == pytest.approx(by_range, rel=0.05)
    assert by_optics == pytest.approx(stated, rel=0.15)


def test_a_larger_aperture_sees_farther() -> None:
    """By the detectors' noise as 1/D; the limb's noise weighs more against the lesser noise."""
    found = []
    for aperture in ("0.25 m", "0.5 m"):
        optics = {
            "aperture": aperture, "pixel": "50 urad", "integration-time": "1 s",
            "transmission": "40 %",
        }  # fmt: skip
        tree = change(noise_equivalent_irradiance=None, detectivity="1e11 Jones", optics=optics)
        found.append(threshold(tree))
    assert found[1] == pytest.approx(0.5 * found[0], rel=0.02)


@pytest.mark.parametrize(
    ("skin", "says"),
    [
        ("{emissivity: 0, absorptivity: 0.5, heat-capacity: 5 kJ/m2/K}", "emissivity"),
        ("{emissivity: 0.5, absorptivity: 0.5, heat-capacity: 5}", "unit is missing"),
        ("{temperature: 0 K, emissivity: 1, absorptivity: 1, heat-capacity: 5 J/m2/K}", "above"),
    ],
)
def test_bad_skins_are_refused(tmp_path: Path, skin: str, says: str) -> None:
    """A skin that radiates nothing, a heat capacity without unit, absolute zero."""
    assert says in refusal(tmp_path, change(), f"{{skin: {skin}}}")
