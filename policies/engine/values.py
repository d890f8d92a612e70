"""How rules read values: an unknown or misshapen value is never taken for a missing one.

Every reader takes None for "not set" and returns the empty value of its shape; anything it cannot read
raises :class:`UndecidedError`, which the judge turns into "undecided" for this rule and resource.
"""

import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, Final

from policies.engine.graph import Unknown

_QUANTITY: Final = re.compile(r"(\d+(?:\.\d+)?)([A-Za-z]{0,2})")
_WHOLE: Final = re.compile(r"-?\d{1,15}", re.ASCII)
_UNITS: Final = {
    "": 1, "m": 1e-3, "k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12,
    "Ki": 2**10, "Mi": 2**20, "Gi": 2**30, "Ti": 2**40,
}  # fmt: skip
"""Suffixes of Kubernetes quantities (API conventions, "Quantity", read 2026-11)."""
_HOURS: Final = {"h": 1.0, "m": 1 / 60, "s": 1 / 3600, "ms": 1 / 3_600_000}
_DURATION: Final = re.compile(r"(?:\d{1,15}(?:\.\d{1,15})?(?:ms|h|m|s))+")
_PART: Final = re.compile(r"(\d{1,15}(?:\.\d{1,15})?)(ms|h|m|s)")


class UndecidedError(Exception):
    """A value the rule needs is unknown or unreadable."""


def at(value: Any, path: str) -> Any:
    r"""The value at a dotted path (``spec.template.0.image``); None where something on the way is not set.

    A dot inside a key is written ``\.``.
    """
    for key in _steps(path):
        if type(value) is dict:  # nearly always, and at a third of the price of what follows
            value = value.get(key)
            continue
        known(value, path)
        if value is None:
            return None
        if isinstance(value, Mapping):
            value = value.get(key)
        elif isinstance(value, Sequence) and not isinstance(value, str):
            value = value[int(key)] if key.isdigit() and int(key) < len(value) else None
        else:
            raise UndecidedError(f"{path}: expected a mapping or a list, got {type(value).__name__}")
    return known(value, path)


@lru_cache(maxsize=4096)
def _steps(path: str) -> tuple[str, ...]:
    return tuple(step.replace("\0", ".") for step in path.replace("\\.", "\0").split("."))


def known(value: Any, path: str = "") -> Any:
    """The value, unless it is unknown."""
    if isinstance(value, Unknown):
        raise UndecidedError(f"{path or 'value'} is not known yet")
    return value


def mapping(value: Any, path: str = "") -> Mapping[str, Any]:
    """A mapping; ``{}`` when not set."""
    if known(value, path) is None:
        return {}
    if not isinstance(value, Mapping):
        raise UndecidedError(f"{path or 'value'}: expected a mapping, got {type(value).__name__}")
    return value


def sequence(value: Any, path: str = "") -> Sequence[Any]:
    """A list; empty when not set."""
    if known(value, path) is None:
        return ()
    if isinstance(value, str) or not isinstance(value, Sequence):
        raise UndecidedError(f"{path or 'value'}: expected a list, got {type(value).__name__}")
    return value


def text(value: Any, path: str = "") -> str:
    """A string; empty when not set."""
    if known(value, path) is None:
        return ""
    if not isinstance(value, str):
        raise UndecidedError(f"{path or 'value'}: expected text, got {type(value).__name__}")
    return value


def flag(value: Any, path: str = "", *, default: bool = False) -> bool:
    """A boolean, also as the text ``"true"`` or ``"false"`` that state files hold."""
    if known(value, path) is None:
        return default
    if isinstance(value, str) and value.lower() in {"true", "false"}:
        return value.lower() == "true"
    if not isinstance(value, bool):
        raise UndecidedError(f"{path or 'value'}: expected true or false, got {value!r}")
    return value


def number(value: Any, path: str = "") -> float | None:
    """A number, also as text, which some write; None when not set."""
    if known(value, path) is None:
        return None
    if isinstance(value, str) and _WHOLE.fullmatch(value):
        return int(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise UndecidedError(f"{path or 'value'}: expected a number, got {value!r}")
    return value


def mebibytes(value: Any, path: str = "") -> float:
    """An amount of memory as Kubernetes writes it (``8Gi``, ``512M``, bytes), in MiB."""
    said = str(known(value, path))
    match = _QUANTITY.fullmatch(said)
    if match is None or match[2] not in _UNITS:
        raise UndecidedError(f"{path or 'value'}: expected an amount like 2Gi, got {value!r}")
    return float(match[1]) * _UNITS[match[2]] / 2**20


def hours(value: Any, path: str = "") -> float | None:
    """A duration as Go writes it (``2160h``, ``1h30m``), in hours; None when not set."""
    said = text(value, path)
    if not said:
        return None
    if _DURATION.fullmatch(said) is None:
        raise UndecidedError(f"{path or 'value'}: expected a duration like 720h, got {said!r}")
    return sum(float(amount) * _HOURS[unit] for amount, unit in _PART.findall(said))


def document(value: Any, path: str = "policy") -> Mapping[str, Any]:
    """An IAM document, given as JSON text or as a mapping; ``{}`` when not set."""
    if known(value, path) is None:
        return {}
    return mapping(unfolded(value, path), path)


def unfolded(value: Any, path: str = "") -> Any:
    """What JSON text says; anything but text as it is."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value, object_pairs_hook=_once)
    except (ValueError, RecursionError) as error:
        raise UndecidedError(f"{path or 'value'} is not JSON: {error}") from None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A JSON object; of a key that stands there twice, one value would be read and the other meant."""
    found = dict(pairs)
    if len(found) < len(pairs):
        twice = sorted(key for key, times in Counter(key for key, _ in pairs).items() if times > 1)
        raise ValueError(f"{', '.join(twice)} stands there twice")
    return found


def listed(value: Any, path: str = "") -> Sequence[Any]:
    """What IAM lets people write as one value or as a list of them."""
    if known(value, path) is None:
        return ()
    if isinstance(value, Mapping | str) or not isinstance(value, Sequence):
        return (value,)
    return [known(item, path) for item in value]
