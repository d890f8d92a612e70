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
    found += [f"{name} serves {old[name]} no longer" for name in old.keys() - new.keys()]
    found += [
        f"{name} serves {new[name]} instead of {old[name]}: its pods are replaced"
        for name in old.keys() & new.keys()
        if old[name] != new[name]
    ]
    return sorted(found)


def traffic_changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """A sentence for each model of both sides whose versions answer other shares than before."""
    old, new = ({t["model"]: t["shares"] for t in side.get("traffic", ())} for side in (before, after))
    return [
        f"{model}: {'; '.join(said)}"
        for model in sorted(old.keys() & new.keys())
        if (said := list(_moves(old[model], new[model])))
    ]


def _moves(old: Mapping[str, int], new: Mapping[str, int]) -> Iterator[str]:
    for version in [*new, *(gone for gone in old if gone not in new)]:
        was, is_now = old.get(version), new.get(version)
        if was is None and not is_now:
            yield f"{version} comes without traffic; let it answer 1 % first, or its first requests fail"
        elif is_now is None:
            yield f"{version} goes, which answered {was} %"
        elif (was or 0) != is_now:
            yield f"{version} answers {is_now} % of requests instead of {was or 0} %"


def _models(report: Mapping[str, Any]) -> dict[str, str]:
    """What every version serves; which of them is stable is no difference to its pods."""
    found: dict[str, str] = {}
    for resource in report["resources"]:
        if resource["type"] not in _MODELS:
            continue
        name, spec = resource["inputs"]["metadata"]["name"], resource["inputs"].get("spec") or {}
        found[_called(name, spec.get("predictor"))] = _address(spec)
        for canary in spec.get("canary") or ():
            found[_called(name, canary["predictor"])] = _address(canary)
    return found


def _called(name: str, predictor: Any) -> str:
    version = (predictor or {}).get("name")
    return f"{name}-{version}" if version else str(name)


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
