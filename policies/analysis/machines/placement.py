"""Which pools take a pod: by what it selects and what it tolerates, and the reason where one does not."""

import difflib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from policies.analysis.machines.pools import Pool, Taint
from policies.engine.property_paths import below
from policies.engine.values import at, mapping, sequence, text

_GIVEN: Final = ("kubernetes.io", "k8s.io", "karpenter.sh", "karpenter.k8s.aws", "eks.amazonaws.com")
"""Labels that kubelets, clouds and provisioners write themselves: that a pool does not name one says nothing."""
_NVIDIA: Final = "nvidia.com/"
_REQUIRED: Final = "affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms"


def is_given(key: str) -> bool:
    """Whether somebody else than the pool's author writes a label."""
    domain = key.partition("/")[0] if "/" in key else ""
    return domain.endswith(_GIVEN) or key.startswith(_NVIDIA) or domain.startswith("beta.kubernetes.io")


def selected(spec: Mapping[str, Any]) -> dict[str, str]:
    """The labels of a pod's nodeSelector."""
    found = mapping(at(spec, "nodeSelector"), "nodeSelector")
    return {key: text(value, f"nodeSelector.{key}") for key, value in found.items()}


def refusals(spec: Mapping[str, Any], pool: Pool) -> Iterator[tuple[str, str]]:
    """Why a pool's machines do not take a pod, each with the field of the pod's spec; nothing where they do."""
    for key, value in selected(spec).items():
        yield from ((below("nodeSelector", key), why) for why in _missing(key, [value], pool))
    terms = sequence(at(spec, _REQUIRED), "nodeSelectorTerms")
    if terms:
        said = [list(_term(term, pool)) for term in terms]
        if all(said):
            yield _REQUIRED, said[0][0]
    tolerations = sequence(at(spec, "tolerations"), "tolerations")
    for taint in sorted(pool.taints, key=lambda t: t.key):
        if not any(_tolerates(toleration, taint) for toleration in tolerations):
            yield "tolerations", f"none for the taint {taint.key}={taint.value}:{taint.effect} of {pool.name}"


def _term(term: Any, pool: Pool) -> Iterator[str]:
    for expression in sequence(at(term, "matchExpressions"), "matchExpressions"):
        key, operator = text(at(expression, "key"), "key"), text(at(expression, "operator"), "operator")
        values = [text(v, "values") for v in sequence(at(expression, "values"), "values")]
        if operator == "In":
            yield from _missing(key, values, pool)
        elif operator == "Exists" and key not in pool.labels and not is_given(key):
            yield f"{pool.name} has no label {key}"
        elif operator == "NotIn" and pool.labels.get(key, frozenset()) and pool.labels[key] <= set(values):
            yield f"{pool.name} has {key} {', '.join(sorted(pool.labels[key]))}"
        elif operator == "DoesNotExist" and key in pool.labels:
            yield f"{pool.name} has the label {key}"


def _missing(key: str, values: Sequence[str], pool: Pool) -> Iterator[str]:
    offered = pool.labels.get(key)
    if offered is None:
        if not is_given(key):
            yield f"{pool.name} has no label {key}"
    elif offered.isdisjoint(values):
        yield f"{pool.name} offers {key}: {', '.join(sorted(offered))}"


def _tolerates(toleration: Any, taint: Taint) -> bool:
    effect = text(at(toleration, "effect"), "tolerations.effect")
    if effect and effect != taint.effect:
        return False
    key, operator = text(at(toleration, "key"), "key"), text(at(toleration, "operator"), "operator")
    if operator == "Exists":
        return key in {"", taint.key}
    return key == taint.key and (text(at(toleration, "value"), "value") or "") == taint.value


def nearest(wanted: str, offered: Sequence[str]) -> str:
    """``; nearest is x`` where something is near."""
    close = difflib.get_close_matches(wanted, offered, n=1, cutoff=0.5)
    return f"; nearest is {close[0]}" if close else ""
