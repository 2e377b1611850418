"""A flight as KML 2.2 (OGC 07-147r2), for Google Earth and geographic information systems.

Altitudes are written as absolute. KML counts them from the geoid; ours are from the ellipsoid, up
to 110 m apart.
"""

from __future__ import annotations

from typing import Final
from xml.etree import ElementTree as Xml

from opendome.exports.flight_track import FlightTrack

_NAMESPACE: Final = "http://www.opengis.net/kml/2.2"
# aabbggrr: the vermilion of the figures.
_LINE_COLOUR: Final = "ff005ed5"


def write_kml(track: FlightTrack) -> str:
    """The document: one line for the flight, one placemark for each of its marks."""
    Xml.register_namespace("", _NAMESPACE)
    root = Xml.Element(_tag("kml"))
    document = _add(root, "Document")
    _add(document, "name", track.name)
    _add(document, "description", track.description)
    style = _add(document, "Style")
    style.set("id", "flight")
    line = _add(style, "LineStyle")
    _add(line, "color", _LINE_COLOUR)
    _add(line, "width", "2")
    flight = _add(document, "Placemark")
    _add(flight, "name", track.name)
    _add(flight, "styleUrl", "#flight")
    points = _add(flight, "LineString")
    _add(points, "altitudeMode", "absolute")
    columns = zip(track.longitude_deg, track.latitude_deg, track.altitude_m, strict=True)
    _add(points, "coordinates", " ".join(_as_text(*place) for place in columns))
    for mark in track.marks:
        pin = _add(document, "Placemark")
        _add(pin, "name", mark.name)
        _add(pin, "description", f"{mark.time_s:.1f} s after launch")
        point = _add(pin, "Point")
        _add(point, "altitudeMode", "absolute")
        _add(point, "coordinates", _as_text(*track.locate(mark)))
    Xml.indent(root)
    return Xml.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _tag(name: str) -> str:
    return f"{{{_NAMESPACE}}}{name}"


def _add(parent: Xml.Element, name: str, text: str = "") -> Xml.Element:
    child = Xml.SubElement(parent, _tag(name))
    if text:
        child.text = text
    return child


def _as_text(longitude_deg: float, latitude_deg: float, altitude_m: float) -> str:
    return f"{longitude_deg:.6f},{latitude_deg:.6f},{altitude_m:.1f}"
