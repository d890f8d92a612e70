"""Whom a rule of an AuthorizationPolicy lets in: callers by name, or anybody."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from policies.analysis.network.internet_range import is_internet
from policies.engine.values import at, mapping, sequence, text

_IDENTITIES: Final = (
    "principals",
    "requestPrincipals",
    "namespaces",
    "serviceAccounts",
    "ipBlocks",
    "remoteIpBlocks",
)
_ADDRESSES: Final = frozenset({"ipBlocks", "remoteIpBlocks", "source.ip", "remote.ip"})
_PRINCIPALS: Final = frozenset({"principals", "source.principal"})
_ANY_WORKLOAD: Final = re.compile(r"[^/*]+/(ns/)?\*|spiffe://[^*]*\*?|\*/?(ns/)?\*?")
"""A principal that every workload of a trust domain has, or of all of them."""
_CONDITIONS: Final = re.compile(
    r"source\.(ip|namespace|principal|serviceAccount)|remote\.ip|request\.auth\.(principal|presenter|claims\[.+\])"
)
"""Attributes that tell who calls (Istio, "Authorization Policy Conditions", read 2026-11); headers are the
caller's own words."""


def names_callers(rule: Any) -> bool:
    """Whether every condition of a rule together leaves only certain callers, whoever its sources are."""
    return any(_narrows(condition) for condition in sequence(at(rule, "when"), "when"))


def _narrows(condition: Any) -> bool:
    key = text(at(condition, "key"), "when.key")
    return bool(_CONDITIONS.fullmatch(key)) and _names(key, sequence(at(condition, "values"), "when.values"))


def is_somebody(caller: Any) -> bool:
    """Whether a source names callers at all: its fields narrow each other, so one that names is enough."""
    source: Mapping[str, Any] = mapping(at(caller, "source"), "source")
    return any(_names(key, sequence(source.get(key), key)) for key in _IDENTITIES)


def _names(key: str, values: Sequence[Any]) -> bool:
    return bool(values) and not any(_is_anybody(key, text(value, key)) for value in values)


def _is_anybody(key: str, value: str) -> bool:
    if key in _ADDRESSES:
        return is_internet(value)
    return value == "*" or (key in _PRINCIPALS and _ANY_WORKLOAD.fullmatch(value) is not None)
