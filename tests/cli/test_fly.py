"""`opendome fly`: the JSON form, the independent check of its numbers, and refusals."""

from __future__ import annotations

import json
import math
import re
from itertools import pairwise
from xml.etree import ElementTree

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
        ({"--plot": "chart.bmp"}, "allowed: .svg, .png, .pdf"),
        ({"--kml": "/nowhere/at/all.kml"}, "no such directory"),
        ({"--via": "60N,170W"}, "cannot turn on its way"),
        ({"--missile": "impulsive", "--via": "60N,170W"}, "cannot turn on its way"),
        ({"--target": "40N,128E", "--trajectory": "depressed"}, "digs into the ground"),
        ({"--missile": "fractional-orbit", "--trajectory": "lofted"}, "one way of flying"),
        ({"--missile": "fractional-orbit", "--via": "0,0"}, "cannot turn on its way"),
        ({"--missile": "cruise-air-launched"}, "beyond the range; allowed: up to"),
        (
            {"--missile": "cruise-air-launched", "--launch": "85N,140W", "--target": "80N,40E"},
            "passes the north pole",
        ),
        ({"--missile": "glide-theatre"}, "short of its arrival speed"),
        ({"--footprint": "map.svg"}, "--target does not go with --footprint"),
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
    ("words", "said"),
    [
        ([], "--target is missing"),
        (["--target", "Seattle", "--sweep", "--kml", "a.kml"], "--kml does not go with --sweep"),
        (["--target", "Seattle", "--sweep", "--via", "0,0"], "--via does not go with --sweep"),
        (["--footprint", "map.txt"], ".geojson"),
        (["--footprint", "map.svg", "--sweep"], "--sweep does not go with --footprint"),
        (["--target", "Seattle", "--kml", "a.kml", "--plot", "/"], "allowed: .svg"),
    ],
)
def test_options_that_do_not_go_together_are_refused(words, said, capsys):
    assert main(["fly", "--launch", "39,126", "--missile", "icbm-solid", *words]) == 2
    assert said in capsys.readouterr().err


def test_a_depressed_flight_that_digs_in_is_flown_at_the_range_that_the_refusal_names(capsys):
    """Ten kilometres beyond it, for the rounding of the place."""
    words = ["fly", "--launch", "39,126", "--missile", "icbm-solid", "--trajectory", "depressed"]
    line = Geodesic.WGS84.Inverse(39.0, 126.0, 40.0, 128.0)
    assert main([*words, "--target", "40,128"]) == 2
    least_km = float(
        re.search(r"allowed: ([\d,]+) km or more", capsys.readouterr().err)[1].replace(",", "")
    )
    assert least_km > line["s12"] / 1e3
    near = Geodesic.WGS84.Direct(39.0, 126.0, line["azi1"], 1e3 * least_km + 1e4)
    assert main([*words, "--target", f"{near['lat2']},{near['lon2']}"]) == 0


FLIGHTS = {
    "ballistic": ("slbm", "39,126", "Seattle"),
    "cruise": ("cruise-air-launched", "70,-140", "Edmonton", "--via", "62,-125"),
    "orbit": ("fractional-orbit", "51,60", "Washington"),
    "glide": ("glide-intercontinental", "65,40", "Ottawa"),
    "impulsive": ("impulsive", "0,170", "0,-130"),
}


@pytest.fixture(scope="module", params=FLIGHTS)
def flown(request, tmp_path_factory):
    """Folder and answer of one flight of each kind with all its files."""
    folder = tmp_path_factory.mktemp(request.param)
    missile, launch, target, *more = FLIGHTS[request.param]
    words = ["--missile", missile, "--launch", launch, "--target", target, *more]
    for option, name in (("--plot", "f.png"), ("--kml", "f.kml"), ("--czml", "f.czml")):
        words += [option, str(folder / name)]
    return folder, _fly(*words)


def test_phases_follow_each_other_from_launch_to_impact(flown):
    _, answer = flown
    phases = answer["phases"]
    assert phases[0]["start_s"] == 0.0
    assert phases[-1]["end_s"] == pytest.approx(answer["flight_time_s"])
    for before, after in pairwise(phases):
        assert after["start_s"] == before["end_s"]
        assert after["end_s"] > after["start_s"]
    assert answer["impact"]["miss_m"] < 100.0
    assert answer["apogee_km"] >= max(phase["altitude_km"] for phase in phases) - 1e-3
    if answer["missile"] == "slbm":
        assert len(answer["releases_s"]) == 2
        assert all(t > answer["burnout"]["time_s"] for t in answer["releases_s"])
    if answer["burnout"] and answer["burnout"]["time_s"] > 0.0:
        assert 10.0 < answer["peak_dynamic_pressure_kpa"] < 200.0
        assert 0.0 < answer["peak_dynamic_pressure_time_s"] < answer["burnout"]["time_s"]


def test_kml_and_czml_run_from_launch_to_target(flown):
    """Well-formed, times increase, the ends lie at the two places to 200 m."""
    folder, answer = flown
    space = {"k": "http://www.opengis.net/kml/2.2"}
    root = ElementTree.parse(folder / "f.kml").getroot()
    line = root.find(".//k:LineString/k:coordinates", space).text.split()
    points = np.array([[float(x) for x in point.split(",")] for point in line])
    packets = json.loads((folder / "f.czml").read_text())
    assert packets[0]["id"] == "document"
    rows = np.array(packets[1]["position"]["cartographicDegrees"]).reshape(-1, 4)
    assert np.all(np.diff(rows[:, 0]) > 0.0)
    assert rows[-1, 0] == pytest.approx(answer["flight_time_s"], abs=1e-3)
    assert np.abs(rows[:, 1:] - points).max() < 0.1
    for place, point in ((answer["launch"], points[0]), (answer["target"], points[-1])):
        off = Geodesic.WGS84.Inverse(
            place["latitude_deg"], place["longitude_deg"], point[1], point[0]
        )
        assert off["s12"] < 200.0
    assert points[:, 2].max() / 1e3 == pytest.approx(answer["apogee_km"], rel=1e-3)
    names = [mark.find("k:name", space).text for mark in root.iterfind(".//k:Placemark", space)]
    assert {"apogee"} < set(names)
    assert {mark.rpartition("/")[2] for mark in (p["id"] for p in packets[2:])} >= {"apogee"}


def test_a_flight_is_drawn_and_none_of_its_files_is_replaced(flown, capsys):
    folder, _ = flown
    assert (folder / "f.png").read_bytes().startswith(b"\x89PNG")
    words = ["fly", "--launch", "0,0", "--target", "0,70", "--missile", "impulsive"]
    for option, name in (("--plot", "f.png"), ("--kml", "f.kml"), ("--czml", "f.czml")):
        assert main([*words, option, str(folder / name)]) == 2
        assert "--overwrite" in capsys.readouterr().err
    assert len(list(folder.iterdir())) == 3


def test_a_sweep_finds_the_range_of_the_flights_it_is_made_of(tmp_path):
    """The lofted and the depressed flight lie on the curve, to 2 % in the angle's neighbourhood."""
    words = ("--launch", "39,126", "--target", "Seattle", "--missile", "icbm-solid")
    answer = _fly(*words, "--sweep", "--plot", str(tmp_path / "s.svg"))
    angle, ranges = (
        np.array([row[key] for row in answer["sweep"]])
        for key in ("flight_path_angle_deg", "range_km")
    )
    assert np.all(np.diff(angle) < 0.0)
    for trajectory in ("lofted", "depressed"):
        flight = _fly(*words, "--trajectory", trajectory)
        expected = np.interp(flight["burnout"]["flight_path_angle_deg"], angle[::-1], ranges[::-1])
        # The sweep keeps the azimuth of the geodesic; the flight leads its target.
        assert expected == pytest.approx(flight["range_km"], rel=0.05)
    assert (tmp_path / "s.svg").read_text().startswith("<?xml")


def test_a_footprint_holds_what_is_reached_and_not_what_is_refused(tmp_path, capsys):
    """A hundred kilometres inside of its edge a flight is found, as much outside it is not."""
    words = ["--launch", "39,126", "--missile", "icbm-solid"]
    answer = _fly(*words, "--footprint", str(tmp_path / "f.geojson"))
    _fly(*words, "--footprint", str(tmp_path / "f.svg"))
    for row in answer["footprint"][::24]:
        for margin_km, code in ((-100.0, 0), (100.0, 2)):
            place = Geodesic.WGS84.Direct(
                39.0, 126.0, row["bearing_deg"], 1e3 * (row["farthest_km"] + margin_km)
            )
            target = f"{place['lat2']},{place['lon2']}"
            assert main(["fly", *words, "--target", target]) == code, row
    shapes = json.loads((tmp_path / "f.geojson").read_text())["features"]
    assert shapes[0]["geometry"]["coordinates"] == [126.0, 39.0]
    rings = [ring for polygon in shapes[1]["geometry"]["coordinates"] for ring in polygon]
    assert all(ring[0] == ring[-1] for ring in rings)
    assert max(abs(x) for ring in rings for x, _ in ring) <= 180.0


@pytest.mark.parametrize(
    ("missile", "nearest_km", "farthest_km"),
    [("cruise-air-launched", 100.0, 4500.0), ("fractional-orbit", 100.0, 20015.0)],
)
def test_footprints_of_kinds_without_ballistics(missile, nearest_km, farthest_km, tmp_path):
    """A disc of the fuel's range; everything, the long way round."""
    words = ("--launch", "70,-150", "--missile", missile)
    answer = _fly(*words, "--footprint", str(tmp_path / "f.svg"))
    for row in answer["footprint"]:
        assert row["nearest_km"] == pytest.approx(nearest_km)
        assert row["farthest_km"] == pytest.approx(farthest_km, rel=1e-3)


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
