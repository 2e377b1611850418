"""The true state of a replication while it runs: what flies, what has been stopped."""

from __future__ import annotations

from typing import Final

import numpy as np

from opendome.physics.infrared import LONG_WAVE_M, band_radiance_w_m2_sr
from opendome.physics.jit import kernel
from opendome.physics.skin import (
    AIR_HEATED_BELOW_M,
    equilibrium_temperature_k,
    relax_temperature_k,
)
from opendome.physics.sun import is_sunlit
from opendome.physics.trajectory import sample
from opendome.physics.visibility import surface_height_m
from opendome.tables.codes import BANDS, BODY, BOOSTER, DEBRIS, DECOY
from opendome.tables.truth import (
    ASPECTS,
    Flags,
    Floats,
    Identities,
    Integers,
    Objects,
    Snapshot,
    Trajectories,
    Truth,
)

# Columns of the table that a snapshot is taken from: one array in the place of many makes the
# kernel's call cheap.
_START_S: Final = 0
_BURNOUT_S: Final = 1
_PLUME_W_SR: Final = 2
_GLOW_W_SR: Final = 3
_FEATURE: Final = 4
_HELD_K: Final = 5  # temperature at release and within the air
_EMITTING_M2: Final = 6  # projected area times emissivity
_REFLECTING_M2: Final = 7  # projected area times reflectivity in sunlight
_ABSORPTIVITY: Final = 8  # in sunlight, over emissivity
_CAPACITY: Final = 9  # heat capacity over emissivity [J/(m2 K)]
_STEADY: Final = 10
_CROSS_SECTION_M2: Final = 11  # and a column for each further band, aspect by aspect
# Columns of the state of each object's skin: its temperature, and when it was that warm.
_WARM_K: Final = 0
_WARM_S: Final = 1


def _signatures(objects: Objects) -> Floats:
    """What snapshots take from `objects` as one table, (n, 11 + n_aspects n_bands)."""
    n = objects.start_s.shape[0]
    held_k, emissivity, absorptivity, capacity = objects.skin.T
    known, which = np.unique(held_k, return_inverse=True)
    radiance = np.array([band_radiance_w_m2_sr(k, *LONG_WAVE_M) for k in known])
    emitting_m2 = objects.body_w_sr / radiance[which]
    return np.column_stack([
        objects.start_s, objects.burnout_s, objects.plume_w_sr, objects.glow_w_sr,
        objects.feature, held_k, emitting_m2,
        emitting_m2 * (1.0 - absorptivity) / emissivity, absorptivity / emissivity,
        capacity / emissivity, objects.steady,
        objects.cross_section_m2.reshape(n, len(ASPECTS) * len(BANDS)),
    ])  # fmt: skip


def _unwarmed(signatures: Floats) -> Floats:
    """The skins of objects before their start."""
    n = signatures.shape[0]
    return np.column_stack([signatures[:, _HELD_K], np.full(n, -np.inf)])


@kernel
def _warm_skin(
    own: Floats, skin: Floats, x: float, y: float, z: float, t: float, sun: Floats
) -> None:
    """Bring the temperature of one object's skin to a time, by where it is then."""
    if skin[_WARM_S] < own[_START_S]:
        skin[_WARM_K] = own[_HELD_K]
        skin[_WARM_S] = own[_START_S]
    towards = own[_HELD_K]
    if surface_height_m(x, y, z) > AIR_HEATED_BELOW_M:
        towards = equilibrium_temperature_k(x, y, z, sun[0], sun[1], sun[2], own[_ABSORPTIVITY])
    elapsed = max(t - skin[_WARM_S], 0.0)
    skin[_WARM_K] = relax_temperature_k(skin[_WARM_K], towards, elapsed, own[_CAPACITY])
    skin[_WARM_S] = t


@kernel
def _sample_flying(
    signatures: Floats,
    identities: Identities,
    trajectories: Trajectories,
    end_s: Floats,
    time_s: float,
    sun: Floats,
    identity: Identities,
    row: Integers,
    position: Floats,
    velocity: Floats,
    burning: Flags,
    cross_section: Floats,
    others: Floats,
    skins: Floats,
    warms: bool,
) -> int:
    """Fill a snapshot's columns with what flies at a time; returns how many rows.

    `others` (6, n) are the radiant intensities of plume and body, the skin's temperature, the lit
    reflecting area, the feature, and whether echoes are steady. `skins` (n_objects, 2) is brought
    to this time if `warms`.
    """
    n = 0
    for i in range(identities.shape[0]):
        own = signatures[i]
        if time_s < own[_START_S] or time_s >= end_s[i]:
            continue
        x, y, z, vx, vy, vz = sample(
            trajectories.first,
            trajectories.time_s,
            trajectories.position_eci_m,
            trajectories.velocity_eci_m_s,
            trajectories.acceleration_eci_m_s2,
            i,
            time_s,
        )
        position[n, 0] = x
        position[n, 1] = y
        position[n, 2] = z
        velocity[n, 0] = vx
        velocity[n, 1] = vy
        velocity[n, 2] = vz
        if warms:
            _warm_skin(own, skins[i], x, y, z, time_s, sun)
        warm_k = skins[i, _WARM_K]
        identity[n] = identities[i]
        row[n] = i
        burning[n] = time_s < own[_BURNOUT_S]
        for column in range(cross_section.shape[1]):
            cross_section[n, column] = own[_CROSS_SECTION_M2 + column]
        others[0, n] = own[_PLUME_W_SR] if burning[n] else own[_GLOW_W_SR]
        others[1, n] = own[_EMITTING_M2] * band_radiance_w_m2_sr(
            warm_k, LONG_WAVE_M[0], LONG_WAVE_M[1]
        )
        others[2, n] = warm_k
        lit = is_sunlit(x, y, z, sun[0], sun[1], sun[2])
        others[3, n] = own[_REFLECTING_M2] if lit else 0.0
        others[4, n] = own[_FEATURE]
        others[5, n] = own[_STEADY]
        n += 1
    return n


@kernel
def _is_any_burning(
    kind: Integers, start_s: Floats, burnout_s: Floats, end_s: Floats, time_s: float, ahead_s: float
) -> bool:
    for i in range(kind.shape[0]):
        if (
            kind[i] == BOOSTER
            and start_s[i] <= time_s + ahead_s
            and burnout_s[i] >= time_s
            and end_s[i] >= time_s
        ):
            return True
    return False


@kernel
def _does_any_matter(kind: Integers, end_s: Floats, time_s: float) -> bool:
    for i in range(kind.shape[0]):
        if end_s[i] > time_s and kind[i] != DEBRIS and kind[i] != DECOY:
            return True
    return False


class TrueState:
    """A raid in flight. Objects end by impact, by release of what they carry, or by a kill."""

    def __init__(self, truth: Truth, sun: Floats) -> None:
        """As flown if nothing is fired; `sun` (3,) is the unit vector to the Sun, eci."""
        self.missiles = truth.missiles
        self.objects = truth.objects
        self.trajectories = truth.trajectories
        self.end_s = truth.objects.end_s.copy()
        self.stopped_by = np.full(self.end_s.shape[0], -1, np.int64)
        self.cut_s = np.full(truth.missiles.launch_s.shape[0], np.nan)
        self.cut_layer = np.full(truth.missiles.launch_s.shape[0], -1, np.int64)
        self._sun = sun
        self._signatures = _signatures(truth.objects)
        self._skins = _unwarmed(self._signatures)

    def snapshot(self, time_s: float, *, with_remains: bool = False) -> Snapshot:
        """All objects in flight at a time.

        Skins warm or cool from one call to the next, by where each object then is.

        `with_remains` adds what is left of objects that were killed in free flight: it flies on
        along the object's path, and later shots at the object find it and nothing else.
        """
        n = self.end_s.shape[0]
        end_s = self._end_of_remains_s() if with_remains else self.end_s
        identity, row = np.empty(n, np.uint64), np.empty(n, np.int64)
        position, velocity = np.empty((n, 3)), np.empty((n, 3))
        burning, cross_section = np.empty(n, np.bool_), np.empty((n, len(ASPECTS) * len(BANDS)))
        others = np.empty((6, n))
        m = _sample_flying(
            self._signatures, self.objects.identity, self.trajectories, end_s, time_s, self._sun,
            identity, row, position, velocity, burning, cross_section, others, self._skins,
            not with_remains,
        )  # fmt: skip
        return Snapshot(
            time_s, identity[:m], row[:m], position[:m], velocity[:m], burning[:m],
            cross_section[:m].reshape(m, len(ASPECTS), len(BANDS)), *others[:, :m],
        )  # fmt: skip

    def _end_of_remains_s(self) -> Floats:
        killed = (self.stopped_by >= 0) & np.isfinite(self.end_s) & (self.objects.kind != BOOSTER)
        return np.where(killed, self.objects.end_s, self.end_s)

    def is_stopped(self, row: int, time_s: float) -> bool:
        """Whether a kill has ended an object by a time."""
        return bool(self.stopped_by[row] >= 0 and self.end_s[row] <= time_s)

    def spent_by(self, time_s: float) -> Flags:
        """Which objects are boosters that fly no more: all is released, or they were hit."""
        return np.asarray((self.objects.kind == BOOSTER) & (self.end_s <= time_s))

    def burns_within(self, time_s: float, ahead_s: float) -> bool:
        """Whether anything is under thrust, or is launched before some time has passed."""
        objects = self.objects
        return _is_any_burning(
            objects.kind, objects.start_s, objects.burnout_s, self.end_s, time_s, ahead_s
        )

    def matters_after(self, time_s: float) -> bool:
        """Whether anything is left after a time that can do harm: all but debris and decoys."""
        return _does_any_matter(self.objects.kind, self.end_s, time_s)

    def stop(self, row: int, time_s: float, layer: int) -> None:
        """End one object by a kill."""
        self.end_s[row] = time_s
        self.stopped_by[row] = layer

    def cut_boost(self, missile: int, time_s: float, layer: int) -> None:
        """End thrust and deployment of a missile: what it has not released yet never flies."""
        mine = self.objects.missile == missile
        carrier = mine & (self.objects.start_s <= time_s) & (self.end_s > time_s)
        carrier &= self.objects.kind == BOOSTER
        unreleased = mine & (self.objects.start_s > time_s)
        self.end_s[carrier] = time_s
        self.stopped_by[carrier] = layer
        self.end_s[unreleased] = -np.inf
        self.stopped_by[unreleased] = layer
        self.cut_s[missile] = time_s
        self.cut_layer[missile] = layer

    def add_body(self, missile: int, nodes: Trajectories, identity: np.uint64, like: int) -> int:
        """Let the remains of a missile fly on along `nodes`; they look like object `like`."""
        objects = self.objects
        row = int(objects.start_s.shape[0])
        grown = {
            name: np.concatenate([column, column[like : like + 1]])
            for name, column in zip(objects._fields, objects, strict=True)
        }
        grown["identity"][row] = identity
        grown["kind"][row] = BODY
        grown["start_s"][row] = nodes.time_s[0]
        grown["burnout_s"][row] = nodes.time_s[0]
        grown["end_s"][row] = nodes.time_s[-1]
        self.objects = type(objects)(**grown)
        self._signatures = _signatures(self.objects)
        self._skins = np.concatenate([self._skins, _unwarmed(self._signatures[row:])])
        old = self.trajectories
        self.trajectories = Trajectories(
            np.append(old.first, old.first[-1] + nodes.time_s.shape[0]),
            np.concatenate([old.time_s, nodes.time_s]),
            np.concatenate([old.position_eci_m, nodes.position_eci_m]),
            np.concatenate([old.velocity_eci_m_s, nodes.velocity_eci_m_s]),
            np.concatenate([old.acceleration_eci_m_s2, nodes.acceleration_eci_m_s2]),
        )
        self.end_s = np.append(self.end_s, nodes.time_s[-1])
        self.stopped_by = np.append(self.stopped_by, -1)
        return row

    def state_of(self, row: int, time_s: float) -> tuple[Floats, Floats]:
        """Position and velocity (eci) of one object."""
        paths = self.trajectories
        values = sample(
            paths.first, paths.time_s, paths.position_eci_m, paths.velocity_eci_m_s,
            paths.acceleration_eci_m_s2, row, time_s,
        )  # fmt: skip
        return np.array(values[:3]), np.array(values[3:])

    def rows_of(self, missile: int) -> Integers:
        """Objects that came from a missile."""
        return np.flatnonzero(self.objects.missile == missile)
