"""Does a shot kill: containment, probability by target class, and draws with a common mode.

Shots of one interceptor type share what the type's record does not tell: in each replication the
type has one quality, drawn from a beta distribution whose mean is the kill probability and whose
spread is the correlation between any two shots. Given the quality, shots are independent. The
marginal probability of each shot stays what it was.
"""

from __future__ import annotations

import numpy as np

from opendome.physics.jit import kernel
from opendome.physics.random import mix, uniform
from opendome.tables.forces import InterceptorTypes


@kernel
def draw_type_quantile(key: np.uint64, replication: int, type_identity: np.uint64) -> float:
    """The quantile, in (0, 1), at which an interceptor type performs in one replication.

    One draw per type and replication, whatever is shot at: good in one class, good in all.
    """
    return uniform(key, replication, type_identity, 0)


def type_quality(probability: float, correlation: float, quantile: float) -> float:
    """Kill probability of all shots of a type in one replication, given the type's quantile.

    Parameters
    ----------
    probability : float
        Single-shot kill probability, the mean over replications.
    correlation : float
        Between the results of two shots in one replication, 0 to below 1.
    quantile : float
        In (0, 1), from `draw_type_quantile`.

    Returns
    -------
    quality : float
        Inverse of the beta distribution with parameters p (1/rho - 1) and (1 - p) (1/rho - 1),
        whose mean is p and whose variance is rho p (1 - p).

    Raises
    ------
    ValueError
        Where probability or correlation is out of its range.

    Notes
    -----
    Source: beta-binomial model, Griffiths (1973), Biometrics 29 (intra-class correlation).
    """
    from scipy.special import betaincinv

    if not 0.0 <= probability <= 1.0:
        raise ValueError(f"kill probability must be from 0 to 1, not {probability}")
    if not 0.0 <= correlation < 1.0:
        raise ValueError(f"correlation must be from 0 to below 1, not {correlation}")
    if correlation == 0.0 or probability in (0.0, 1.0):
        return probability
    size = 1.0 / correlation - 1.0
    return float(betaincinv(probability * size, (1.0 - probability) * size, quantile))


def draw_kill(
    key: np.uint64,
    replication: int,
    target_identity: np.uint64,
    type_identity: np.uint64,
    ordinal: int,
    probability: float,
    correlation: float = 0.0,
    quantile: float = 0.5,
) -> bool:
    """Whether one shot kills the object it meets.

    Parameters
    ----------
    key : uint64
        Of the stream of kills.
    replication : int
    target_identity, type_identity : uint64
        Object met and type of the interceptor.
    ordinal : int
        Of this type's shots at this object, from 0: neither other types nor other objects shift
        the draw.
    probability : float
        From `find_kill_probability`.
    correlation, quantile : float
        As in `type_quality`.
    """
    quality = type_quality(probability, correlation, quantile)
    return _draw_shot(key, replication, target_identity, type_identity, ordinal) < quality


@kernel
def _draw_shot(
    key: np.uint64,
    replication: int,
    target_identity: np.uint64,
    type_identity: np.uint64,
    ordinal: int,
) -> float:
    return uniform(key, replication, mix(target_identity, type_identity), ordinal)


def find_kill_probability(
    types: InterceptorTypes,
    k: int,
    target_class: int,
    closing_speed_m_s: float,
    altitude_m: float,
) -> float:
    """Single-shot kill probability of type `k` at a target class (`codes.TARGET_CLASSES`).

    Zero outside the type's limits of closing speed and altitude.
    """
    if not closing_speed_m_s <= types.max_closing_speed_m_s[k, target_class]:
        return 0.0
    if not types.min_altitude_m[k] <= altitude_m <= types.max_altitude_m[k]:
        return 0.0
    return float(types.kill_probability[k, target_class])


def find_containment(
    error_m: float, time_to_go_s: float, basket_m: float, divert_left_m_s: float
) -> tuple[bool, float]:
    """Whether a kill vehicle can still take up the error that its last update left.

    Parameters
    ----------
    error_m : float
        Of the target's place against the point aimed at, across the closing velocity: along it,
        timing takes it up.
    time_to_go_s : float
        From the last update to intercept.
    basket_m : float
        Largest error at which the seeker still finds the target.
    divert_left_m_s : float
        Velocity change that earlier updates have left.

    Returns
    -------
    contained : bool
        False: the shot is `missed`, whatever its kill probability.
    spent_m_s : float
        Velocity change of the correction, error over time to go (impulsive: the least that can
        do); all that was left where it does not suffice.

    Raises
    ------
    ValueError
        Where there is no time to go.
    """
    if time_to_go_s <= 0.0:
        raise ValueError(f"time to go must be positive, not {time_to_go_s} s")
    spent_m_s = error_m / time_to_go_s
    contained = error_m <= basket_m and spent_m_s <= divert_left_m_s
    return contained, min(spent_m_s, max(divert_left_m_s, 0.0))
