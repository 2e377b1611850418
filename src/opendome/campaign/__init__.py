"""Many replications: plan, executors, store, resume, summary, comparison."""

from opendome.campaign.comparison import compare
from opendome.campaign.results import Campaign
from opendome.campaign.runner import Settings, resume, run, run_source
from opendome.campaign.source import ScenarioSource, Source
from opendome.campaign.store import Store
from opendome.campaign.summary import summarise

__all__ = [
    "Campaign",
    "ScenarioSource",
    "Settings",
    "Source",
    "Store",
    "compare",
    "resume",
    "run",
    "run_source",
    "summarise",
]
