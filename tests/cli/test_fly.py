"""`opendome fly`: the JSON form, the independent check of its numbers, and refusals."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
from geographiclib.geodesic import Geodesic
from scipy.integrate import solve_ivp
from typer.testing import CliRunner

from opendome.cli import app, main
from opendome.cli.places import parse_place
from opendome.errors import BadInput
from opendome.physics.constants import EARTH_J2, EARTH_MU_M3_S2, EARTH_RADIUS_M
from opendome.physics.geodesy import geodetic_from_ecef


def _fly(*arguments):
    result = CliRunner().invoke(app, ["fly", "--json", *arguments])
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def _kepler_j2(burnout):
    """Apogee [km] and impact time [s] of a vacuum flight under J2, by SciPy, from the answer."""
    state = 1e3 * np.array(burnout["position_eci_km"] + burnout["velocity_eci_km_s"])

    def slope(t, s):
        r = math.sqrt(float(s[:3] @ s[:3]))
        k = 1.5 * EARTH_J2 * (EARTH_RADIUS_M / r) ** 2
        z2 = (s[2] / r) ** 2
        pull = 1.0 + k * (np.array([1.0, 1.0, 3.0]) - 5.0 * z2)
        return np.concatenate((s[3:], -EARTH_MU_M3_S2 / r**3 * s[:3] * pull))

    def height(t, s):
        return geodetic_from_ecef(*s[:3])[2]

    def climb(t, s):
        return s[:3] @ s[3:]

    height.terminal, height.direction, climb.direction = True, -1, -1
    flown = solve_ivp(
        slope, (burnout["time_s"], 9000.0), state, "DOP853", rtol=1e-10, events=(height, climb)
    )
    return height(0.0, flown.y_events[1][0]) / 1e3, flown.t_events[0][0]


@pytest.mark.parametrize(
    ("missile", "trajectory"),
    [("icbm-solid", "minimum-energy"), ("icbm-liquid", "lofted"), ("impulsive", "minimum-energy")],
)
def test_independent_flight_from_the_reported_burnout_agrees(missile, trajectory):
    """0.5 % in apogee and time: re-entry drag, which the check leaves out, costs some seconds."""
    options = ("--missile", missile, "--trajectory", trajectory)
    answer = _fly("--launch", "39N,126E", "--target", "Seattle", *options)
    apogee_km, time_s = _kepler_j2(answer["burnout"])
    assert answer["apogee_km"] == pytest.approx(apogee_km, rel=5e-3)
    assert answer["flight_time_s"] == pytest.approx(time_s, rel=5e-3)
    assert answer["impact"]["miss_m"] < 100.0


def test_the_answer_has_the_keys_that_others_rely_on():
    answer = _fly("--launch", "39.0,126.0", "--target", "Ottawa", "--missile", "icbm-solid")
    assert answer["missile"] == "icbm-solid"
    assert answer["launch"]["latitude_deg"] == 39.0
    assert answer["launch"]["longitude_deg"] == 126.0
    assert answer["target"]["latitude_deg"] == pytest.approx(45.42, abs=0.05)
    line = Geodesic.WGS84.Inverse(39.0, 126.0, *list(answer["target"].values())[1:])
    assert answer["range_km"] == pytest.approx(line["s12"] / 1e3, abs=1e-3)
    assert answer["azimuth_deg"] == pytest.approx(line["azi1"], abs=1e-4)
    assert 0.0 <= answer["azimuth_deg"] < 360.0
    assert set(answer["burnout"]) == {
        "time_s", "altitude_km", "speed_km_s", "flight_path_angle_deg", "position_eci_km",
        "velocity_eci_km_s",
    }  # fmt: skip
    speed = math.hypot(*answer["burnout"]["velocity_eci_km_s"])
    assert answer["burnout"]["speed_km_s"] == pytest.approx(speed)
    assert answer["impact"]["latitude_deg"] == pytest.approx(
        answer["target"]["latitude_deg"], abs=1e-3
    )
    assert {"longitude_deg", "speed_km_s"} <= set(answer["impact"])


def test_the_impulsive_throw_shows_the_textbook_figures_beside_its_own():
    """Public anchor of 8,000 km: 6.805 km/s over a sphere at rest."""
    north = Geodesic.WGS84.Direct(-36.0, 20.0, 0.0, 8e6)["lat2"]
    answer = _fly("--launch", "36S,20E", "--target", f"{north},20", "--missile", "impulsive")
    assert answer["range_km"] == pytest.approx(8000.0, abs=1e-3)
    assert answer["sphere_at_rest"]["speed_km_s"] == pytest.approx(6.805, abs=1e-3)
    assert answer["launch_speed_relative_km_s"] == pytest.approx(6.805, rel=0.01)
    assert answer["burnout"]["time_s"] == 0.0


def test_the_table_explains_the_turning_earth(capsys):
    assert main(["fly", "--launch", "0,0", "--target", "0,70", "--missile", "impulsive"]) == 0
    shown = capsys.readouterr().out
    assert "sphere at rest" in shown
    assert "turns" in shown
    assert max(len(line) for line in shown.splitlines()) <= 100


def test_a_plot_is_drawn_and_never_over_another(tmp_path, capsys):
    chart = tmp_path / "flight.svg"
    words = ["fly", "--launch", "0,0", "--target", "0,70", "--missile", "impulsive"]
    words += ["--plot", str(chart)]
    assert main(words) == 0
    assert chart.read_text().startswith("<?xml")
    assert main(words) == 2
    assert "exists" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"--target": "33S,70W"}, "km short; allowed: up to"),
        ({"--target": "Atlantis"}, "neither a pair"),
        ({"--target": "91,0"}, "allowed: -90 to 90"),
        ({"--target": "0,400"}, "allowed: -180 to 360"),
        ({"--target": "-5S,10"}, "a sign or a letter"),
        ({"--target": "39,126"}, "allowed: 100 to"),
        ({"--missile": "icbm-sold"}, "icbm-solid"),
        ({"--missile": "impulsive", "--trajectory": "lofted"}, "allowed: minimum-energy"),
        ({"--trajectory": "sideways"}, "minimum-energy"),
        ({"--plot": "/nowhere/at/all.svg"}, "--plot"),
    ],
)
def test_bad_input_is_one_line_and_exit_code_two(changes, said, capsys):
    options = {"--launch": "39,126", "--target": "Seattle", "--missile": "icbm-solid"} | changes
    assert main(["fly", *(word for pair in options.items() for word in pair)]) == 2
    captured = capsys.readouterr()
    assert said in captured.err
    assert captured.err.count("\n") == 1
    assert captured.out == ""


@pytest.mark.parametrize(
    ("text", "latitude", "longitude"),
    [("39N,126E", 39.0, 126.0), ("39.5 s, 126.25 w", -39.5, -126.25), ("-1,-2", -1.0, -2.0),
     (" .5n,+3", 0.5, 3.0), ("Toronto", 43.65, -79.38), ("north-korea", 39.2, 125.7)],
)  # fmt: skip
def test_places_are_read_in_every_form(text, latitude, longitude):
    place = parse_place(text, "--launch")
    assert math.degrees(place.latitude_rad) == pytest.approx(latitude, abs=0.01)
    assert math.degrees(place.longitude_rad) == pytest.approx(longitude, abs=0.01)


@pytest.mark.parametrize("text", ["", "39N", "N39,E126", "1,2,3", "nan,0"])
def test_what_is_no_place_is_refused(text):
    with pytest.raises(BadInput, match="--launch"):
        parse_place(text, "--launch")
