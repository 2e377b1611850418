"""Distances between the set of tracks and the set of true objects at one time: OSPA and GOSPA."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from opendome.statistics.pairing import Pairing, pair_points


class Gospa(NamedTuple):
    """GOSPA distance with its parts; `distance**order` is the sum of the three parts.

    The parts are powers of the unit of the points: for metres and order 2, square metres.
    """

    distance: float
    localisation: float  # sum of distance**order over the pairs
    missed: float  # cutoff**order / 2 for each object without a track
    false: float  # cutoff**order / 2 for each track without an object
    n_missed: int
    n_false: int
    pairs: Pairing  # objects as first, tracks as second


def find_ospa(objects: ArrayLike, tracks: ArrayLike, cutoff: float, order: float = 2.0) -> float:
    """OSPA distance of order p: error per object of the larger set, up to the cut-off.

    Parameters
    ----------
    objects, tracks : (n, d), (m, d) float64
        Positions, or other states, in one unit.
    cutoff : float
        Price of an object that one set has and the other lacks, in the same unit.
    order : float
        Exponent p, 1 or above.

    Returns
    -------
    float
        Between 0 and `cutoff`; 0 where both sets are empty.

    Notes
    -----
    Source: Schuhmacher, Vo and Vo (2008), "A consistent metric for performance evaluation of
    multi-object filters", IEEE Trans. Signal Process. 56(8), equation 3.
    """
    pairs = pair_points(objects, tracks, cutoff, order)
    most = max(np.shape(objects)[0], np.shape(tracks)[0])
    if most == 0:
        return 0.0
    near = float(((pairs.distance / cutoff) ** order).sum())
    mean = (near + most - pairs.distance.size) / most
    return float(cutoff * mean ** (1.0 / order))


def find_gospa(objects: ArrayLike, tracks: ArrayLike, cutoff: float, order: float = 2.0) -> Gospa:
    """GOSPA distance with alpha = 2, split into localisation, missed objects and false tracks.

    Unlike OSPA it is not divided by the number of objects: each missed object and each false track
    adds its price.

    Parameters
    ----------
    objects, tracks : (n, d), (m, d) float64
        Positions, or other states, in one unit.
    cutoff : float
        A pair further apart counts as one missed object and one false track.
    order : float
        Exponent p, 1 or above.

    Notes
    -----
    Source: Rahmathullah, Garcia-Fernandez and Svensson (2017), "Generalized optimal sub-pattern
    assignment metric", 20th Int. Conf. Information Fusion, proposition 1.
    """
    pairs = pair_points(objects, tracks, cutoff, order)
    n_pairs = pairs.distance.size
    n_missed = int(np.shape(objects)[0]) - n_pairs
    n_false = int(np.shape(tracks)[0]) - n_pairs
    price = 0.5 * cutoff**order
    localisation = float((pairs.distance**order).sum())
    total = localisation + price * (n_missed + n_false)
    return Gospa(
        distance=total ** (1.0 / order),
        localisation=localisation,
        missed=price * n_missed,
        false=price * n_false,
        n_missed=n_missed,
        n_false=n_false,
        pairs=pairs,
    )
