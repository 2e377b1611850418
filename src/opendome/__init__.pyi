"""The names that `__init__.py` imports when first used, for type checkers and editors."""

from opendome.campaign import Campaign as Campaign
from opendome.campaign import compare as compare
from opendome.campaign import resume as resume
from opendome.campaign import run as run
from opendome.scenario.loader import load_scenario as load

__all__ = ["Campaign", "__version__", "compare", "load", "resume", "run"]

__version__: str
