"""The equations of staged flight written a second time, and two integrators that solve them.

Gravity from Legendre recurrences, thrust along a programmed attitude that is fixed in inertial
space. Of the air there are two: `same_air` takes density and altitude from the flight code, so that
only the integration is compared; `own_air` is `reference_air` over geodetic altitude, with nothing
of the flight code. SciPy's DOP853 and heyoka's Taylor integrator each solve the equations in their
own code; what they share is the list of spans.

Sources: Vallado (2013), section 8.7 (gravity); Bowring (1985), Survey Review 28 (altitude); Biscani
and Izzo (2021), MNRAS 504 (heyoka).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
import reference_air
from scipy.integrate import solve_ivp

from opendome.physics import atmosphere, reentry
from opendome.physics.boost import Steering, Vehicle
from opendome.physics.forces import NO_LIMIT_PA

# WGS-84 and EGM96, as in the sources of `physics.constants`.
MU = 3.986004418e14
A = 6378137.0
F = 1.0 / 298.257223563
E2 = F * (2.0 - F)
B = A * (1.0 - F)
OMEGA = 7.292115e-5
ZONAL = {2: 1.0826266835e-3, 3: -2.5326564853e-6, 4: -1.6196215914e-6}
G0 = 9.80665
HORIZON_S = 14_400.0
SPEED_M_S = 7905.0
DEGREE = 14  # of the polynomials of log density
DOP853_TOLERANCE = 1e-12
TAYLOR_TOLERANCE = 1e-13


class Span(NamedTuple):
    """A stretch of flight over which everything is constant or linear in time."""

    start_s: float
    end_s: float
    thrust_n: float
    mass_kg: float
    flow_kg_s: float
    pitch_rad: float
    pitch_rate_rad_s: float
    drag_area_m2: float


class Landing(NamedTuple):
    """Time since launch, and where on the ellipsoid."""

    time_s: float
    latitude_rad: float
    longitude_rad: float


class Air(NamedTuple):
    """Density, the altitude that it is asked at, and the same in bands of log density."""

    density: Callable[[float], float]
    altitude: Callable[[float, float, float], float]
    radial: bool  # altitude as in `reentry.altitude`, else geodetic
    borders_m: list[float]
    bands: list[list[float]]


@lru_cache(maxsize=1)
def own_air() -> Air:
    """The standard atmosphere of `reference_air` over geodetic altitude."""
    borders = reference_air.borders_m()
    bands = reference_air.fit_bands(reference_air.density, borders, DEGREE)
    return Air(reference_air.density, height, False, borders, bands)


@lru_cache(maxsize=1)
def same_air() -> Air:
    """Density and altitude of the flight code; its density is smooth within its cells."""
    cells = [
        *np.arange(0.0, atmosphere._FINE_TOP_M, atmosphere._FINE_STEP_M),
        *np.arange(atmosphere._FINE_TOP_M, 864e3, atmosphere._COARSE_STEP_M),
    ]
    radius = reference_air.RADIUS_M
    borders = [float(radius * h / (radius - h)) for h in cells] + [atmosphere.ATMOSPHERE_TOP_M]
    bands = reference_air.fit_bands(atmosphere.density, borders, DEGREE)
    return Air(atmosphere.density, reentry.altitude, True, borders, bands)


def is_plain(vehicle: Vehicle) -> bool:
    """Whether `list_spans` holds all that acts: no limit of load or turn, no weave, no carrier."""
    limited = vehicle.turn_limit_rad_s < math.inf or vehicle.load_limit_pa < NO_LIMIT_PA
    start_state = (vehicle.launch_altitude_m, vehicle.launch_speed_m_s, vehicle.weave_rad)
    return not limited and not any(start_state)


def list_spans(vehicle: Vehicle, steering: Steering, warhead_kg_m2: float) -> list[Span]:
    """The spans of a flight: stages and coasts, cut at the corners of the pitch programme."""
    n = vehicle.n_stages
    rise, turned = vehicle.vertical_rise_s, vehicle.pitch_end_s
    rate = (steering.pitch_end_rad - vehicle.pitch_start_rad) / (turned - rise)
    mass = vehicle.payload_kg + sum(
        vehicle.stage_propellant_kg[i] + vehicle.stage_inert_kg[i] for i in range(n)
    )
    spans: list[Span] = []
    t = 0.0
    for i in range(n):
        flow = vehicle.stage_propellant_kg[i] / vehicle.stage_burn_s[i]
        share = min(max(steering.effort - i, 0.0), 1.0)
        thrust = share * flow * vehicle.stage_specific_impulse_s[i] * G0
        ignition, burnout = t, t + vehicle.stage_burn_s[i]
        ends = sorted({burnout, *(c for c in (rise, turned, steering.cutoff_s) if t < c < burnout)})
        for end in ends:
            if t >= steering.cutoff_s:
                break
            pitch = vehicle.pitch_start_rad + rate * (min(max(t, rise), turned) - rise)
            turning = rate if rise <= t < turned else 0.0
            spans.append(
                Span(t, end, thrust, mass - flow * (t - ignition), flow, pitch, turning,
                     vehicle.drag_area_m2)
            )  # fmt: skip
            t = end
        if t >= steering.cutoff_s:
            break
        mass -= vehicle.stage_propellant_kg[i] + vehicle.stage_inert_kg[i]
        coast = vehicle.stage_coast_s[i]
        if coast > 0.0 and i < n - 1:
            spans.append(Span(t, t + coast, 0.0, mass, 0.0, 0.0, 0.0, vehicle.drag_area_m2))
            t += coast
    return [*spans, Span(t, HORIZON_S, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0 / warhead_kg_m2)]


def start(
    latitude_rad: float, longitude_rad: float, azimuth_rad: float
) -> tuple[list[float], list[float], list[float]]:
    """State at rest on the turning ellipsoid, the vertical, and the horizontal along an azimuth."""
    sp, cp = math.sin(latitude_rad), math.cos(latitude_rad)
    sl, cl = math.sin(longitude_rad), math.cos(longitude_rad)
    n = A / math.sqrt(1.0 - E2 * sp * sp)
    x, y, z = n * cp * cl, n * cp * sl, n * (1.0 - E2) * sp
    up = [cp * cl, cp * sl, sp]
    north, east = [-sp * cl, -sp * sl, cp], [-sl, cl, 0.0]
    s, c = math.sin(azimuth_rad), math.cos(azimuth_rad)
    ahead = [c * north[i] + s * east[i] for i in range(3)]
    return [x, y, z, -OMEGA * y, OMEGA * x, 0.0], up, ahead


def height(x: float, y: float, z: float) -> float:
    """Geodetic altitude [m] by one step of Bowring's formula, good to a micrometre here."""
    p = math.sqrt(x * x + y * y)
    r = math.sqrt(p * p + z * z)
    u = math.atan2(B * z * (1.0 + (E2 / (1.0 - E2)) * B / r), A * p)
    latitude = math.atan2(
        z + (E2 / (1.0 - E2)) * B * math.sin(u) ** 3, p - E2 * A * math.cos(u) ** 3
    )
    s = math.sin(latitude)
    return p * math.cos(latitude) + z * s - A * math.sqrt(1.0 - E2 * s * s)


def gravity(x: float, y: float, z: float) -> tuple[float, float, float]:
    """Central term and zonal harmonics to J4 [m/s2], from Legendre recurrences."""
    r = math.sqrt(x * x + y * y + z * z)
    s, q = z / r, A / r
    p, dp = [1.0, s], [0.0, 1.0]
    radial, polar = 1.0, 0.0
    for n in range(2, 5):
        p.append(((2 * n - 1) * s * p[n - 1] - (n - 1) * p[n - 2]) / n)
        dp.append(n * p[n - 1] + s * dp[n - 1])
        radial -= ZONAL[n] * q**n * ((n + 1) * p[n] + s * dp[n])
        polar += ZONAL[n] * q**n * dp[n]
    g = -MU / r**3
    return g * radial * x, g * radial * y, g * radial * z + g * r * polar


def _place(t: float, x: float, y: float, z: float) -> Landing:
    latitude = math.atan2(z, (1.0 - E2) * math.hypot(x, y))
    longitude = math.remainder(math.atan2(y, x) - OMEGA * t, math.tau)
    return Landing(t, latitude, longitude)


def land_by_dop853(
    spans: list[Span], latitude_rad: float, longitude_rad: float, azimuth_rad: float, air: Air
) -> Landing:
    """The landing by SciPy's DOP853, span by span."""
    state, up, ahead = start(latitude_rad, longitude_rad, azimuth_rad)
    scales = DOP853_TOLERANCE * np.array([A] * 3 + [SPEED_M_S] * 3)

    def ground(_: float, s: Any, __: Span) -> float:
        return air.altitude(*s[:3].tolist())

    ground.terminal, ground.direction = True, -1  # type: ignore[attr-defined]

    def slope(t: float, s: Any, span: Span) -> list[float]:
        x, y, z, vx, vy, vz = s.tolist()
        ax, ay, az = gravity(x, y, z)
        mass = span.mass_kg - span.flow_kg_s * (t - span.start_s)
        rho = air.density(air.altitude(x, y, z))
        if rho > 0.0:
            wx, wy = vx + OMEGA * y, vy - OMEGA * x
            d = -0.5 * rho * math.sqrt(wx * wx + wy * wy + vz * vz) * span.drag_area_m2 / mass
            ax, ay, az = ax + d * wx, ay + d * wy, az + d * vz
        if span.thrust_n > 0.0:
            pitch = span.pitch_rad + span.pitch_rate_rad_s * (t - span.start_s)
            u, f = span.thrust_n / mass * math.cos(pitch), span.thrust_n / mass * math.sin(pitch)
            ax += u * up[0] + f * ahead[0]
            ay += u * up[1] + f * ahead[1]
            az += u * up[2] + f * ahead[2]
        return [vx, vy, vz, ax, ay, az]

    for span in spans:
        last = span is spans[-1]
        flown = solve_ivp(
            slope, (span.start_s, span.end_s), state, "DOP853", rtol=3e-14, atol=scales,
            args=(span,), events=ground if last else None,
        )  # fmt: skip
        state = flown.y[:, -1]
    return _place(float(flown.t_events[0][0]), *map(float, flown.y_events[0][0][:3]))


_N_FIXED = 16  # parameters before the polynomial of log density


@lru_cache(maxsize=2)
def _taylor(radial: bool) -> Any:
    """heyoka's integrator of one span inside one band of the air; parameters set all else."""
    import heyoka as hy

    x, y, z, vx, vy, vz = hy.make_vars("x", "y", "z", "vx", "vy", "vz")
    thrust, mass0, flow, t0, pitch0, rate, area = (hy.par[i] for i in range(7))
    up, ahead = [hy.par[7 + i] for i in range(3)], [hy.par[10 + i] for i in range(3)]
    low, high = hy.par[13], hy.par[14]
    r2 = x * x + y * y + z * z
    r = hy.sqrt(r2)
    s, q = z / r, A / r
    # Borders are watched as the flight code has altitude: within a metre, smooth near the poles.
    w = E2 / (1.0 - E2) * s * s
    along_radius = r - A * (1.0 - w * (0.5 - w * (0.375 - w * 0.3125)))
    along_radius = along_radius * (1.0 - 2.0 * F**2 * s * s * (1.0 - s * s))
    altitude = along_radius if radial else hy.model.cart2geo([x, y, z], E2, A, 3)[0]
    u = (altitude - 0.5 * (low + high)) / (0.5 * (high - low))
    log_air = hy.par[_N_FIXED + DEGREE]
    for i in range(DEGREE - 1, -1, -1):
        log_air = log_air * u + hy.par[_N_FIXED + i]
    p, dp = [hy.expression(1.0), s], [hy.expression(0.0), hy.expression(1.0)]
    radial, polar = hy.expression(1.0), hy.expression(0.0)
    for n in range(2, 5):
        p.append(((2.0 * n - 1.0) * s * p[n - 1] - (n - 1.0) * p[n - 2]) / float(n))
        dp.append(float(n) * p[n - 1] + s * dp[n - 1])
        radial -= ZONAL[n] * q**n * ((n + 1.0) * p[n] + s * dp[n])
        polar += ZONAL[n] * q**n * dp[n]
    g = -MU / (r2 * r)
    wx, wy = vx + OMEGA * y, vy - OMEGA * x
    mass = mass0 - flow * (hy.time - t0)
    # The root has no Taylor series where the wind is nil, as at launch: 0.1 m/s are added to it.
    wind = hy.sqrt(wx * wx + wy * wy + vz * vz + 0.01)
    drag = -0.5 * hy.exp(log_air) * wind * area / mass
    pitch = pitch0 + rate * (hy.time - t0)
    upward, forward = thrust / mass * hy.cos(pitch), thrust / mass * hy.sin(pitch)
    ax = g * radial * x + drag * wx + upward * up[0] + forward * ahead[0]
    ay = g * radial * y + drag * wy + upward * up[1] + forward * ahead[1]
    az = g * radial * z + g * r * polar + drag * vz + upward * up[2] + forward * ahead[2]
    return hy.taylor_adaptive(
        [(x, vx), (y, vy), (z, vz), (vx, ax), (vy, ay), (vz, az)],
        [1.0] * 6,
        t_events=[
            # Half a metre beyond the border, so that the root just used is not the next one.
            hy.t_event(along_radius - hy.par[15], direction=hy.event_direction.negative),
            hy.t_event(along_radius - high - 0.5, direction=hy.event_direction.positive),
        ],
        tol=TAYLOR_TOLERANCE,
        compact_mode=True,
    )


def land_by_taylor(
    spans: list[Span], latitude_rad: float, longitude_rad: float, azimuth_rad: float, air: Air
) -> Landing:
    """The landing by heyoka, stopped at every border of the air's bands."""
    import heyoka as hy

    flyer = _taylor(air.radial)
    state, up, ahead = start(latitude_rad, longitude_rad, azimuth_rad)
    tops = [*air.borders_m[1:], 1e9]
    flyer.time = 0.0
    flyer.state[:] = state
    band, climbed = 0, False
    for span in spans:
        flyer.pars[:13] = [
            span.thrust_n, span.mass_kg, span.flow_kg_s, span.start_s, span.pitch_rad,
            span.pitch_rate_rad_s, span.drag_area_m2, *up, *ahead,
        ]  # fmt: skip
        while True:
            # The same events stand for other borders in every band.
            flyer.reset_cooldowns()
            flyer.pars[13], flyer.pars[14] = air.borders_m[band], tops[band]
            # Only what has climbed comes down: at rest on the ground, altitude has a double root.
            flyer.pars[15] = air.borders_m[band] - 0.5 if band > 0 else -float(not climbed)
            flyer.pars[_N_FIXED:] = air.bands[band]
            outcome = flyer.propagate_until(span.end_s)[0]
            if outcome == hy.taylor_outcome.time_limit:
                break
            crossed = -int(outcome) - 1
            if crossed not in (0, 1):
                raise RuntimeError(f"heyoka ended with {outcome}")
            if crossed == 0 and band == 0:
                return _place(float(flyer.time), *map(float, flyer.state[:3]))
            climbed = True
            band += 1 if crossed == 1 else -1
    raise RuntimeError("no landing before the horizon")
