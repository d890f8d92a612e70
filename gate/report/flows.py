"""Who may talk to whom, read from AuthorizationPolicies, and what can be reached from outside."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

AUTHORIZATION: Final = (
    "kubernetes:security.istio.io/v1:AuthorizationPolicy",
    "kubernetes:security.istio.io/v1beta1:AuthorizationPolicy",
)
_SOURCES: Final = {
    "principals": "{}",
    "namespaces": "whoever runs in {}",
    "ipBlocks": "{}",
    "remoteIpBlocks": "{}",
}
"""What names callers in a policy, and how a flow calls them."""
ANY_PORT: Final = "any port"
UNREADABLE: Final = "not known"
"""Whom a list names that cannot be read before the stack is brought up."""
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


def flows(report: Mapping[str, Any]) -> list[Flow]:
    """Every flow that a report's resources and ways in declare, sorted, each once.

    Read from what report.json holds, so that the base's own report, whoever wrote it, is read the same way.
    """
    return sorted(set(_flows(report)))


def _flows(report: Mapping[str, Any]) -> Iterator[Flow]:
    for resource in report["resources"]:
        if resource["type"] in AUTHORIZATION:
            yield from _allowed(_mapping(resource["inputs"]))
    for way in report["exposure"]:
        yield Flow(
            caller=way["source"],
            target=way["what"],
            detail=way["detail"],
            of_model=bool(way.get("caller")),
        )


def _allowed(policy: Mapping[str, Any]) -> Iterator[Flow]:
    spec = _mapping(policy.get("spec"))
    if spec.get("action", "ALLOW") != "ALLOW":
        return
    target = _target(policy, spec)
    rules = spec.get("rules") or []
    if not isinstance(rules, list):
        yield Flow(caller=UNREADABLE, target=target, port=ANY_PORT)
        return
    for rule in map(_mapping, rules):
        callers = [c for source in _listed(rule.get("from"), [{}]) for c in _callers(source)]
        ports = [p for to in _listed(rule.get("to"), [{}]) for p in _ports(to)]
        for caller in callers:
            for port in ports:
                yield Flow(caller=caller, target=target, port=str(port))


def _target(policy: Mapping[str, Any], spec: Mapping[str, Any]) -> str:
    labels = _mapping(_mapping(spec.get("selector")).get("matchLabels"))
    pods = ",".join(f"{k.rpartition('/')[2]}={v}" for k, v in sorted(labels.items())) or "every pod"
    return f"{_mapping(policy.get('metadata')).get('namespace', 'default')}/{pods}"


def _callers(given: Any) -> Sequence[str]:
    source = _mapping(_mapping(given).get("source"))
    named = [
        word.format(c)
        for key, word in _SOURCES.items()
        for c in _listed(source.get(key), [UNREADABLE] if source.get(key) else [])
    ]
    return named or ["anybody"]


def _ports(given: Any) -> Sequence[Any]:
    return _listed(_mapping(_mapping(given).get("operation")).get("ports"), [ANY_PORT])


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _listed(value: Any, otherwise: Sequence[Any]) -> Sequence[Any]:
    return value if isinstance(value, list) and value else otherwise


def _called(caller: str) -> str:
    """A mesh principal as people call it: namespace and service account."""
    known = _PRINCIPAL.match(caller)
    return f"{known['namespace']}/{known['account']}" if known else caller
