"""Settings of all tests."""

from __future__ import annotations

from hypothesis import settings

# The first call of a kernel compiles it, which no deadline allows for; examples are derandomised so
# that a run can be repeated.
settings.register_profile("opendome", deadline=None, derandomize=True, max_examples=50)
settings.load_profile("opendome")
