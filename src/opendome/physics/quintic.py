"""Quintic Hermite interpolation between two nodes of a flight path."""

from __future__ import annotations

from opendome.physics.jit import kernel


@kernel
def quintic_position(
    x0: float, v0: float, a0: float, x1: float, v1: float, a1: float, dt: float, u: float
) -> float:
    """Coordinate at fraction `u` of a step of `dt` seconds, one axis.

    Matches value, first and second derivative at both ends; the error falls as the sixth power of
    the step. Source: Hairer, Norsett and Wanner (1993), section II.6, Hermite interpolation.
    """
    p, q = v0 * dt, v1 * dt
    r, s = 0.5 * a0 * dt * dt, 0.5 * a1 * dt * dt
    rise = x1 - x0
    c3 = 10.0 * rise - 6.0 * p - 4.0 * q - 3.0 * r + s
    c4 = -15.0 * rise + 8.0 * p + 7.0 * q + 3.0 * r - 2.0 * s
    c5 = 6.0 * rise - 3.0 * (p + q) - r + s
    return x0 + u * (p + u * (r + u * (c3 + u * (c4 + u * c5))))


@kernel
def quintic_velocity(
    x0: float, v0: float, a0: float, x1: float, v1: float, a1: float, dt: float, u: float
) -> float:
    """Derivative of `quintic_position` by time."""
    if dt <= 0.0:
        return v0
    p, q = v0 * dt, v1 * dt
    r, s = 0.5 * a0 * dt * dt, 0.5 * a1 * dt * dt
    rise = x1 - x0
    c3 = 10.0 * rise - 6.0 * p - 4.0 * q - 3.0 * r + s
    c4 = -15.0 * rise + 8.0 * p + 7.0 * q + 3.0 * r - 2.0 * s
    c5 = 6.0 * rise - 3.0 * (p + q) - r + s
    return (p + u * (2.0 * r + u * (3.0 * c3 + u * (4.0 * c4 + u * 5.0 * c5)))) / dt


@kernel
def quintic_acceleration(
    x0: float, v0: float, a0: float, x1: float, v1: float, a1: float, dt: float, u: float
) -> float:
    """Second derivative of `quintic_position` by time."""
    if dt <= 0.0:
        return a0
    p, q = v0 * dt, v1 * dt
    r, s = 0.5 * a0 * dt * dt, 0.5 * a1 * dt * dt
    rise = x1 - x0
    c3 = 10.0 * rise - 6.0 * p - 4.0 * q - 3.0 * r + s
    c4 = -15.0 * rise + 8.0 * p + 7.0 * q + 3.0 * r - 2.0 * s
    c5 = 6.0 * rise - 3.0 * (p + q) - r + s
    return (2.0 * r + u * (6.0 * c3 + u * (12.0 * c4 + u * 20.0 * c5))) / (dt * dt)
