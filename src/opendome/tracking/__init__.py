"""Measurements into tracks, and tracks into predictions; nothing here knows the truth."""

from opendome.tracking.cueing import make_cues
from opendome.tracking.impact import predict, predict_place
from opendome.tracking.picture import Tracker, copy_tracker, start_tracker
from opendome.tracking.registration import start_registration
from opendome.tracking.settings import SettingsTable, at_earth_angle, build_settings
from opendome.tracking.track_reports import drop_tracks, take_reports
from opendome.tracking.update import update

__all__ = [
    "SettingsTable",
    "Tracker",
    "at_earth_angle",
    "build_settings",
    "copy_tracker",
    "drop_tracks",
    "make_cues",
    "predict",
    "predict_place",
    "start_registration",
    "start_tracker",
    "take_reports",
    "update",
]
