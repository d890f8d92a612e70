"""What controllers made of our objects: models are Ready, nothing is pending, and every selector finds something."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

from gate.core.errors import GateError
from gate.ingest.bounds import Bounds
from gate.ingest.state_text import of_state_export
from policies.engine.graph import Graph
from tools.conformance.client import Api
from tools.rehearsal.cluster.charts import STAND_IN
from tools.rehearsal.fetches import fetches, refused
from tools.rehearsal.selectors import KINDS, Selector, found_by, selectors_of, sentence
from tools.rehearsal.stage import Stage
from tools.rehearsal.stages import Step, Steps

_LISTS: Final[Mapping[str, str]] = {
    "Pod": "/api/v1/pods",
    "Service": "/api/v1/services",
    "ServiceAccount": "/api/v1/serviceaccounts",
    "Namespace": "/api/v1/namespaces",
    "Deployment": "/apis/apps/v1/deployments",
    "AuthorizationPolicy": "/apis/security.istio.io/v1/authorizationpolicies",
    "NetworkPolicy": "/apis/networking.k8s.io/v1/networkpolicies",
    "PeerAuthentication": "/apis/security.istio.io/v1/peerauthentications",
    "PodDisruptionBudget": "/apis/policy/v1/poddisruptionbudgets",
    "PodMonitor": "/apis/monitoring.coreos.com/v1/podmonitors",
    "ScaledObject": "/apis/keda.sh/v1alpha1/scaledobjects",
    "ServiceMonitor": "/apis/monitoring.coreos.com/v1/servicemonitors",
}
_MODELS: Final[Mapping[str, tuple[str, ...]]] = {
    "/apis/serving.kserve.io/v1beta1/inferenceservices": ("PredictorReady",),
    "/apis/serving.kserve.io/v1alpha2/llminferenceservices": ("PresetsCombined", "MainWorkloadReady", "WorkloadsReady"),
}  # fmt: skip
"""Conditions that KServe's controllers must have reached, by the list of their kind."""
_ADD_ONS: Final = "kube-system"
_PROXIES: Final = ("gateway.envoyproxy.io/", "app.kubernetes.io/managed-by")


def play(stage: Stage, name: str, steps: Steps, act: str) -> None:
    """Every assertion about what stands in the cluster now.

    Raises:
        StepFailedError: one does not hold.
    """
    for words, check in CHECKS.items():
        with steps.step(act, words) as step:
            check(stage, name, step)


def problems(stage: Stage, name: str) -> list[str]:
    """What all of them find, whichever holds."""
    found = []
    for words, check in CHECKS.items():
        step = Step("", words)
        check(stage, name, step)
        found += step.problems
    return found


def _api(stage: Stage) -> Api:
    if stage.cluster is None:
        raise GateError("what controllers make is looked at in a real cluster alone")
    return stage.cluster.plane.api


def _fetched(stage: Stage, name: str, step: Step) -> None:
    found = list(fetches(_api(stage).get(_LISTS["Pod"]).get("items", ())))
    graph = Graph(of_state_export(stage.engine.export(name), Bounds()))
    step.problems += list(refused(found, graph))
    if not found:
        step.problems.append("no pod fetches anything")
    step.said = "; ".join(f"{one.pod} by {one.program}" for one in found)


def _placed(stage: Stage, _name: str, step: Step) -> None:
    api = _api(stage)
    pods = api.get(_LISTS["Pod"]).get("items", ())
    for pod in pods:
        meta, status = pod["metadata"], pod["status"]
        if status["phase"] == "Pending":
            why = [c.get("message", "") for c in status.get("conditions", ()) if c["status"] != "True"]
            step.problems.append(f"Pod {meta['namespace']}/{meta['name']}: is pending: {'; '.join(why)}")
    nodes = {pod["spec"].get("nodeName") for pod in pods}
    step.said = f"{len(pods)} pods on {len(nodes)} nodes"


def _models(stage: Stage, _name: str, step: Step) -> None:
    api = _api(stage)
    said = []
    for path, conditions in _MODELS.items():
        for one in api.get(path).get("items", ()):
            have = {c["type"]: c for c in one.get("status", {}).get("conditions") or ()}
            name = f"{one['kind'] if 'kind' in one else path.rpartition('/')[2]} {one['metadata']['name']}"
            for type_ in conditions:
                found = have.get(type_)
                if found is None or found["status"] != "True":
                    why = found.get("message") or found.get("reason") if found else "nobody has said so"
                    step.problems.append(f"{name}: is not {type_}: {why}")
            said.append(name)
    step.said = ", ".join(said) or "no models"


def _selected(stage: Stage, _name: str, step: Step) -> None:
    api = _api(stage)
    there = everything(api)
    unplayed = _unplayed(api)
    tried = 0
    for kind in KINDS:
        for one in there[kind]:
            for selector in selectors_of(one):
                if found_by(selector, there):
                    tried += 1
                elif reason := excuse(selector, unplayed):
                    step.unseen.append(f"{selector.object}: {selector.path}: {reason}")
                else:
                    step.problems.append(sentence(selector, there))
    step.said = f"{tried} selectors find something, {len(step.unseen)} find what is not played"


def everything(api: Api) -> dict[str, Sequence[Mapping[str, Any]]]:
    """What is there, by kind. A workload without replicas counts by the pods it would make."""
    there: dict[str, Sequence[Mapping[str, Any]]] = {
        kind: [{"kind": kind, **one} for one in api.get(path).get("items") or ()]
        for kind, path in _LISTS.items()
    }
    there["Pod"] = [*there["Pod"], *_asleep(there["Deployment"])]
    return there


def _asleep(deployments: Sequence[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    for one in deployments:
        if not one["spec"].get("replicas"):
            template, meta = one["spec"]["template"], one["metadata"]
            labels = template["metadata"].get("labels", {})
            named = {"name": meta["name"], "namespace": meta["namespace"], "labels": labels}
            yield {"kind": "Pod", "metadata": named, "spec": template["spec"]}


def _unplayed(api: Api) -> dict[str, str]:
    """Namespaces whose pods come from charts that are stood in for, and which these are."""
    found: dict[str, list[str]] = {}
    for one in api.get(f"/api/v1/configmaps?labelSelector={STAND_IN.replace('/', '%2F')}").get("items", ()):
        found.setdefault(one["metadata"]["namespace"], []).append(one["data"]["chart"])
    charts = {namespace: f"no chart {', '.join(sorted(names))}" for namespace, names in found.items()}
    return {**charts, _ADD_ONS: "no add-ons of EKS"}


def excuse(selector: Selector, unplayed: Mapping[str, str]) -> str:
    """Why a selector may find nothing here; empty where it must."""
    keys = {key for key in selector.labels.get("matchLabels") or {} if key.startswith(_PROXIES)}
    name = (selector.labels.get("matchLabels") or {}).get("app.kubernetes.io/name", "")
    gateways = ("edge", "kserve-ingress-gateway")
    if (
        keys
        or name in {"envoy", "envoy-ratelimit"}
        or (selector.finds == "ServiceAccount" and selector.name in gateways)
    ):
        return "Envoy Gateway, which makes these, does not run"
    spaces = selector.names or tuple((selector.namespaces or {}).get("matchLabels", {}).values())
    reasons = [unplayed[one] for one in spaces if one in unplayed]
    return f"{'; '.join(reasons)}" if reasons and len(reasons) == len(spaces) else ""


CHECKS: Final[Mapping[str, Callable[[Stage, str, Step], None]]] = {
    "every pod is placed and Ready": _placed,
    "KServe's controllers have made the models": _models,
    "every selector finds what controllers made": _selected,
    "every pod may fetch its model's files": _fetched,
}
