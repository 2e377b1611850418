"""Cubic Hermite interpolation between two states."""

from __future__ import annotations

from opendome.physics.jit import kernel


@kernel
def interpolate(x0: float, v0: float, x1: float, v1: float, span: float, fraction: float) -> float:
    """Value at `fraction` of the way from (x0, slope v0) to (x1, slope v1), `span` apart."""
    s = fraction
    r = 1.0 - s
    return r * r * ((1.0 + 2.0 * s) * x0 + s * span * v0) + s * s * (
        (3.0 - 2.0 * s) * x1 - r * span * v1
    )


@kernel
def interpolate_slope(
    x0: float, v0: float, x1: float, v1: float, span: float, fraction: float
) -> float:
    """Slope there."""
    s = fraction
    r = 1.0 - s
    return 6.0 * s * r * (x1 - x0) / span + r * (r - 2.0 * s) * v0 + s * (s - 2.0 * r) * v1
