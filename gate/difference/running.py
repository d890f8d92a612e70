"""What serves and what it stands on, on two sides: models, replicas, GPUs, machines."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

_MODELS: Final = (
    "kubernetes:serving.kserve.io/v1beta1:InferenceService",
    "kubernetes:serving.kserve.io/v1alpha2:LLMInferenceService",
)
_POOL: Final = "kubernetes:karpenter.sh/v1:NodePool"
_GPU: Final = "nvidia.com/gpu"


def model_changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """A sentence for each model object that comes, goes, or serves other files."""
    old, new = _models(before), _models(after)
    found = [f"{name} starts to serve {new[name]}" for name in new.keys() - old.keys()]
    found += [f"{name} stops: callers of it get no answer" for name in old.keys() - new.keys()]
    found += [
        f"{name} serves {new[name]} instead of {old[name]}: its pods are replaced"
        for name in old.keys() & new.keys()
        if old[name] != new[name]
    ]
    return sorted(found)


def _models(report: Mapping[str, Any]) -> dict[str, str]:
    return {
        r["inputs"]["metadata"]["name"]: _address(r["inputs"].get("spec") or {})
        for r in report["resources"]
        if r["type"] in _MODELS
    }


def _address(spec: Mapping[str, Any]) -> str:
    model = spec.get("model") or (spec.get("predictor") or {}).get("model") or {}
    return str(model.get("uri") or model.get("storageUri") or "what its container holds")


def capacity_changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """A sentence for each limit of machines or GPUs that differs."""
    old, new = dict(_limits(before)), dict(_limits(after))
    return [
        f"{what}: at most {new.get(what, 0)} instead of {old.get(what, 0)}"
        for what in sorted(old.keys() | new.keys())
        if old.get(what, 0) != new.get(what, 0)
    ]


def _limits(report: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for resource in report["resources"]:
        inputs = resource["inputs"]
        if resource["type"] == _POOL:
            yield (
                f"GPUs of pool {inputs['metadata']['name']}",
                (inputs["spec"].get("limits") or {}).get(_GPU, 0),
            )
        elif resource["type"] == "aws:eks/nodeGroup:NodeGroup":
            yield f"nodes of {resource['name']}", (inputs.get("scalingConfig") or {}).get("maxSize", 0)
