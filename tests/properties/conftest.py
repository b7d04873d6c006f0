"""How hard Hypothesis tries: a little by default, more with `HYPOTHESIS_PROFILE=thorough`."""

import os
from typing import Any

from hypothesis import HealthCheck, settings

_CALM: dict[str, Any] = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow, HealthCheck.data_too_large]}

settings.register_profile("usual", max_examples=30, stateful_step_count=40, **_CALM)
settings.register_profile("thorough", max_examples=1000, stateful_step_count=80, **_CALM)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "usual"))
