"""The kinds of object that missiles become, and what each kind looks like to sensors and to air."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numpy as np

from opendome.tables import codes
from opendome.tables.truth import Flags, Floats, Identities, Integers, Objects

# Rows of the arrays of `Looks`.
BOOSTER: Final = 0
WARHEAD: Final = 1
SPENT_STAGE: Final = 2
DECOY: Final = 3  # light: a balloon
FRAGMENT: Final = 4
REPLICA: Final = 5  # a decoy with the shape and about the mass-to-drag of a warhead
CHAFF: Final = 6  # a cloud of it
PARTS: Final = (
    "booster", "warhead", "spent-stage", "decoy", "fragment", "replica-decoy", "chaff",
)  # fmt: skip
# The same in `tables.codes`.
PART_KINDS: Final = np.array(
    [
        codes.BOOSTER, codes.WARHEAD, codes.DEBRIS, codes.DECOY, codes.DEBRIS, codes.DECOY,
        codes.DECOY,
    ],
    np.int64,
)  # fmt: skip


class Looks(NamedTuple):
    """What the parts of one missile class, or of several, look like.

    Arrays have a row per kind in `PARTS`; of several classes, `stack_looks` puts one more axis in
    front. The booster's ballistic coefficient is that of a missile whose thrust ended too early.
    """

    mass_kg: Floats  # (n_parts,)
    ballistic_coefficient_kg_m2: Floats  # (n_parts,)
    cross_section_m2: Floats  # (n_parts, n_aspects, n_bands)
    body_w_sr: Floats  # (n_parts,)
    skin: Floats  # (n_parts, len(SKIN))
    glow_w_sr: Floats  # (n_parts,) in the plume band, of a body that the air heats
    feature_mean: Floats  # (n_parts,)
    feature_sigma: Floats  # (n_parts,)
    plume_w_sr: Any  # float, or (n_classes,)
    steady: Floats  # (n_parts,) one: echoes fluctuate as Swerling 3, zero: as Swerling 1


def stack_looks(looks: list[Looks]) -> Looks:
    """The looks of several classes as arrays with the class in front."""
    return Looks(*(np.array(column, np.float64) for column in zip(*looks, strict=True)))


class Flown(NamedTuple):
    """What flew, before it is known how it looks: one row per path."""

    identity: Identities  # (n,)
    missile: Integers
    part: Integers  # row of PARTS
    kind: Integers  # of `tables.codes`
    start_s: Floats
    end_s: Floats
    burnout_s: Floats
    feature_draw: Floats  # standard normal
    works: Flags
    aim_area: Integers


def describe_objects(looks: Looks, missile_class: Integers, flown: Flown) -> Objects:
    """Objects with the looks of their classes; `missile_class` (n_missiles,): row of `looks`."""
    at = (missile_class[flown.missile], flown.part)
    burns = flown.burnout_s > flown.start_s
    return Objects(
        identity=flown.identity,
        missile=flown.missile,
        kind=flown.kind,
        works=flown.works,
        aim_area=flown.aim_area,
        start_s=flown.start_s,
        end_s=flown.end_s,
        burnout_s=flown.burnout_s,
        cross_section_m2=looks.cross_section_m2[at],
        plume_w_sr=np.where(burns, looks.plume_w_sr[at[0]], 0.0),
        glow_w_sr=looks.glow_w_sr[at],
        body_w_sr=looks.body_w_sr[at],
        skin=looks.skin[at],
        feature=looks.feature_mean[at] + looks.feature_sigma[at] * flown.feature_draw,
        mass_kg=looks.mass_kg[at],
        ballistic_coefficient_kg_m2=looks.ballistic_coefficient_kg_m2[at],
        steady=looks.steady[at],
    )
