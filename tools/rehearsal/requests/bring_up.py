"""Puts a stack into a cluster that carries requests, in the order in which the program would: and waits as it would."""

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from tools.conformance.client import Api
from tools.conformance.cluster import install
from tools.conformance.errors import ConformanceError
from tools.rehearsal.requests.prepared import FIRST, PLAYED, Prepared, order

_SECONDS: Final = 240.0
_DEFINITION: Final = "CustomResourceDefinition"
_BEFORE_CHARTS: Final = frozenset({
    "Namespace", "PriorityClass", "StorageClass", "ClusterRole", "ClusterRoleBinding", "Role",
    "RoleBinding", "ServiceAccount", "Secret", "ConfigMap", "PersistentVolumeClaim", "Service",
    "Deployment", "ClusterIssuer", "Issuer", "Certificate", "NodePool", "EC2NodeClass",
})  # fmt: skip
"""Kinds that wait for no controller of a chart; pools, because Karpenter's machines are there from the start."""

Object = Mapping[str, Any]


def foundation(api: Api, prepared: Prepared) -> list[str]:
    """Definitions, and everything that waits for no controller; what was refused."""
    objects = prepared.stages[FIRST]
    own = [one for one in objects if one["kind"] == _DEFINITION]
    install(api, [*own, *prepared.definitions])
    return applied(api, [one for one in objects if one["kind"] in _BEFORE_CHARTS])


def charts(api: Api, prepared: Prepared, names: Sequence[str] = PLAYED) -> list[str]:
    """Charts one after the other, each when the programs of the last are there; what was refused or stays away."""
    problems = []
    for name in names:
        problems += applied(api, order(prepared.releases.get(name, [])))
        problems += waited(lambda name=name: _not_there(api, prepared.releases.get(name, [])))
    return problems


def rest(api: Api, prepared: Prepared) -> list[str]:
    """Gateways, models and whatever else the stack has; what was refused."""
    done = {_DEFINITION, *_BEFORE_CHARTS}
    return applied(api, [one for one in prepared.stages[FIRST] if one["kind"] not in done])


def change(api: Api, prepared: Prepared, stage: str) -> list[str]:
    """One change of the stack; what was refused."""
    made, gone = prepared.changes(stage)
    problems = applied(api, made)
    for one in gone:
        place = api.place_of(one)
        status, said = api.send("DELETE", f"{place}?propagationPolicy=Background")
        if status not in {200, 202, 404}:
            problems.append(
                f"{one['kind']} {one['metadata']['name']}: cannot be deleted: {said.get('message')}"
            )
    return problems


def applied(api: Api, objects: Sequence[Object]) -> list[str]:
    """Apply objects as the engine does; a webhook that does not answer yet is asked again for a while."""
    problems = []
    for one in objects:
        place = api.place_of(one)
        if place is not None and "/namespaces/" not in place:
            one = {**one, "metadata": {k: v for k, v in one["metadata"].items() if k != "namespace"}}  # noqa: PLW2901
        until = time.monotonic() + 30
        while (answer := api.apply(one)).is_refused and _is_away(answer.message) and time.monotonic() < until:
            time.sleep(0.5)
        if answer.is_refused:
            problems.append(f"{one['kind']} {one['metadata']['name']}: {answer.message[:400]}")
    return problems


def waited(missing: Callable[[], list[str]], seconds: float = _SECONDS, steady: float = 0.0) -> list[str]:
    """Wait until nothing is missing, and was not for ``steady`` seconds; what still is."""
    until = time.monotonic() + seconds
    since = time.monotonic()
    while True:
        try:
            found = missing()
        except ConformanceError as error:
            found = [str(error)]
        now = time.monotonic()
        since = now if found else since
        if now > until or (not found and now >= since + steady):
            return found
        time.sleep(0.5)


def not_ready(api: Api) -> list[str]:
    """Gateways, routes and language models that their controllers do not call ready, and proxies that do not run."""
    gateway, kserve = "/apis/gateway.networking.k8s.io/v1", "/apis/serving.kserve.io"
    found = []
    for one in _items(api, f"{gateway}/gateways"):
        found += _lacking("Gateway", one, one.get("status", {}), ("Accepted", "Programmed"))
    for one in _items(api, f"{gateway}/httproutes"):
        parents = one.get("status", {}).get("parents") or [{}]
        for parent in parents:
            found += _lacking("HTTPRoute", one, parent, ("Accepted", "ResolvedRefs"))
    for one in _items(api, f"{kserve}/v1alpha2/llminferenceservices"):
        found += _lacking(
            "LLMInferenceService", one, one.get("status", {}), ("WorkloadsReady", "RouterReady")
        )
    for one in _items(api, f"{kserve}/v1beta1/inferenceservices"):
        found += _lacking("InferenceService", one, one.get("status", {}), ("PredictorReady",))
    return found + unavailable(api)


def unavailable(api: Api, namespace: str = "") -> list[str]:
    """Deployments that have fewer ready pods than they ask for."""
    within = f"/namespaces/{namespace}" if namespace else ""
    found = []
    for one in _items(api, f"/apis/apps/v1{within}/deployments"):
        wanted, status = one["spec"].get("replicas", 1), one.get("status", {})
        is_seen = status.get("observedGeneration", 0) >= one["metadata"]["generation"]
        counts = [status.get(key, 0) for key in ("replicas", "readyReplicas", "updatedReplicas")]
        if not is_seen or any(count != wanted for count in counts):
            name = f"{one['metadata']['namespace']}/{one['metadata']['name']}"
            said = "; ".join(
                c.get("message", "") for c in status.get("conditions", ()) if c["status"] != "True"
            )
            found.append(
                f"Deployment {name}: {status.get('readyReplicas', 0)} of {wanted} ready {said}".strip()
            )
    return found


def scale(api: Api, namespace: str, name: str, replicas: int) -> None:
    """What an autoscaler does."""
    api.send(
        "PATCH",
        f"/apis/apps/v1/namespaces/{namespace}/deployments/{name}/scale",
        {"spec": {"replicas": replicas}},
        "application/merge-patch+json",
    )


def _not_there(api: Api, objects: Sequence[Object]) -> list[str]:
    """Deployments and Jobs among these that are not available or complete yet."""
    found = []
    for one in objects:
        if one["kind"] not in {"Deployment", "Job"}:
            continue
        there = api.get(str(api.place_of(one)))
        type_ = "Available" if one["kind"] == "Deployment" else "Complete"
        found += _lacking(one["kind"], one, there.get("status", {}), (type_,))
    return found


def _lacking(kind: str, one: Object, status: Object, types: Sequence[str]) -> list[str]:
    conditions = {c["type"]: c for c in status.get("conditions") or ()}
    name = f"{kind} {one['metadata'].get('namespace', '')}/{one['metadata']['name']}"
    return [
        f"{name}: {type_} is {conditions.get(type_, {}).get('status', 'not said')}: "
        f"{conditions.get(type_, {}).get('message', '')[:200]}"
        for type_ in types
        if conditions.get(type_, {}).get("status") != "True"
    ]


def _items(api: Api, path: str) -> Sequence[dict[str, Any]]:
    found: Sequence[dict[str, Any]] = api.get(path).get("items", ())
    return found


def _is_away(message: str) -> bool:
    return "failed calling webhook" in message or "failed to call webhook" in message
