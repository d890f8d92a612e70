"""Generated rules with time running sixty times as fast: hours are minutes and minutes are seconds. Pure."""

import re
from typing import Any, Final

from components.observability.slo.rules import SECONDS

FACTOR: Final = 60
SAID: Final = "an hour of a rule is a minute here, a minute is a second"
_MINUTES: Final = {"m": 1, "h": 60, "d": 1440}
_RANGE: Final = re.compile(r"(?<=[\[:])(\d+)([mhd])(?=[\]:])")
_FOR: Final = re.compile(r"^(\d+)m$")


def scaled(value: Any) -> Any:
    """Rules with every duration sixty times shorter, evaluated each second; nothing else of them is changed."""
    if isinstance(value, dict):
        return {key: "1s" if key == "interval" else scaled(one) for key, one in value.items()}
    if isinstance(value, list):
        return [scaled(one) for one in value]
    if not isinstance(value, str):
        return value
    short = _RANGE.sub(lambda m: f"{int(m[1]) * _MINUTES[m[2]]}s", value)
    return _FOR.sub(r"\1s", short).replace(f" * {SECONDS}", " * 1")
