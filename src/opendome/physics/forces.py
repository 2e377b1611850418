"""What acts on a body in flight: gravity, drag, thrust, lift, over one span of steady control.

Every acceleration here depends on position and velocity alone but for the turning air, whose speed
is the same at any hour. So a flight may be integrated in any inertial frame whose z axis is the
Earth's, and turned about z afterwards.
"""

from __future__ import annotations

import math
from typing import Final, NamedTuple

from opendome.physics.atmosphere import ATMOSPHERE_TOP_M, density, find_thinner_air
from opendome.physics.gravity import zonal_acceleration
from opendome.physics.jit import kernel, lane_kernel, vector_kernel
from opendome.physics.reentry import altitude, relative_wind

# Drag and lift below this are left out: 5 mm over the thousand seconds up and down through thin
# air. Nothing that flies here is faster than what leaves the Earth.
_NO_DRAG_M_S2: Final = 1e-8
_ESCAPE_SPEED_M_S: Final = 11.2e3


# Stands for no limit of the load: kernels that may be vectorised know no infinity.
NO_LIMIT_PA: Final = 1e30
# Below this share of the limit dynamic pressure alone cannot bring the load near it.
_UNLOADED: Final = 1e-3


class Control(NamedTuple):
    """What acts on the body over one span, besides gravity."""

    start_s: float  # time that mass and pitch are given for
    thrust_n: float
    mass_kg: float
    flow_kg_s: float
    pitch_rad: float  # angle of thrust from `up` towards `ahead`
    pitch_rate_rad_s: float
    drag_area_m2: float  # drag coefficient times reference area, for a body of changing mass
    inverse_beta_m2_kg: float  # 1 / ballistic coefficient, for a body of constant mass
    floor_m: float  # altitude at which the flight ends: 0 at the ground
    up_x: float
    up_y: float
    up_z: float
    ahead_x: float
    ahead_y: float
    ahead_z: float
    weave_rad: float  # thrust swings out of the plane of `up` and `ahead` by up to this
    weave_rate_rad_s: float  # phase of the swing per second of flight time
    load_limit_pa: float  # greatest dynamic pressure times sine of angle of attack
    lift_up: float  # lift-to-drag ratio upward, in the vertical plane of the motion
    lift_right: float  # lift-to-drag ratio to the right of the motion
    damping: float  # share of the lift taken off per radian above the path angle of a glide
    sink_m2_s2: float  # path angle of a steady glide times speed squared, downward


@kernel
def ballistic_control(inverse_beta_m2_kg: float, floor_m: float) -> Control:
    """Flight without thrust; `inverse_beta_m2_kg` is 1 / ballistic coefficient, 0 for no drag."""
    return Control(
        0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0, inverse_beta_m2_kg, floor_m,
        0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, NO_LIMIT_PA, 0.0, 0.0, 0.0, 0.0,
    )  # fmt: skip


@kernel
def glide_control(
    inverse_beta_m2_kg: float,
    lift_to_drag: float,
    bank_rad: float,
    damping: float,
    sink_m2_s2: float,
    floor_m: float,
) -> Control:
    """Flight with lift and without thrust, at a steady bank (right wing down: positive).

    `damping` and `sink_m2_s2` as in `Control`; zero damping leaves the phugoid alone.
    """
    return Control(
        0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0, inverse_beta_m2_kg, floor_m,
        0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, NO_LIMIT_PA,
        lift_to_drag * math.cos(bank_rad), lift_to_drag * math.sin(bank_rad), damping, sink_m2_s2,
    )  # fmt: skip


@vector_kernel
def accelerate(
    t: float, x: float, y: float, z: float, vx: float, vy: float, vz: float, control: Control
) -> tuple[float, float, float]:
    """Acceleration [m/s2] by gravity (J2 to J4), thrust, drag and lift.

    Position [m] and velocity [m/s] in an inertial frame whose z axis is the Earth's; the air turns
    with the Earth.
    """
    return accelerate_below(t, x, y, z, vx, vy, vz, control, ATMOSPHERE_TOP_M)


@kernel
def find_air_top(control: Control) -> float:
    """Altitude [m] above which the air does not matter to the body over the span."""
    if control.thrust_n > 0.0:
        return ATMOSPHERE_TOP_M
    area_per_mass = control.drag_area_m2 / control.mass_kg + control.inverse_beta_m2_kg
    area_per_mass *= 1.0 + 1.5 * (abs(control.lift_up) + abs(control.lift_right))
    if area_per_mass <= 0.0:
        return 0.0
    return find_thinner_air(_NO_DRAG_M_S2 / (0.5 * _ESCAPE_SPEED_M_S**2 * area_per_mass))


@lane_kernel
def accelerate_below(
    t: float, x: float, y: float, z: float, vx: float, vy: float, vz: float, control: Control,
    air_top_m: float,
) -> tuple[float, float, float]:  # fmt: skip
    """`accelerate`, without air above `air_top_m` (`find_air_top`)."""
    ax, ay, az = zonal_acceleration(x, y, z)
    mass = control.mass_kg - control.flow_kg_s * (t - control.start_s)
    wx, wy, wz, wind, pressure_pa = 0.0, 0.0, 0.0, 0.0, 0.0
    h = altitude(x, y, z)
    if h < air_top_m:
        wx, wy, wz, wind = relative_wind(x, y, z, vx, vy, vz)
        air = 0.5 * density(h) * wind
        pressure_pa = air * wind
        drag = -air * (control.drag_area_m2 / mass + control.inverse_beta_m2_kg)
        ax += drag * wx
        ay += drag * wy
        az += drag * wz
        if control.lift_up != 0.0 or control.lift_right != 0.0:
            lx, ly, lz = _lift_per_drag(x, y, z, wx, wy, wz, wind, control)
            ax -= drag * wind * lx
            ay -= drag * wind * ly
            az -= drag * wind * lz
    if control.thrust_n > 0.0:
        tx, ty, tz = _point_thrust(t, wx, wy, wz, wind, pressure_pa, control)
        push = control.thrust_n / mass
        ax += push * tx
        ay += push * ty
        az += push * tz
    return ax, ay, az


@vector_kernel
def _point_thrust(
    t: float, wx: float, wy: float, wz: float, wind: float, pressure_pa: float, control: Control
) -> tuple[float, float, float]:
    """Direction of the thrust: the pitch programme's, nearer to the wind where that loads too much.

    The load is dynamic pressure times the sine of the angle of attack. It nears its limit smoothly,
    since a corner would cost the integrator its order: a load of l times the limit is cut to
    l / (1 + l^4)^(1/4), a half is left as it is to 1.5 %.
    """
    pitch = control.pitch_rad + control.pitch_rate_rad_s * (t - control.start_s)
    upward, forward = math.cos(pitch), math.sin(pitch)
    tx = upward * control.up_x + forward * control.ahead_x
    ty = upward * control.up_y + forward * control.ahead_y
    tz = upward * control.up_z + forward * control.ahead_z
    if control.weave_rad != 0.0:
        yaw = control.weave_rad * math.sin(control.weave_rate_rad_s * t)
        along, across = math.cos(yaw), math.sin(yaw)
        sx = control.ahead_y * control.up_z - control.ahead_z * control.up_y
        sy = control.ahead_z * control.up_x - control.ahead_x * control.up_z
        sz = control.ahead_x * control.up_y - control.ahead_y * control.up_x
        tx, ty, tz = along * tx + across * sx, along * ty + across * sy, along * tz + across * sz
    if pressure_pa > _UNLOADED * control.load_limit_pa:
        cosine = (tx * wx + ty * wy + tz * wz) / wind
        nx, ny, nz = tx - cosine * wx / wind, ty - cosine * wy / wind, tz - cosine * wz / wind
        sine = math.sqrt(nx * nx + ny * ny + nz * nz)
        load = (sine * pressure_pa / control.load_limit_pa) ** 2
        share = 1.0 / math.sqrt(math.sqrt(1.0 + load * load))
        along = math.sqrt(1.0 - (share * sine) ** 2) / wind
        tx, ty, tz = along * wx + share * nx, along * wy + share * ny, along * wz + share * nz
    return tx, ty, tz


@vector_kernel
def _lift_per_drag(
    x: float, y: float, z: float, wx: float, wy: float, wz: float, wind: float, control: Control
) -> tuple[float, float, float]:
    """Lift vector over drag: across the motion through the air, upward and to the right.

    With damping, the lift falls where the path is steeper up than a steady glide's and grows where
    it is steeper down, from none to half as much again: what trim does against the phugoid.
    """
    # One division per size: this is called in every stage of every step of a glide.
    per_distance = 1.0 / math.sqrt(x * x + y * y + z * z)
    per_wind = 1.0 / wind
    sx, sy, sz = x * per_distance, y * per_distance, z * per_distance
    ux, uy, uz = wx * per_wind, wy * per_wind, wz * per_wind
    sine = sx * ux + sy * uy + sz * uz  # of the path angle
    per_level = 1.0 / math.sqrt(max(1.0 - sine * sine, 1e-12))
    nx, ny, nz = sx - sine * ux, sy - sine * uy, sz - sine * uz
    rx, ry, rz = uy * sz - uz * sy, uz * sx - ux * sz, ux * sy - uy * sx
    trim = 1.0
    if control.damping != 0.0:
        steady = -control.sink_m2_s2 * per_wind * per_wind
        trim = min(max(1.0 - control.damping * (sine - steady), 0.0), 1.5)
    upward, rightward = trim * control.lift_up * per_level, trim * control.lift_right * per_level
    return (
        upward * nx + rightward * rx,
        upward * ny + rightward * ry,
        upward * nz + rightward * rz,
    )
