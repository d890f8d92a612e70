"""How much is tried: always the same inputs in CI, other ones in every run of ``long``."""

from hypothesis import HealthCheck, settings

_QUIET = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example]
settings.register_profile(
    "ci", max_examples=400, derandomize=True, deadline=None, database=None, suppress_health_check=_QUIET
)
settings.register_profile("long", max_examples=20_000, deadline=None, suppress_health_check=_QUIET)
settings.load_profile("ci")
