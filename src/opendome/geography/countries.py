"""Which country a point of the Earth lies in."""

from __future__ import annotations

from functools import lru_cache
from math import pi
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from opendome.geography.outlines import Floats, Integers, load_outlines
from opendome.physics.jit import kernel

SEA: Final = "sea"


class _Index(NamedTuple):
    """Outlines with the band of latitudes in which each ring can hold a point."""

    longitude_rad: Floats
    latitude_rad: Floats
    ring_first: Integers
    ring_country: Integers
    ring_south_rad: Floats
    ring_north_rad: Floats


def country_at(latitude_rad: float, longitude_rad: float) -> str:
    """Country that a point lies in: ISO 3166-1 alpha-3 code, "other", or "sea".

    Parameters and errors as in `countries_at`, for one point.
    """
    return str(countries_at([latitude_rad], [longitude_rad])[0])


def countries_at(latitude_rad: ArrayLike, longitude_rad: ArrayLike) -> NDArray[np.object_]:
    """Country that each of many points lies in.

    Parameters
    ----------
    latitude_rad, longitude_rad : (n,) float64
        Geodetic, WGS-84; any longitude, in any turn.

    Returns
    -------
    (n,) object
        ISO 3166-1 alpha-3 codes ("USA" holds Alaska and Hawaii, not Guam or Puerto Rico), "other"
        for lands without a code of their own, "sea" elsewhere. Lakes count as land, the Caspian
        as sea.

    Raises
    ------
    ValueError
        Where a coordinate is not finite, a latitude is beyond a pole, or lengths differ.

    Notes
    -----
    Crossings of the meridian from the point to the north pole, which is sea, are counted; edges
    are straight in longitude and latitude. Right to the generalisation of 1:50m outlines, some
    5 km: a city's waterfront may be sea. Source: Natural Earth 4.1.0 (public domain).
    """
    latitude = np.atleast_1d(np.ascontiguousarray(latitude_rad, np.float64))
    longitude = np.atleast_1d(np.ascontiguousarray(longitude_rad, np.float64))
    if latitude.ndim != 1 or latitude.shape != longitude.shape:
        raise ValueError(
            f"latitudes {latitude.shape} and longitudes {longitude.shape} must be equally long rows"
        )
    if not (np.isfinite(latitude).all() and np.isfinite(longitude).all()):
        raise ValueError("latitudes and longitudes must be finite")
    if np.abs(latitude).max(initial=0.0) > 0.5 * pi + 1e-12:
        raise ValueError("latitudes must lie between -pi/2 and pi/2 radians")
    rows = np.empty(latitude.shape[0], np.int64)
    _find_countries(latitude, longitude, *_index(), rows)
    codes = np.array([*load_outlines().codes, SEA], np.object_)
    return codes[rows]


@lru_cache(maxsize=1)
def _index() -> _Index:
    outlines = load_outlines()
    south = np.minimum.reduceat(outlines.latitude_rad, outlines.ring_first[:-1])
    north = np.maximum.reduceat(outlines.latitude_rad, outlines.ring_first[:-1])
    steps = np.diff(outlines.longitude_rad)
    turned = (steps + pi) % (2.0 * pi) - pi
    for i, (begin, end) in enumerate(
        zip(outlines.ring_first[:-1], outlines.ring_first[1:], strict=True)
    ):
        # A ring that goes once round the Earth holds the south pole.
        if abs(turned[begin : end - 1].sum()) > pi:
            south[i] = -0.5 * pi
    return _Index(
        outlines.longitude_rad,
        outlines.latitude_rad,
        outlines.ring_first,
        outlines.ring_country,
        south,
        north,
    )


@kernel
def _find_countries(
    latitude_rad: Floats,
    longitude_rad: Floats,
    vertex_longitude_rad: Floats,
    vertex_latitude_rad: Floats,
    ring_first: Integers,
    ring_country: Integers,
    ring_south_rad: Floats,
    ring_north_rad: Floats,
    rows: Integers,
) -> None:
    """Row of the country of each point into `rows`; -1 is the sea."""
    turn = 2.0 * np.pi
    for k in range(latitude_rad.shape[0]):
        latitude = min(max(latitude_rad[k], -0.5 * np.pi), 0.5 * np.pi)
        rows[k] = -1
        country = -1
        inside = False
        for i in range(ring_country.shape[0]):
            if ring_country[i] != country:
                if inside:
                    break
                country = ring_country[i]
            if latitude < ring_south_rad[i] or latitude > ring_north_rad[i]:
                continue
            begin = ring_first[i]
            # Longitudes relative to the point, within half a turn.
            a = vertex_longitude_rad[begin] - longitude_rad[k]
            a -= turn * np.floor(a / turn + 0.5)
            for j in range(begin + 1, ring_first[i + 1]):
                b = vertex_longitude_rad[j] - longitude_rad[k]
                b -= turn * np.floor(b / turn + 0.5)
                # Half-open, so that a meridian through a vertex crosses one of its two edges; an
                # edge that spans over half a turn crosses the opposite meridian instead.
                if (a < 0.0) != (b < 0.0) and abs(b - a) < np.pi:
                    south, north = vertex_latitude_rad[j - 1], vertex_latitude_rad[j]
                    if south + (north - south) * a / (a - b) > latitude:
                        inside = not inside
                a = b
        if inside:
            rows[k] = country
