"""Rows of small stored campaigns with known content."""

import math

import numpy as np

from opendome.campaign.store import Store
from opendome.tables.record import COLUMNS, FORMAT, build_table

NAN = math.nan
ORIGIN = (39.0, 126.0)
AIMS = {
    "Toronto": ("CAN", 43.7, -79.4),
    "Seattle": ("USA", 47.6, -122.3),
    "Washington": ("USA", 38.9, -77.0),
}


def threat_row(missile, kind, aim, **values):
    """A row of `threats`; `values` replace the defaults of a missile that nobody touches."""
    nation, latitude, longitude = AIMS[aim]
    row = dict.fromkeys((column.name for column in COLUMNS["threats"]), NAN)
    row |= {
        "object": f"{missile}/{kind}",
        "missile": missile,
        "class": "icbm-solid",
        "kind": kind,
        "origin": "launch-area",
        "origin_latitude_deg": ORIGIN[0],
        "origin_longitude_deg": ORIGIN[1],
        "aim": aim,
        "nation": nation,
        "aim_latitude_deg": latitude,
        "aim_longitude_deg": longitude,
        "aim_weight": 0.1,
        "lethal": kind == "warhead",
        "launch_s": 0.0,
        "burnout_s": 180.0,
        "release_s": 240.0,
        "apogee_km": 1200.0,
        "fate": "leaked" if kind == "warhead" else "harmless",
        "fate_s": 1800.0,
        "fate_layer": "",
        "fell_on": "",
        "first_reason": "",
        "first_detection_by": "",
        "shots": 0,
        "second_shot_possible": False,
        "own_detection_phase": "",
        "own_firm_phase": "",
        "held_share": 0.8,
        "longest_held_share": 0.6,
        "track_segments": 2,
        "in_area": True,
        "left_alone": False,
    }
    assert set(values) <= set(row)
    return tuple((row | values).values())


def shot_row(number, target, kind, layer, decision_s, intercept_s, result, **values):
    """A row of `engagements` at `target`."""
    row = {
        "shot": number,
        "shooter": "fort-greely" if layer == "midcourse" else "shell",
        "interceptor": "gbi" if layer == "midcourse" else "sbi",
        "unit": -1 if layer == "midcourse" else 17,
        "nation": "USA",
        "layer": layer,
        "track": 7 if layer == "midcourse" else 3,
        "object": target,
        "object_kind": kind,
        "decision_s": decision_s,
        "launch_s": decision_s + 5.0,
        "intercept_s": intercept_s,
        "predicted_latitude_deg": 60.0,
        "predicted_longitude_deg": -150.0,
        "predicted_altitude_km": 900.0,
        "closing_speed_km_s": 10.0,
        "error_m": 2500.0,
        "divert_m_s": 300.0,
        "divert_limit_m_s": 700.0,
        "kill_probability": 0.5,
        "salvo": 0,
        "result": result,
        "assessed": "kill" if result == "killed" else "miss",
        "assessed_s": intercept_s + 30.0,
        "value_at_risk": 0.05,
        "believed_kill_probability": 0.56,
        "value_saved": 0.048,
        "alternative": "vandenberg" if layer == "midcourse" else "shell",
        "alternative_saved": 0.04,
    }
    assert set(values) <= set(row)
    return tuple((row | values).values())


def battle_rows(reason="failed"):
    """One leaks after a shot, one is stopped in midcourse, one is cut short in boost."""
    seen = {"first_detection_s": 40.0, "first_firm_s": 55.0, "first_detection_by": "opir-1"}
    threats = [
        threat_row("salvo/1", "booster", "Toronto", **seen),
        threat_row(
            "salvo/1", "warhead", "Toronto", **seen, first_feasible_s=300.0, shots=1,
            impact_s=1800.0, impact_latitude_deg=43.7, impact_longitude_deg=-79.4,
            first_reason=reason,
        ),
        threat_row(
            "salvo/2", "warhead", "Seattle", **seen, launch_s=30.0, first_feasible_s=310.0, shots=1,
            fate="stopped", fate_s=1000.0, fate_layer="midcourse", second_shot_possible=True,
        ),
        threat_row("salvo/3", "booster", "Washington", **seen, launch_s=60.0),
        threat_row(
            "salvo/3", "warhead", "Washington", **seen, launch_s=60.0, burnout_s=170.0,
            release_s=NAN, first_feasible_s=70.0, shots=1, fate="fell-short", fate_s=1500.0,
            fate_layer="boost", fell_on="CAN",
        ),
        threat_row("salvo/3", "decoy", "Washington", launch_s=60.0),
    ]  # fmt: skip
    engagements = [
        shot_row(1, "salvo/3/booster", "booster", "boost", 70.0, 170.0, "killed"),
        shot_row(2, "salvo/1/warhead", "warhead", "midcourse", 300.0, 1000.0, "failed"),
        shot_row(3, "salvo/2/warhead", "warhead", "midcourse", 310.0, 1000.0, "killed"),
    ]
    tracks = [
        (3, "salvo/3/booster", -1, 40.0, 55.0, 170.0, 20, 1.0, 0.9, 1500.0, 30.0, "opir-1"),
        (7, "salvo/1/warhead", 3, 260.0, 270.0, 1790.0, 99, 1.0, 0.8, 500.0, 4.0, "radar-1"),
    ]
    return {
        "threats": threats,
        "engagements": engagements,
        "tracks": tracks,
        "picture": picture_rows(),
        "impacts": [
            ("warhead", 0.0, 3, 300.0, 900.0, 500.0, 0.9, 1.0),
            ("warhead", 240.0, 4, 2000.0, 5000.0, 900.0, 0.5, 2.0),
        ],
    }


def picture_rows():
    """Four looks: a warhead followed more and more closely, with a ghost beside it."""
    rows = []
    for k in range(4):
        error_m = 1000.0 / (k + 1)
        rows += [
            (60.0 * k, "warhead", "ballistic", 2, 1, 2, 1, error_m, 3.0, 5.0 + k, 1.0, error_m,
             7000.0),
            (60.0 * k, "decoy-or-debris", "ballistic", 5, 0, 0, 0, NAN, NAN, NAN, NAN, 0.0, 15e3),
            (60.0 * k, "", "", 0, 0, 1, 0, NAN, NAN, NAN, NAN, 0.0, 7000.0),
        ]  # fmt: skip
    return rows


def path_rows(name, aim, end_s=1800.0):
    """Twenty points of a straight run north of the real track, up to 1,200 km and down."""
    _, latitude, longitude = AIMS[aim]
    share = np.linspace(0.0, 1.0, 20)
    return [
        (
            name,
            end_s * f,
            ORIGIN[0] + f * (latitude - ORIGIN[0]) + 80.0 * f * (1.0 - f),
            ORIGIN[1] + f * (longitude + 360.0 - ORIGIN[1]),
            4800.0 * f * (1.0 - f),
        )
        for f in share
    ]


MANIFEST = {
    "format": FORMAT,
    "opendome": "0.1.0",
    "status": "complete",
    "name": "Three missiles & a test",
    "scenario_hash": "abc123",
    "seed": 5,
    "runs": 3,
    "settings": {"runs": 3, "seed": 5},
    "ut1": "UT1-UTC taken as 0",
    "scenario": {
        "architecture": {
            "elements": {
                "fort-greely": {
                    "kind": "battery",
                    "latitude": "1.1161 rad",
                    "longitude": "-2.5434 rad",
                },
                "clear": {"kind": "radar", "latitude": "64.3 deg", "longitude": "-149.2 deg"},
                "opir": {"kind": "infrared-constellation", "altitude": "35786 km"},
            }
        }
    },
    "boost_budget": [
        {
            "class": "icbm-solid",
            "terms": [
                {"name": "plume visible", "low": 20, "best": 30, "high": 40, "source": "APS03"},
                {"name": "fly-out", "low": 60, "best": 90, "high": 160, "source": "assumption"},
                {"name": "burnout", "low": 170, "best": 180, "high": 190, "source": "APS03"},
            ],
        }
    ],
    "sources": [
        {
            "element": "architecture.elements.clear",
            "field": "availability",
            "value": 0.95,
            "low": 0.9,
            "high": 0.99,
            "source": "SITES",
            "title": "Radar sites",
            "year": 2024,
            "confidence": "medium",
            "url": "https://example.org/sites",
        },
        {
            "element": "missiles.icbm-solid",
            "field": "",
            "value": None,
            "low": None,
            "high": None,
            "source": "assumption",
            "title": "",
            "year": None,
            "confidence": "low",
            "url": "",
        },
    ],
    "changed": [{"path": "doctrine.salvo", "library": "4", "new": "2"}],
}


def store_campaign(path, replications, *, draws=0, whole=True, **manifest):
    """Write a campaign to `path`.

    `replications` are tables by replication; a text in place of tables is the error that ended
    it. Draws of the assumptions repeat the first replication; `whole` keeps its paths.
    """
    store = Store.create(path)
    plan = [(0, number, tables) for number, tables in enumerate(replications)]
    plan += [(draw, 0, replications[0]) for draw in range(1, draws + 1)]
    for outer, number, tables in plan:
        store.write_part(
            f"outer{outer:04d}-first{number:08d}",
            _make_tables(tables, outer, number, whole and outer == 0 and number == 0),
        )
    store.write_manifest(MANIFEST | manifest)
    return path


def _make_tables(tables, outer, number, whole):
    failed = isinstance(tables, str)
    rows = {} if failed else dict(tables)
    threats = build_table("threats", rows.get("threats", []))
    fates = [
        fate for fate, lethal in zip(threats["fate"], threats["lethal"], strict=True) if lethal
    ]
    rows["replications"] = [
        (
            failed,
            tables if failed else "",
            0.0,
            len(fates),
            fates.count("leaked"),
            fates.count("fell-short"),
            fates.count("stopped"),
            len(rows.get("engagements", [])),
            fates.count("fell-short"),
            len(fates),
            len(fates),
            len(threats["fate"]),
        )
    ]
    if whole and not failed:
        rows["ephemerides"] = path_rows("salvo/1/warhead", "Toronto")
    made = {}
    for name in COLUMNS:
        table = build_table(name, rows.get(name, []))
        n = len(next(iter(table.values())))
        keys = {"outer": np.full(n, outer), "replication": np.full(n, number)}
        made[name] = keys | table
    return made
