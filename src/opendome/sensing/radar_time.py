"""How a radar spends its time: the scan of its fence, and dwells at what the defence tracks.

Geometry of all that is in view stands in `lines` (unit vectors, eci) and `facts`, one row for each
object in view.
"""

from __future__ import annotations

import math
from typing import Any, Final, NamedTuple

from opendome.physics.frames import relative_to_earth
from opendome.physics.jit import kernel
from opendome.physics.radar import (
    beam_loss,
    count_dwells,
    integrate_dwells,
    is_above_horizon,
    refraction_rad,
    scale_signal_to_noise,
    scan_loss,
)
from opendome.physics.visibility import surface_height_m
from opendome.sensing.looks import find_look
from opendome.tables.truth import Floats, Integers

# Columns of `facts`.
RANGE_M: Final = 0
SNR: Final = 1  # of one dwell of the reference, in the middle of the beam
OFF: Final = 2  # cosine of the angle off the face's boresight
SCAN: Final = 3  # share of the frame after which the fence's beam comes by; -1: not in the fence
ECHO: Final = 4  # ratio of this look; 0: no beam was there
LOOK_MS: Final = 5  # index of the look's draws
SECTION_M2: Final = 6  # cross-section, as this radar sees it now
STARVED: Final = 7  # above zero: a dwell that would have shown it had to wait
N_FACTS: Final = 8
# Sine and cosine of a face's azimuth, of its elevation, and cosine of the half-width it covers.
N_FACE: Final = 5
# What `dwell_on_cues` writes of a cue that it has not looked at.
UNASKED: Final = 0.0
WAITS: Final = -1.0

# More than the air ever lifts a target near the horizon (0.013 rad): what lies deeper is dropped
# before angles are worked out.
_LARGEST_REFRACTION_RAD: Final = 0.015
# The ellipsoid's normal and the radius are nowhere further apart (0.1924 degrees at latitude 45).
_LARGEST_DEFLECTION_RAD: Final = 0.0034
# A cue is searched for within this many sigmas: 0.86 of what it may be in two dimensions.
_CUE_SIGMAS: Final = 2.0
# What not even all dwells lift to the noise gets none: the radar knows from earlier looks.
_HOPELESS: Final = 1.0
# Times that differ by less are the same: a budget holds what fills it to the last digit.
_ROUNDING_S: Final = 1e-9
# An object that a beam has met this well in the same look needs no dwell of its own.
_MET_WELL: Final = 0.5


class Outlook(NamedTuple):
    """Where a radar is at one look, and what does not change within it."""

    place: Floats  # (3,) eci
    height_m: float
    axes: Floats  # (3, 3) rows east, north, up, eci
    faces: Floats  # (any, N_FACE)
    n_faces: int
    lowest_sine: float  # of the elevation below which nothing comes over the limit


@kernel
def look_out(
    own: Any, place: Floats, height_m: float, axes: Floats, faces: Floats, n_faces: int
) -> Outlook:
    """The outlook of a radar at `place`."""
    return Outlook(
        place,
        height_m,
        axes,
        faces,
        n_faces,
        math.sin(own.minimum_elevation_rad - _LARGEST_REFRACTION_RAD),
    )


@kernel
def list_near(own: Any, place: Floats, places_eci_m: Floats, near: Integers) -> int:
    """Fill the rows of places that a radar at `place` may see; returns how many.

    By range, and by elevation over the sphere: most radars have nothing over their horizon, and
    need no axes for that.
    """
    radius_m = math.sqrt(place[0] * place[0] + place[1] * place[1] + place[2] * place[2])
    x, y, z = place[0] / radius_m, place[1] / radius_m, place[2] / radius_m
    lowest_sine = math.sin(
        own.minimum_elevation_rad - _LARGEST_REFRACTION_RAD - _LARGEST_DEFLECTION_RAD
    )
    farthest2_m2 = own.instrumented_range_m * own.instrumented_range_m
    least2 = lowest_sine * abs(lowest_sine)
    n_near = 0
    for j in range(places_eci_m.shape[0]):
        dx = places_eci_m[j, 0] - place[0]
        dy = places_eci_m[j, 1] - place[1]
        dz = places_eci_m[j, 2] - place[2]
        range2_m2 = dx * dx + dy * dy + dz * dz
        up_m = x * dx + y * dy + z * dz
        # Sines are compared by their squares, with their signs.
        if range2_m2 <= farthest2_m2 and up_m * abs(up_m) >= least2 * range2_m2:
            near[n_near] = j
            n_near += 1
    return n_near


@kernel
def view(
    own: Any,
    outlook: Outlook,
    dx: float,
    dy: float,
    dz: float,
) -> tuple[float, float, float, float]:
    """Range [m], cosine off boresight, apparent elevation and azimuth [rad] of a place.

    (dx, dy, dz) leads to it from the radar, eci. The cosine is 0 where the radar cannot look.
    """
    place, axes = outlook.place, outlook.axes
    range_m = math.sqrt(dx * dx + dy * dy + dz * dz)
    up_m = axes[2, 0] * dx + axes[2, 1] * dy + axes[2, 2] * dz
    if range_m > own.instrumented_range_m or up_m < outlook.lowest_sine * range_m:
        return range_m, 0.0, 0.0, 0.0
    east = (axes[0, 0] * dx + axes[0, 1] * dy + axes[0, 2] * dz) / range_m
    north = (axes[1, 0] * dx + axes[1, 1] * dy + axes[1, 2] * dz) / range_m
    off = _best_face(outlook.faces, outlook.n_faces, east, north, up_m / range_m)
    if off <= 0.0:
        return range_m, 0.0, 0.0, 0.0
    elevation = math.asin(min(up_m / range_m, 1.0))
    apparent = elevation + refraction_rad(elevation, range_m)
    if apparent < own.minimum_elevation_rad or apparent > own.maximum_elevation_rad:
        return range_m, 0.0, 0.0, 0.0
    if apparent < 0.0 and not is_above_horizon(
        apparent,
        range_m,
        outlook.height_m,
        surface_height_m(place[0] + dx, place[1] + dy, place[2] + dz),
    ):
        return range_m, 0.0, 0.0, 0.0
    return range_m, off, apparent, math.atan2(east, north)


@kernel
def _best_face(faces: Floats, n_faces: int, east: float, north: float, up: float) -> float:
    """Largest cosine off boresight among the faces that cover the azimuth; -1: none does."""
    if n_faces == 0:
        return 1.0
    best = -1.0
    level = math.sqrt(east * east + north * north)
    for k in range(n_faces):
        along = east * faces[k, 0] + north * faces[k, 1]
        if along >= faces[k, 4] * level:
            best = max(best, along * faces[k, 3] + up * faces[k, 2])
    return best


@kernel
def place_in_scan(own: Any, apparent_rad: float, azimuth_rad: float) -> float:
    """Share of the frame after which the fence's beam is here, by azimuth; -1: outside."""
    if not own.search_minimum_elevation_rad <= apparent_rad <= own.search_maximum_elevation_rad:
        return -1.0
    turn = (azimuth_rad / (2.0 * math.pi)) % 1.0
    width = own.beamwidth_rad / (2.0 * math.pi)
    return float(math.floor(turn / width) * width)


@kernel
def scan_fence(own: Any, time_s: float, step_s: float, facts: Floats, n_seen: int) -> None:
    """Give a look to what the scan came by since the last step and no track dwell has met."""
    energy = own.search_dwell_s / own.reference_dwell_s
    for k in range(n_seen):
        if facts[k, ECHO] > 0.0 or facts[k, SCAN] < 0.0:
            continue
        offset_s = own.offset_s + facts[k, SCAN] * own.search_frame_s
        due, look_ms = find_look(time_s, step_s, own.search_frame_s, offset_s)
        if due:
            facts[k, ECHO] = energy * facts[k, SNR]
            facts[k, LOOK_MS] = look_ms


@kernel
def _find_first(lines: Floats, order: Integers, n: int, x: float) -> int:
    """First place in `order` whose line has a first component of `x` or more; `n`: none has."""
    low, high = 0, n
    while low < high:
        middle = (low + high) // 2
        if lines[order[middle], 0] < x:
            low = middle + 1
        else:
            high = middle
    return low


@kernel
def _find_nearest(
    lines: Floats, order: Integers, n: int, x: float, y: float, z: float, radius_rad: float
) -> tuple[int, int, int]:
    """Row of the line nearest to a direction, -1 where none is within the radius.

    Also the stretch of `order`, sorted by the first component, that holds all within it.
    """
    first = _find_first(lines, order, n, x - radius_rad)
    nearest, last = -1, first
    best = math.cos(radius_rad)
    while last < n and lines[order[last], 0] <= x + radius_rad:
        k = order[last]
        cosine = x * lines[k, 0] + y * lines[k, 1] + z * lines[k, 2]
        if cosine >= best:
            best = cosine
            nearest = k
        last += 1
    return nearest, first, last


@kernel
def dwell_on_cues(
    own: Any,
    budget_s: float,
    look_ms: int,
    asked: Integers,
    cue_eci_m: Floats,
    cue_velocity_m_s: Floats,
    cue_sigma_m: Floats,
    cue_section_m2: Floats,
    outlook: Outlook,
    lines: Floats,
    facts: Floats,
    order: Integers,
    n_seen: int,
    looked: Floats,
) -> float:
    """Give track dwells to cues, the most urgent first, until the time is spent.

    Parameters
    ----------
    own : record of a RadarBlock
    budget_s : float
        Time for track dwells of this look. No track gets more than all of it: fewer dwells are
        added then, and a cue so wide that to search it takes longer asks for nothing.
    look_ms : int
        Index of the look's draws.
    asked : (n_asked,) int64
        Rows of the cues that may be in view, from `list_near`.
    cue_eci_m, cue_velocity_m_s, cue_sigma_m : (n, 3), (n, 3), (n,) float64
        Of `Cues`, the most urgent first. Those outside the radar's view ask for nothing, nor do
        those that are expected to be lost in clutter.
    cue_section_m2 : (n, 3) float64
        As well.
    outlook : Outlook
    lines, facts : (any, 3), (any, N_FACTS) float64
        What is in view; ECHO and LOOK_MS are filled for what a beam meets, STARVED for what one
        would have met that had to wait, with a ratio above the threshold.
    order : (n_seen or more,) int64
        Rows in view, sorted by the first component of their lines.
    n_seen : int
    looked : (n,) float64
        Filled: the cross-section [m2] at the detection threshold of each cue's look, one sigma of
        the cue off the middle of the beam; UNASKED, WAITS where there was none.

    Returns
    -------
    left_s : float
        Time that was not spent.

    Notes
    -----
    How many dwells a look takes follows from the cross-section that radars of the same bands have
    measured; before any has, it is one.
    """
    left_s = budget_s
    most_dwells = min(
        own.most_dwells, max(math.floor((budget_s + _ROUNDING_S) / own.track_dwell_s), 1.0)
    )
    least_ratio = -math.log(own.false_alarm_probability) - 1.0
    for c in asked:
        dx = cue_eci_m[c, 0] - outlook.place[0]
        dy = cue_eci_m[c, 1] - outlook.place[1]
        dz = cue_eci_m[c, 2] - outlook.place[2]
        range_m, off, _, _ = view(own, outlook, dx, dy, dz)
        if off <= 0.0:
            continue
        x, y, z = dx / range_m, dy / range_m, dz / range_m
        u, v, w = relative_to_earth(cue_eci_m[c], cue_velocity_m_s[c])
        if abs(x * u + y * v + z * w) < own.minimum_speed_m_s:
            continue
        beamwidth = own.beamwidth_rad / off
        radius = 0.5 * beamwidth
        n_beams = 1
        dwell_s = 0.0
        sought = _CUE_SIGMAS * cue_sigma_m[c] / range_m
        if sought > radius:
            radius = min(sought, 0.5 * math.pi)
            n_beams = math.ceil((2.0 * radius / beamwidth) ** 2)
            # The time that one track may have at most, spread over the beams; but none is shorter
            # than those of the fence.
            dwell_s = max(most_dwells * own.track_dwell_s / n_beams, own.search_dwell_s)
            if n_beams * dwell_s > budget_s + _ROUNDING_S:
                continue
        nearest, first, last = _find_nearest(lines, order, n_seen, x, y, z, radius)
        one = own.track_dwell_s / own.reference_dwell_s
        unit = scan_loss(off) * scale_signal_to_noise(
            own.reference_snr, own.reference_range_m, own.reference_cross_section_m2, range_m, 1.0
        )
        section_m2 = cue_section_m2[c, own.band // 2]
        if section_m2 > 0.0 and (
            integrate_dwells(one * unit * section_m2, most_dwells) < _HOPELESS
        ):
            continue
        if n_beams > 1:
            gain = dwell_s / own.reference_dwell_s
            dwell_s *= n_beams
        else:
            n_dwells = 1.0
            if section_m2 > 0.0:
                n_dwells = count_dwells(one * unit * section_m2, own.wanted_snr, most_dwells)
            dwell_s = n_dwells * own.track_dwell_s
            gain = integrate_dwells(one, n_dwells)
        is_met = nearest >= 0 and facts[nearest, ECHO] >= _MET_WELL * gain * facts[nearest, SNR]
        waits = not is_met and dwell_s > left_s + _ROUNDING_S
        looked[c] = WAITS
        if not waits:
            unit *= gain
            if n_beams == 1:
                unit *= beam_loss(cue_sigma_m[c] / range_m, beamwidth)
            if is_met:
                unit *= _MET_WELL
            looked[c] = least_ratio / unit
        if is_met:
            continue
        if not waits:
            left_s = max(left_s - dwell_s, 0.0)
        cos_radius = math.cos(radius)
        for m in range(first, last):
            k = order[m]
            cosine = x * lines[k, 0] + y * lines[k, 1] + z * lines[k, 2]
            if cosine < cos_radius:
                continue
            met = gain * facts[k, SNR]
            if n_beams == 1:
                met *= beam_loss(math.sqrt(max(2.0 - 2.0 * cosine, 0.0)), beamwidth)
            if waits:
                if met > least_ratio:
                    facts[k, STARVED] = 1.0
            elif met > facts[k, ECHO]:
                facts[k, ECHO] = met
                facts[k, LOOK_MS] = look_ms
    return left_s
