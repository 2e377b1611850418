"""What the tracker assumes: models of motion, gates, patience, and beliefs about the adversary.

`build_settings` is the only way to make settings. It gives them as an array of one record with the
fields of `Settings`: to hand a tuple of sixty floats to a kernel costs more than some kernels take.
"""

from __future__ import annotations

import math
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from opendome.errors import BadInput
from opendome.tables.truth import Floats


class Motion(NamedTuple):
    """How tracked objects are believed to move between looks."""

    # Model error of J2 gravity: J3 and J4 together are 2e-5 m/s2 per axis (root mean square over
    # the globe, 1,000 km up) and keep their sign for some 300 s. White noise of as much in the
    # long run is 2 x (2e-5)^2 x 300 = 2.4e-7 m2/s3; of T seconds of a pull of memory tau, the part
    # 1 - (1 - exp(-T / tau)) tau / T has come to that: 0.7 in a quarter of an hour's track.
    gravity_noise_m2_s3: float = 1.7e-7
    # Believed ballistic coefficient: slender warheads have 1,500 to 3,000 pounds per square foot,
    # 7,000 to 15,000 kg/m2 (assumption: near the lower end, as decoys have less).
    ballistic_coefficient_kg_m2: float = 8_000.0
    # Error of drag by this belief: share of it, and time over which the share keeps its sign [s].
    # Together they make the error of predicted impacts what halving or doubling the coefficient
    # shifts them by, 3 to 8 km (assumption that the belief is right to a factor of two).
    drag_error: float = 0.2
    drag_error_time_s: float = 1.0
    # Jerk noise in boost: one jump of thrust acceleration of 40 m/s2 per 60 s stage, spread
    # evenly, is 40^2 / 60 [m2/s5] (assumption; typical of three-stage missiles).
    jerk_noise_m2_s5: float = 27.0
    # Thrust acceleration grows as its square over the exhaust speed at constant mass flow: 2,750
    # m/s for solid motors, specific impulse near 280 s (Sutton and Biblarz 2017, table 13-1). A
    # last stage that ends at the speed wanted wastes up to a quarter of its thrust, not of its
    # flow: a tenth less on average (assumption).
    exhaust_speed_m_s: float = 2_500.0
    # Staging ends growth: no missile is believed to pass this (assumption, near 10 g).
    acceleration_limit_m_s2: float = 100.0


class Models(NamedTuple):
    """Models of motion that run side by side where the evidence does not settle one (`models`).

    Kinds of flight and their bounds are those of the public record; every figure without a source
    is an assumption.
    """

    # One: several models where physics allows them; zero: one model per phase for every track.
    interacting: float = 1.0
    # Thrust: its growth a2 / c is believed to 6 per cent (specific impulse of 270 to 315 s); its
    # attitude drifts by a twentieth of a degree a second where it is held. Where it is steered, a
    # pitch programme leads the turn of the velocity: by 0.17 degrees a second, give or take 0.23,
    # over the public classes flown (0.2 to 0.5 up to its end, then none). All for ten seconds.
    growth_error: float = 0.06
    growth_floor_m_s3: float = 0.025
    holding_rad_s: float = 0.001
    steering_rad_s: float = 0.004
    steering_lead_rad_s: float = 0.003
    thrust_memory_s: float = 10.0
    steered_s: float = 60.0  # between two changes from steered to held or back
    # Mass over drag of a rising missile: 35 to 100 t over 0.7 to 3 m2 of drag area, half burned.
    boost_drag_kg_m2: float = 25_000.0
    boost_drag_error: float = 0.5
    # Stages light at one to four g, and none lasts past ten: chance of burnout in a second, one in
    # `burnout_s` at `burnout_m_s2`, as the fourth power of thrust. Half burn out by 8 g then.
    ignition_m_s2: float = 25.0
    ignition_sigma_m_s2: float = 12.0
    burnout_m_s2: float = 80.0
    burnout_s: float = 20.0
    staging_probability: float = 0.8  # gone on from; and what is left for another after it
    restaging_probability: float = 0.005
    unseen_thrust_m_s2: float = 33.0  # `Initiation`: believed thrust and its sigma together
    least_climb_m_s: float = 200.0  # of what may burn unseen
    # A glide: between 2.6, of the HTV-2 in public analyses (recalled), and 3, so that drag is
    # known to some per cent of the weight that is left to carry. Lift keeps to the steady glide:
    # control damps what else would swing by kilometres, and a path that sinks by some metres a
    # second more or less needs but hundredths of the weight.
    lift_to_drag: float = 2.8
    glide_drag_sigma_m_s2: float = 0.1
    glide_lift_sigma_m_s2: float = 0.02
    # A bank of some four degrees corrects the heading, beside what the turning Earth asks for.
    glide_bank_sigma_m_s2: float = 0.4
    # Both last for the flight: the memory lets the bank drift by 0.04 m/s2 in a minute, and what
    # changes faster is a turn.
    glide_memory_s: float = 15_000.0
    # A bank of 60 degrees turns with 1.7 of the net weight; pull-ups take 2 to 5.
    turn_sigma_m_s2: float = 15.0
    turn_memory_s: float = 10.0
    # An autopilot holds heading, speed through the air and, the more so, height; climb it takes
    # back in this time. Wind of 5 m/s that changes over 200 km of the way makes the drift of 0.05
    # m/s2 over ten seconds.
    cruise_sigma_m_s2: float = 0.05
    cruise_height_sigma_m_s2: float = 0.02
    cruise_memory_s: float = 10.0
    levelling_s: float = 5.0
    # Share by which drag of constant coefficient changes in a second on top of density and speed,
    # and what it does at least; what it is believed to be at first.
    slowing_error: float = 0.1
    slowing_floor_m_s2: float = 0.1
    slowing_start_m_s2: float = 5.0
    # Regions. Gliders reach their targets at Mach 3 and more; cruise missiles fly up to Mach 3
    # and, ramjets aside, under 20 km (recalled).
    slowest_glide_m_s: float = 900.0
    fastest_cruise_m_s: float = 1_200.0
    highest_cruise_m: float = 25_000.0
    highest_glide_m: float = 100_000.0
    known_speed_m_s: float = 300.0  # regions are not judged by a speed known less well
    # Believed speeds at first sight and their sigmas: 150 to 350 m/s, 1 to 6 km/s.
    cruise_speed_m_s: float = 250.0
    cruise_speed_sigma_m_s: float = 60.0
    cruise_climb_m_s: float = 15.0
    glide_speed_m_s: float = 3_500.0
    glide_speed_sigma_m_s: float = 1_500.0
    glide_climb_m_s: float = 200.0
    # How long each kind of flight lasts before another takes over.
    steady_flight_s: float = 200.0
    turn_s: float = 15.0
    # Innovations of the last looks, each with this much of the weight of the next one, are as rare
    # as 1e-4 in free fall: other models are tried. What one second of the motion so far unknown
    # adds: `unknown_acceleration_m_s2` over `unknown_s`.
    innovation_memory: float = 0.8
    innovation_tail_sigma: float = 3.72
    unknown_acceleration_m_s2: float = 10.0
    unknown_s: float = 8.0
    # Free fall more probable than this for so many looks closes the bank.
    settled_probability: float = 0.95
    settled_looks: float = 5.0


class Association(NamedTuple):
    """When a measurement may belong to a track."""

    # Probability that the right measurement falls inside the gate is 0.999 for each dimension
    # count: chi-square quantiles of 2, 3 and 4 degrees of freedom.
    gate_2: float = 13.816
    gate_3: float = 16.266
    gate_4: float = 18.467
    # A measurement left over within this many gates of a firm track that took nothing starts no new
    # track: chance of a true one beyond is 1e-7 (chi-square of four at twice the gate).
    outlier_factor: float = 2.0
    # Cost of leaving a track without measurement; above every cost of a gated pair.
    miss_cost: float = 100.0
    # A track that has stopped burning takes plume measurements again for this long [s].
    relight_s: float = 15.0
    # One: every look counts for all tracks that it may be of, by its probability (`joint`); zero:
    # for the track that it fits best.
    joint: float = 0.0
    # One: the same for tracks in free fall that have others beside them (`cluster_scan`).
    clusters: float = 0.0
    # Believed by both: that a look is had of a track near others of a scan, and that it is
    # inside the gate.
    detection_probability: float = 0.9
    gate_probability: float = 0.999
    # Looks of nothing tracked in a volume of one look's own error, sqrt(det 2 pi R). That of a
    # radar at 1,000 km is 0.1 km3; a new object in 1e5 km3 is much even in a deployment
    # (assumption). Larger ones take looks from tracks that have just begun and know little.
    strangers: float = 1e-6
    # What one radar cell held comes apart look by look, each new object within the gates of those
    # that are tracked: near others a hundred times as many (assumption).
    cluster_strangers: float = 1e-4


class Initiation(NamedTuple):
    """How tracks begin."""

    # A first radar hit says nothing of the motion across the line of sight. Believed speed 5 km/s
    # with a sigma of 3 km/s in an unknown direction: sqrt((5^2 + 3^2) / 3) per axis (assumption).
    speed_sigma_m_s: float = 3_370.0
    # An object that appears near a track that is known well came from it: deployment leaves at
    # metres per second, and near-by missiles of one salvo differ by gravity over the time between
    # them, which adds to this (assumption: twice the 5 m/s of fragments).
    spawn_distance_m: float = 100_000.0
    spawn_sigma_m_s: float = 10.0
    spawn_parent_sigma_m_s: float = 200.0
    # What has burned out, or has just come off another, lets objects go, or is itself a few of
    # them in one cell whose echo wanders from one to the other: its velocity changes by so much per
    # axis (the parting speed of a warhead), in the course of minutes (both assumptions).
    parting_sigma_m_s: float = 1.0
    parting_s: float = 300.0
    # Directions from two satellites are paired within this time [s].
    pairing_window_s: float = 6.0
    # Speeds that targets may have while waiting for the second look [m/s] (assumption).
    plume_speed_m_s: float = 1_500.0
    cold_speed_m_s: float = 5_000.0
    # Lines of sight must pass each other within this many sigmas squared (0.999, one degree).
    line_gate: float = 10.828
    # Triangulated points worse than this are not used [m] (assumption).
    triangulation_sigma_m: float = 60_000.0
    lowest_altitude_m: float = 0.0
    highest_plume_altitude_m: float = 500_000.0
    highest_cold_altitude_m: float = 1_500_000.0
    # A plume that one satellite alone keeps seeing for this long [s] ...
    single_view_wait_s: float = 4.0
    # ... is taken to have come through the clouds: altitude and sigma [m] (assumption).
    single_view_altitude_m: float = 14_000.0
    single_view_altitude_sigma_m: float = 5_000.0
    # Net upward acceleration early in boost (assumption). The climb speed that follows is the unit
    # of the velocity error: sideways speed passes it later in boost (assumption).
    climb_acceleration_m_s2: float = 12.0
    climb_error: float = 1.2
    # Thrust acceleration at first sight and its sigma per axis (assumption).
    thrust_acceleration_m_s2: float = 22.0
    thrust_sigma_m_s2: float = 25.0


class Life(NamedTuple):
    """When a track becomes firm, changes phase or ends."""

    firm_looks: float = 3.0  # M of N: looks at distinct times ...
    window_looks: float = 5.0  # ... out of as many expected ones
    expected_revisit_s: float = 10.0  # slowest sensor that a track may depend on (assumption)
    tentative_coast_s: float = 20.0  # a tentative track without a look for so long ends
    # Age that looks may have when they arrive, which all patience above and of waiting directions
    # is lengthened by: of reports, links and the time to the next decision. The longest step.
    lateness_s: float = 5.0
    # No plume heard of for so long: it has burned out. The slowest scan and a step in boost; where
    # reports take time on their way, as much longer.
    plume_gap_s: float = 12.0
    # Thrust acceleration and its sigma below this: it has burned out (assumption).
    burnout_acceleration_m_s2: float = 5.0
    # Thrust fades and stages part in unknown ways [m/s] (assumption).
    burnout_speed_sigma_m_s: float = 20.0
    largest_sigma_m: float = 100_000.0  # a track known no better than this ends
    # Tracks that get no measurement stand still for so long before they are moved on, so that
    # late measurements still find them at their own time.
    lag_s: float = 10.0
    # Two tracks are one object if six differences have a chi-square below this (its median), both
    # are known to this speed, and no sensor saw both in one scan.
    merge_gate: float = 5.35
    merge_sigma_m_s: float = 300.0
    # A track ends where looks at it would all have missed an object there with less probability
    # than this (Wald's test: the share of objects in track that may be given up; assumption).
    least_presence: float = 1e-3
    # No look is believed to find what is there more surely than this: in a cluster a neighbour in
    # the same cell may hide it, or another track take its look (assumption).
    surest_detection: float = 0.5
    # What was only seen at longer waves is believed to show this share of it at shorter ones: slim
    # cones, nose on, show less by a power of the wavelength near one. At longer waves than it was
    # seen at, an object is believed to show as much (assumption).
    shorter_wave_share: float = 0.1
    # A firm track without a look for so long ends: about what an intercontinental missile takes
    # from burnout into the view of an early-warning radar (assumption).
    firm_coast_s: float = 600.0


class Beliefs(NamedTuple):
    """What the defence thinks it knows of the adversary. All are assumptions."""

    # Log odds that a ballistic object of unknown feature is lethal, and while it still burns.
    prior_log_odds: float = 0.0
    boost_log_odds: float = 3.0
    # Discrimination feature in its standard unit: mean and spread of both classes.
    lethal_feature: float = 1.0
    lethal_feature_spread: float = 1.0
    harmless_feature: float = -1.0
    harmless_feature_spread: float = 1.0
    # A look this many sigmas squared (0.9999, one degree) off the estimate is of another object.
    feature_gate: float = 15.1
    # Looks lose their weight over this time: a track may have changed its object unnoticed.
    feature_memory_s: float = 100.0
    # Between solid (170 s) and liquid (250 s) missiles, APS study group (2003).
    burn_time_s: float = 210.0
    burn_time_sigma_s: float = 40.0
    # Time since launch is this times altitude over climb rate: 2 at constant acceleration from
    # rest, 3 at constant jerk.
    climb_factor: float = 2.3
    launch_sigma_s: float = 10.0


# Columns of a believed class: log prior, whether it is lethal, mean and variance of the log
# cross-section [ln m2] in each group of bands (VHF and UHF, L and S, C and X), of the log long-wave
# intensity [ln W/sr] and of the inverse ballistic coefficient [m2/kg], and variance per axis of the
# velocity [m2/s2] at which it parts from what it came with, and the probability that its echoes
# fluctuate as Swerling 3.
BELIEVED_PRIOR: Final = 0
BELIEVED_LETHAL: Final = 1
BELIEVED_ECHO: Final = 2
BELIEVED_HEAT: Final = 8
BELIEVED_DRAG: Final = 10
BELIEVED_PARTING: Final = 12
BELIEVED_STEADY: Final = 13
N_BELIEVED: Final = 14
N_CLASSES: Final = 8  # at most; a prior of minus infinity: no such class


class Discrimination(NamedTuple):
    """Which features tell objects apart, and the classes that they are believed to be of."""

    # Above zero: physical features are weighed. Zero: the scalar feature alone.
    physical: float = 0.0
    # Echoes this far apart in time are independent: a body of 2 m that turns at a few degrees a
    # second passes a lobe of its X-band echo, wavelength over twice its length, in a tenth of
    # this, one at UHF in three times it (assumption).
    decorrelation_s: float = 1.0
    # Echoes and intensities lose their weight over this time: when a track passes from a bus to
    # what it released, they must forget a hundredfold cross-section (assumption).
    echo_memory_s: float = 60.0
    classes: Floats = np.full((N_CLASSES, N_BELIEVED), -np.inf)


class Prediction(NamedTuple):
    """Form of predicted paths."""

    gmst0_rad: float = 0.0  # Greenwich angle at the scenario's zero
    ballistic_step_s: float = 20.0
    boost_step_s: float = 2.0
    after_burnout_s: float = 60.0  # path kept past the believed end of thrust
    max_points: float = 180.0
    # Paths in the air: after ten minutes a gentle turn has taken a glider 100 km aside.
    air_step_s: float = 10.0
    air_horizon_s: float = 600.0


class Settings(NamedTuple):
    """All settings of the tracker, in groups."""

    motion: Motion = Motion()
    models: Models = Models()
    association: Association = Association()
    initiation: Initiation = Initiation()
    life: Life = Life()
    beliefs: Beliefs = Beliefs()
    discrimination: Discrimination = Discrimination()
    prediction: Prediction = Prediction()


SettingsTable = NDArray[Any]  # (1,) one record with the fields of Settings


def _describe_record() -> Any:
    groups = [
        (
            name,
            np.dtype(
                (
                    np.record,
                    [
                        (field, np.float64, np.shape(value))
                        for field, value in zip(group._fields, group, strict=True)
                    ],
                )
            ),
        )
        for name, group in Settings()._asdict().items()
    ]
    return np.dtype((np.record, groups))


_RECORD = _describe_record()

# Values that may be zero or negative; all others must be above zero.
_SIGNED = {
    "gmst0_rad", "prior_log_odds", "boost_log_odds", "lethal_feature", "harmless_feature",
    "lowest_altitude_m", "physical", "interacting", "joint", "clusters",
}  # fmt: skip


_MODEL_SETS = {"single": 0.0, "interacting": 1.0}
_ASSOCIATIONS = {"nearest": (0.0, 0.0), "clusters": (0.0, 1.0), "joint": (1.0, 0.0)}


def build_settings(
    classes: Floats | None = None,
    models: str = "interacting",
    association: str = "nearest",
    **changes: float,
) -> SettingsTable:
    """Settings with some values changed, named as in their groups: `build_settings(gmst0_rad=1.2)`.

    Parameters
    ----------
    classes : (n, N_BELIEVED) float64, optional
        The believed classes of objects, at most `N_CLASSES`.
    models : str
        `interacting`: several models of motion where the evidence leaves more than one;
        `single`: one for each phase.
    association : str
        `nearest`: a look is of one track, by global nearest neighbour; `joint`: of all that it may
        be of, by probability; `clusters`: that for tracks in free fall, without banks of models.
    changes : float
        Values by name.

    Raises
    ------
    BadInput
        A name is unknown, or a value is not finite, or not above zero where it must be.
    """
    known = {name for group in Settings() for name in group._fields}
    for name, given, allowed in (
        ("models", models, _MODEL_SETS), ("association", association, _ASSOCIATIONS),
    ):  # fmt: skip
        if given not in allowed:
            raise BadInput(f"tracking.{name}: {given} given, allowed are {', '.join(allowed)}")
    values = {name: float(value) for name, value in changes.items()}
    values.setdefault("interacting", _MODEL_SETS[models])
    for name, value in zip(("joint", "clusters"), _ASSOCIATIONS[association], strict=True):
        values.setdefault(name, value)
    for name, value in values.items():
        if name not in known:
            raise BadInput(
                f"tracking.{name}: no such setting; allowed are {', '.join(sorted(known))}"
            )
        if not math.isfinite(value) or (value <= 0.0 and name not in _SIGNED):
            kind = "a finite number" if name in _SIGNED else "a finite number above zero"
            raise BadInput(f"tracking.{name}: {value:g} given, must be {kind}")
    record = np.zeros(1, _RECORD)
    for group_name, group in Settings()._asdict().items():
        for name, default in group._asdict().items():
            record[group_name][name] = values.get(name, default)
    if classes is not None:
        record["discrimination"]["classes"][0, : len(classes)] = classes
    return record


def at_earth_angle(settings: SettingsTable, gmst0_rad: float) -> SettingsTable:
    """The same settings for a replication with this Greenwich angle at its zero."""
    turned = settings.copy()
    turned["prediction"]["gmst0_rad"] = gmst0_rad
    return turned
