"""The Deployments that KServe makes of InferenceServices: what KEDA's webhook looks at before it takes a scaler.

Only what that webhook reads: names, containers and their resources (KServe v0.20.0, Standard mode, read 2026-11-28).
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

_SERVER = "kserve-container"
Object = Mapping[str, Any]


def deployments(objects: Iterable[Object]) -> list[Object]:
    """One for each predictor, stable or canary, of each service."""
    return [
        made
        for service in objects
        if service["kind"] == "InferenceService"
        for predictor in _predictors(service)
        for made in [_deployment(service, predictor)]
    ]


def _predictors(service: Object) -> Iterator[Object]:
    spec = service.get("spec", {})
    yield spec.get("predictor", {})
    yield from (canary.get("predictor", {}) for canary in spec.get("canary", ()))


def _deployment(service: Object, predictor: Object) -> Object:
    meta = service["metadata"]
    parts = [meta["name"], predictor.get("name"), "predictor"]
    model = predictor.get("model")
    server = [{"name": _SERVER, "resources": model.get("resources", {})}] if model is not None else []
    containers = [*server, *predictor.get("containers", ())]
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "-".join(p for p in parts if p), "namespace": meta.get("namespace", "default")},
        "spec": {"template": {"spec": {"containers": containers}}},
    }
