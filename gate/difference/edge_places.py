"""What a change of a route's backends costs while the AI gateway's processor has not read it yet."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

_ROUTE: Final = "AIGatewayRoute"
_LATE: Final = (
    "the AI gateway knows backends by their position and learns it seconds after Envoy: 500 until then"
)
"""v1.0.0: internal/internalapi/internalapi.go, and a poll of 5 s in cmd/extproc/mainlib/main.go (read: 2026-11-28)."""

Rules = Sequence[Sequence[tuple[str, float]]]


def place_changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """A sentence for each backend that answers requests from a position at which another stood, or none."""
    old, new = dict(_routes(before)), dict(_routes(after))
    return [
        said
        for route in sorted(old.keys() & new.keys())
        for index, rule in enumerate(new[route])
        for said in _moves(route, old[route][index] if index < len(old[route]) else (), rule)
    ]


def _moves(route: str, old: Sequence[tuple[str, float]], new: Sequence[tuple[str, float]]) -> Iterator[str]:
    for position, (name, percent) in enumerate(new):
        if not percent or (position < len(old) and old[position][0] == name):
            continue
        were = [index for index, (other, share) in enumerate(old) if other == name and share]
        if were:
            yield (
                f"outage: {route}: {name}, which answers {percent:.0f} %, moves from position {were[0]} to {position} "
                f"of spec.rules[].backendRefs; {_LATE}. Keep its place"
            )
        else:
            yield (
                f"outage: {route}: {name} enters spec.rules[].backendRefs with {percent:.0f} % at once; {_LATE}. "
                "List it without traffic first, and give it a share in the next change"
            )


def _routes(report: Mapping[str, Any]) -> Iterator[tuple[str, Rules]]:
    for resource in report["resources"]:
        if str(resource["type"]).endswith(f":{_ROUTE}"):
            spec, metadata = resource["inputs"].get("spec") or {}, resource["inputs"].get("metadata") or {}
            rules = [_shares(rule.get("backendRefs") or ()) for rule in spec.get("rules") or ()]
            yield f"{metadata.get('namespace')}/{metadata.get('name')}", rules


def _shares(references: Sequence[Mapping[str, Any]]) -> list[tuple[str, float]]:
    """Names and per cent; those of a later priority answer nothing while the first does."""
    weights = [0.0 if one.get("priority") else float(one.get("weight", 1)) for one in references]
    whole = sum(weights) or 1
    return [
        (str(one.get("name")), 100 * weight / whole) for one, weight in zip(references, weights, strict=True)
    ]
