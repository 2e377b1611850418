"""The parts of Stone Soup that the comparison is made of. Importing this needs `stonesoup`."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import numpy as np
from stonesoup.base import Property
from stonesoup.dataassociator.probability import JPDA
from stonesoup.dataassociator.tree import DetectionKDTreeGNN2D
from stonesoup.hypothesiser.distance import DistanceHypothesiser
from stonesoup.hypothesiser.probability import PDAHypothesiser
from stonesoup.measures import Mahalanobis
from stonesoup.models.base import TimeVariantModel
from stonesoup.models.measurement.nonlinear import CartesianToElevationBearingRange
from stonesoup.models.transition.nonlinear import GaussianTransitionModel
from stonesoup.predictor.kalman import ExtendedKalmanPredictor
from stonesoup.types.angle import Bearing, Elevation
from stonesoup.types.array import CovarianceMatrix, StateVector
from stonesoup.types.detection import Detection
from stonesoup.types.state import GaussianState
from stonesoup.types.track import Track
from stonesoup.updater.kalman import ExtendedKalmanUpdater
from stonesoup.updater.probability import PDAUpdater

from opendome.analysis.stone_soup import move_state, noise_covariance, transition_matrix
from opendome.tables.truth import Floats


class Ballistic(GaussianTransitionModel, TimeVariantModel):  # type: ignore[misc]
    """Flight under J2 gravity with white acceleration noise."""

    density_m2_s3: float = Property(doc="Density of the noise")

    @property
    def ndim_state(self) -> int:
        """Position and velocity."""
        return 6

    def function(self, state: Any, noise: Any = False, **given: Any) -> StateVector:
        """The state one interval later."""
        flat = np.asarray(state.state_vector, dtype=float)[:, 0]
        return StateVector(move_state(flat, given["time_interval"].total_seconds()))

    def jacobian(self, state: Any, **given: Any) -> Floats:
        """Derivative of the motion."""
        flat = np.asarray(state.state_vector, dtype=float)[:, 0]
        return transition_matrix(flat, given["time_interval"].total_seconds())

    def covar(self, **given: Any) -> CovarianceMatrix:
        """Noise over one interval."""
        return CovarianceMatrix(
            noise_covariance(given["time_interval"].total_seconds(), self.density_m2_s3)
        )


class LocalRadar(CartesianToElevationBearingRange):  # type: ignore[misc]
    """Elevation, bearing and range along given axes: its own model takes angles of rotation."""

    axes: Floats = Property(doc="Rows: the axes of the measurement, in those of the state")

    @property
    def rotation_matrix(self) -> Floats:
        """The axes."""
        return self.axes


def build_parts(gate: float, noise_m2_s3: float, neighbours: int, multiple: int) -> tuple[Any, Any]:
    """Associator and updater."""
    predictor = ExtendedKalmanPredictor(Ballistic(density_m2_s3=noise_m2_s3))
    updater = ExtendedKalmanUpdater(None)
    hypothesiser = DistanceHypothesiser(
        predictor, updater, Mahalanobis(), missed_distance=float(np.sqrt(gate))
    )
    associator = DetectionKDTreeGNN2D(
        hypothesiser,
        predictor,
        updater,
        number_of_neighbours=neighbours,
        max_distance_covariance_multiplier=multiple,
    )
    return associator, updater


def build_joint_parts(
    noise_m2_s3: float, detection_probability: float, gate_probability: float, density: float
) -> tuple[Any, Any]:
    """Associator and updater of joint probabilistic data association.

    All joint events of all tracks are listed: for a few tracks only. `density` is that of strange
    detections per unit of elevation, bearing and range.
    """
    predictor = ExtendedKalmanPredictor(Ballistic(density_m2_s3=noise_m2_s3))
    updater = PDAUpdater(None, gm_method=True)
    hypothesiser = PDAHypothesiser(
        predictor, updater, clutter_spatial_density=density, prob_detect=detection_probability,
        prob_gate=gate_probability,
    )  # fmt: skip
    return JPDA(hypothesiser), updater


def build_measurement_model(
    place: Floats, axes: Floats, sigma_angle_rad: float, sigma_range_m: float
) -> LocalRadar:
    """Model of one radar's measurements at one time."""
    return LocalRadar(
        ndim_state=6,
        mapping=(0, 1, 2),
        noise_covar=CovarianceMatrix(
            np.diag([sigma_angle_rad**2, sigma_angle_rad**2, sigma_range_m**2])
        ),
        translation_offset=StateVector(place),
        axes=axes,
    )


def start_track(state: Floats, covariance: Floats, date: datetime) -> Track:
    """A track of one state."""
    return Track([GaussianState(StateVector(state), CovarianceMatrix(covariance), timestamp=date)])


def make_detections(
    elevation: Floats, bearing: Floats, distance: Floats, date: datetime, model: LocalRadar
) -> set[Detection]:
    """Detections of one scan; each knows its row."""
    return {
        Detection(
            StateVector([Elevation(elevation[i]), Bearing(bearing[i]), distance[i]]),
            timestamp=date,
            measurement_model=model,
            metadata={"row": i},
        )
        for i in range(elevation.shape[0])
    }
