"""For all tests."""

from hypothesis import HealthCheck, settings

# A busy machine is no defect: how long an example takes to be made or tried is no test's business.
settings.register_profile("calm", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("calm")
