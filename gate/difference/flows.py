"""Who may call whom on two sides, read from AuthorizationPolicies, and what can be reached from outside."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

_AUTHORIZATION: Final = (
    "kubernetes:security.istio.io/v1:AuthorizationPolicy",
    "kubernetes:security.istio.io/v1beta1:AuthorizationPolicy",
)


def flow_changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[list[str], list[str]]:
    """Sentences of what was opened and of what was closed, between two reports."""
    old, new = set(_flows(before)), set(_flows(after))
    return sorted(new - old), sorted(old - new)


def _flows(report: Mapping[str, Any]) -> Iterator[str]:
    for resource in report["resources"]:
        if resource["type"] in _AUTHORIZATION:
            yield from _allowed(resource["inputs"])
    for way in report["exposure"]:
        yield f"{way['source']} -> {way['what']} ({way['detail']})"


def _allowed(policy: Mapping[str, Any]) -> Iterator[str]:
    spec = policy.get("spec") or {}
    if spec.get("action", "ALLOW") != "ALLOW":
        return
    target = _target(policy, spec)
    for rule in spec.get("rules") or ():
        callers = [c for source in rule.get("from") or [{}] for c in _callers(source.get("source") or {})]
        ports = [
            p
            for to in rule.get("to") or [{}]
            for p in (to.get("operation") or {}).get("ports") or ["any port"]
        ]
        for caller in callers:
            for port in ports:
                yield f"{caller} -> {target}:{port}"


def _target(policy: Mapping[str, Any], spec: Mapping[str, Any]) -> str:
    labels = (spec.get("selector") or {}).get("matchLabels") or {}
    pods = ",".join(f"{k.rpartition('/')[2]}={v}" for k, v in sorted(labels.items())) or "every pod"
    return f"{policy['metadata'].get('namespace', 'default')}/{pods}"


def _callers(source: Mapping[str, Any]) -> Sequence[str]:
    named = [
        str(c)
        for key in ("principals", "namespaces", "ipBlocks", "remoteIpBlocks")
        for c in source.get(key) or ()
    ]
    return named or ["anybody"]
