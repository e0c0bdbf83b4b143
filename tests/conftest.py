"""What every test shares: the hypothesis profiles, and the folder that holds no tests.

The environment variable `HYPOTHESIS_PROFILE` chooses the profile: `dev` (the default: quick, new
examples every run), `ci` (the same examples every run; the default where `CI` is set) or `nightly`
(many more examples).
"""

import os

from hypothesis import HealthCheck, settings

# Benchmarks are run by hand.
collect_ignore = ["benchmarks"]

# The machine that runs the tests is shared: one slow example says nothing about the code.
COMMON = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

settings.register_profile("dev", COMMON, max_examples=50)
settings.register_profile("ci", COMMON, max_examples=50, derandomize=True, database=None)
settings.register_profile("nightly", COMMON, max_examples=2_000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci" if os.environ.get("CI") else "dev"))
