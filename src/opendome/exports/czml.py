"""A flight as CZML, for Cesium: JSON packets in the order of the CZML guide.

The few packets are written by hand with `json`: no library is needed for them. CZML wants a date;
a launch without one is put at `EPOCH`.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import numpy as np

from opendome.exports.flight_track import FlightTrack

EPOCH: Final = datetime(2029, 1, 20, 12, tzinfo=UTC)
_COLOUR: Final = [213, 94, 0, 255]
_FASTER: Final = 30.0  # the clock of the viewer


def write_czml(track: FlightTrack, launch: datetime = EPOCH) -> str:
    """The document packet, a packet for the flight and one for each of its marks."""
    end = launch + timedelta(seconds=float(np.ceil(track.time_s[-1])))
    span = f"{_date(launch)}/{_date(end)}"
    packets: list[dict[str, Any]] = [
        {
            "id": "document",
            "name": track.name,
            "version": "1.0",
            "clock": {"interval": span, "currentTime": _date(launch), "multiplier": _FASTER},
        },
        {
            "id": "flight",
            "name": track.name,
            "description": track.description,
            "availability": span,
            "position": {
                "epoch": _date(launch),
                "interpolationAlgorithm": "LAGRANGE",
                "interpolationDegree": 2,
                "cartographicDegrees": _interleave(track),
            },
            "point": {"pixelSize": 8, "color": {"rgba": _COLOUR}},
            "path": {
                "material": {"solidColor": {"color": {"rgba": _COLOUR}}},
                "width": 2,
                "resolution": 5,
            },
        },
    ]
    packets += [
        {
            "id": f"mark/{mark.name}",
            "name": mark.name,
            "position": {"cartographicDegrees": list(track.locate(mark))},
            "point": {"pixelSize": 6, "color": {"rgba": [27, 31, 36, 255]}},
            "label": {
                "text": mark.name,
                "font": "12px sans-serif",
                "pixelOffset": {"cartesian2": [0, -14]},
            },
        }
        for mark in track.marks
    ]
    return json.dumps(packets, indent=1, allow_nan=False) + "\n"


def _interleave(track: FlightTrack) -> list[float]:
    rows = np.column_stack(
        (
            np.round(track.time_s, 3), np.round(track.longitude_deg, 7),
            np.round(track.latitude_deg, 7), np.round(track.altitude_m, 2),
        )
    )  # fmt: skip
    return [float(value) for value in rows.ravel()]


def _date(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
