"""What serves and what it stands on, on two sides: models, replicas, GPUs, machines."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

_MODELS: Final = (
    "kubernetes:serving.kserve.io/v1beta1:InferenceService",
    "kubernetes:serving.kserve.io/v1alpha2:LLMInferenceService",
)
_SCALED: Final = "kubernetes:keda.sh/v1alpha1:ScaledObject"
_SCALED_MOST: Final = 100
"""What KEDA scales to without maxReplicaCount (keda.sh/docs/2.15/reference/scaledobject-spec, read 2026-11-25)."""
_POOL: Final = "kubernetes:karpenter.sh/v1:NodePool"
_GPU: Final = "nvidia.com/gpu"
_MACHINE: Final = "node.kubernetes.io/instance-type"


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
    old, new = ({t["model"]: t for t in side.get("traffic", ())} for side in (before, after))
    return [
        f"{model}: {'; '.join(said)}"
        for model in sorted(old.keys() & new.keys())
        if (said := [*_moves(old[model]["shares"], new[model]["shares"]), *_waits(old[model], new[model])])
    ]


def _waits(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """What is said beside the shares, and was not said before: a version kept warm, and its price."""
    known = old["words"].split("; ")
    return [said for said in new["words"].split("; ")[1:] if said not in known]


def _moves(old: Mapping[str, int], new: Mapping[str, int]) -> Iterator[str]:
    most_first = sorted(new, key=lambda version: -new[version])
    for version in [*most_first, *(gone for gone in old if gone not in new)]:
        was, is_now = old.get(version), new.get(version)
        if was is None and not is_now:
            yield f"{version} comes without traffic: name it as candidate once its pods are ready"
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
    """A sentence for each pool or model whose machines, GPUs or replicas come, go, or differ."""
    old, new = dict(_holds(before)), dict(_holds(after))
    found = [f"{what} comes: {new[what]}" for what in new.keys() - old.keys()]
    found += [f"{what} goes, which held {old[what]}" for what in old.keys() - new.keys()]
    found += [
        f"{what}: {new[what]} instead of {old[what].removeprefix('at most ')}"
        for what in old.keys() & new.keys()
        if old[what] != new[what]
    ]
    return sorted(found)


def _holds(report: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Every pool with what it may grow to and on which machines, and every version with what it asks for."""
    scaled = _scaled(report)
    for resource in report["resources"]:
        inputs = resource["inputs"]
        if resource["type"] == _POOL:
            gpus = (inputs["spec"].get("limits") or {}).get(_GPU, 0)
            machines = _on(_machines(inputs["spec"]))
            yield f"pool {inputs['metadata']['name']}", f"at most {gpus} GPUs{machines}"
        elif resource["type"] == "aws:eks/nodeGroup:NodeGroup":
            most = (inputs.get("scalingConfig") or {}).get("maxSize", 0)
            machines = _on(inputs.get("instanceTypes") or ())
            yield f"node group {resource['name']}", f"at most {most} nodes{machines}"
        elif resource["type"] in _MODELS:
            yield from _asked(inputs, scaled)


def _scaled(report: Mapping[str, Any]) -> Mapping[tuple[Any, str], Mapping[str, Any]]:
    """What a ScaledObject says of the Deployment it names: KServe's own counts no longer hold there."""
    found: dict[tuple[Any, str], Mapping[str, Any]] = {}
    for resource in report["resources"]:
        if resource["type"] == _SCALED:
            spec = resource["inputs"].get("spec") or {}
            target = str((spec.get("scaleTargetRef") or {}).get("name"))
            found[resource["inputs"]["metadata"].get("namespace"), target] = {
                "minReplicas": spec.get("minReplicaCount", 0),
                "maxReplicas": spec.get("maxReplicaCount", _SCALED_MOST),
            }
    return found


def _asked(
    inputs: Mapping[str, Any], scaled: Mapping[tuple[Any, str], Mapping[str, Any]]
) -> Iterator[tuple[str, str]]:
    name, spec = inputs["metadata"]["name"], inputs.get("spec") or {}
    served = [spec.get("predictor") or spec, *(c["predictor"] for c in spec.get("canary") or ())]
    for one in served:
        called = _called(name, one)
        counts = scaled.get((inputs["metadata"].get("namespace"), f"{called}-predictor"), one)
        gpus = sum(_gpus(container) for container in _containers(one))
        with_gpus = f" with {gpus} GPU{'s' * (gpus > 1)} each" if gpus else ""
        yield f"model {called}", f"{_copies(counts)}{with_gpus}"


def _copies(counts: Mapping[str, Any]) -> str:
    fewest, most = (counts.get(key, counts.get("replicas", 1)) for key in ("minReplicas", "maxReplicas"))
    if not (_is_count(fewest) and _is_count(most)):
        return "replicas whose number is not known yet"
    most = max(int(most), int(fewest))
    if most != int(fewest):
        return f"{int(fewest)} to {most} replicas"
    return f"{most} replica{'s' * (most != 1)}"


def _containers(served: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    if isinstance(served.get("model"), Mapping):
        yield served["model"]
    yield from served.get("containers") or ()
    yield from (served.get("template") or {}).get("containers") or ()


def _gpus(container: Mapping[str, Any]) -> int:
    return _number(((container.get("resources") or {}).get("limits") or {}).get(_GPU, 0))


def _number(value: Any) -> int:
    """A count; 0 where it is not known yet, which the report of this side says by itself."""
    return int(value) if _is_count(value) else 0


def _is_count(value: Any) -> bool:
    return str(value).isdecimal()


def _machines(spec: Mapping[str, Any]) -> Sequence[str]:
    wanted = ((spec.get("template") or {}).get("spec") or {}).get("requirements") or ()
    return [v for w in wanted if w.get("key") == _MACHINE for v in w.get("values") or ()]


def _on(machines: Sequence[str]) -> str:
    return f" on {', '.join(machines)}" if machines else ""
