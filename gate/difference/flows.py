"""Who may call whom on two sides, read from AuthorizationPolicies, and what can be reached from outside."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from gate.difference.model_callers import caller_changes

_AUTHORIZATION: Final = (
    "kubernetes:security.istio.io/v1:AuthorizationPolicy",
    "kubernetes:security.istio.io/v1beta1:AuthorizationPolicy",
)
ANY_PORT: Final = "any port"
_PRINCIPAL: Final = re.compile(r"^[^/]+/ns/(?P<namespace>[^/]+)/sa/(?P<account>[^/]+)$")


@dataclass(frozen=True, kw_only=True, order=True)
class Flow:
    """One caller, what it may reach, and on which port or how; ``of_model`` where a model's list names it."""

    caller: str
    target: str
    port: str = ""
    detail: str = ""
    of_model: bool = False

    def sentence(self, verb: str) -> str:
        """The flow in one line."""
        way = "" if not self.port else f" on {'' if self.port == ANY_PORT else 'port '}{self.port}"
        return f"{_called(self.caller)} {verb} {self.target}{way or f' ({self.detail})'}"


def flow_changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[list[str], list[str]]:
    """Sentences of what was opened and of what was closed, between two reports."""
    old, new = ({f for f in flows(side) if not f.of_model} for side in (before, after))
    may, may_not = caller_changes(before, after)
    opened = sorted(f.sentence("may now reach") for f in new - old)
    closed = sorted(f.sentence("may no longer reach") for f in old - new)
    return [*opened, *may], [*closed, *may_not]


def flows(report: Mapping[str, Any]) -> list[Flow]:
    """Every flow that a report's resources and ways in declare, sorted, each once."""
    return sorted(set(_flows(report)))


def _flows(report: Mapping[str, Any]) -> Iterator[Flow]:
    for resource in report["resources"]:
        if resource["type"] in _AUTHORIZATION:
            yield from _allowed(resource["inputs"])
    for way in report["exposure"]:
        yield Flow(
            caller=way["source"],
            target=way["what"],
            detail=way["detail"],
            of_model=bool(way.get("caller")),
        )


def _allowed(policy: Mapping[str, Any]) -> Iterator[Flow]:
    spec = policy.get("spec") or {}
    if spec.get("action", "ALLOW") != "ALLOW":
        return
    target = _target(policy, spec)
    for rule in spec.get("rules") or ():
        callers = [c for source in rule.get("from") or [{}] for c in _callers(source.get("source") or {})]
        ports = [
            p for to in rule.get("to") or [{}] for p in (to.get("operation") or {}).get("ports") or [ANY_PORT]
        ]
        for caller in callers:
            for port in ports:
                yield Flow(caller=caller, target=target, port=str(port))


def _target(policy: Mapping[str, Any], spec: Mapping[str, Any]) -> str:
    labels = (spec.get("selector") or {}).get("matchLabels") or {}
    pods = ",".join(f"{k.rpartition('/')[2]}={v}" for k, v in sorted(labels.items())) or "every pod"
    return f"{(policy.get('metadata') or {}).get('namespace', 'default')}/{pods}"


def _callers(source: Mapping[str, Any]) -> Sequence[str]:
    named = [
        str(c)
        for key in ("principals", "namespaces", "ipBlocks", "remoteIpBlocks")
        for c in source.get(key) or ()
    ]
    return named or ["anybody"]


def _called(caller: str) -> str:
    """A mesh principal as people call it: namespace and service account."""
    known = _PRINCIPAL.match(caller)
    return f"{known['namespace']}/{known['account']}" if known else caller
