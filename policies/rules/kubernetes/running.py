"""What must hold for objects to run at all: names that something has, ports that are served, amounts that hold."""

from collections.abc import Iterable
from functools import partial
from typing import Final

from policies.analysis.flows.egress import identities
from policies.analysis.gateway.objects import GRPC_ROUTES, HTTP_ROUTES
from policies.analysis.kserve.llm import llm_pods
from policies.analysis.kserve.objects import INFERENCE_SERVICE, LLM, predictor_pods
from policies.analysis.kserve.placed_pods import placed
from policies.analysis.kubernetes.charts import RELEASE
from policies.analysis.kubernetes.hosts import CONFIG_MAP, unanswered
from policies.analysis.kubernetes.metadata import namespace_of
from policies.analysis.kubernetes.references import ACCOUNTS, NAMING, lost, unserved_ports
from policies.analysis.machines.extended import unmatched_requests
from policies.analysis.machines.quotas import QUOTA, overdrawn
from policies.analysis.machines.workloads import Workload, of_owner
from policies.analysis.pods.finder import WORKLOADS, pods_of
from policies.analysis.pods.grace import cut_short
from policies.analysis.pods.pod import Pod
from policies.engine.collect_errors import every
from policies.engine.graph import Graph, Resource
from policies.engine.rule import Offence, Rule, Variant
from policies.engine.values import at, mapping, text

_COMPLETED: Final = ("kubernetes:helm.sh/", "kubernetes:yaml")
_PODS: Final = (*WORKLOADS, *INFERENCE_SERVICE, *LLM)


def _lost(resource: Resource, graph: Graph, *, sees_all: bool = False) -> Iterable[Offence]:
    if resource.rendered:  # what a chart names may be made by its controller
        return
    for one, near in lost(resource, graph, sees_all=sees_all):
        hint = f"; nearest is {near}" if near else ""
        yield Offence(
            path=one.path, problem=f"nothing in view is the {one.kind} {one.name}{hint}", value=one.name
        )


def _unserved(route: Resource, graph: Graph) -> Iterable[Offence]:
    for path, service, port, ports in unserved_ports(route, graph):
        yield Offence(
            path=f"{path}.port",
            problem=f"the Service {service} has no port {port}",
            value=port,
            expected=f"one of {', '.join(map(str, ports))}",
        )


def _overdrawn(quota: Resource, graph: Graph) -> Iterable[Offence]:
    return overdrawn(quota, graph)


def _cut_short(owner: Resource, graph: Graph) -> Iterable[Offence]:
    for pod in of_owner(graph, owner):
        for path, needs, has in cut_short(pod.spec):
            place = f"{pod.path}.{path}" if pod.path else path
            yield Offence(
                path=place,
                problem=f"takes {needs} s, and {pod.name} is killed {has} s after it is told to end",
                expected="a longer terminationGracePeriodSeconds",
            )


def _nobody(service: Resource, graph: Graph) -> Iterable[Offence]:
    if service.source:  # a file of objects: its identities stand in AWS
        return
    for pod in of_owner(graph, service):
        account = text(pod.spec.get("serviceAccountName"), "serviceAccountName") or "default"
        if (namespace_of(service), account) not in identities(graph) and _reads_s3(service, pod):
            yield Offence(
                path=f"{pod.path}.serviceAccountName",
                problem=f"{account} has neither a pod identity nor a role, and the files of {pod.name} are in S3",
                value=account,
            )


def _reads_s3(service: Resource, pod: Workload) -> bool:
    """A picker beside an engine reads nothing."""
    spec = mapping(at(service.inputs, "spec"), "spec")
    part = pod.path.removeprefix("spec.")
    if service.type in LLM:
        return part == "template" and text(at(spec, "model.uri"), "model.uri").startswith("s3://")
    return text(at(spec, f"{part}.model.storageUri"), "storageUri").startswith("s3://")


def _nameless(owner: Resource, graph: Graph) -> Iterable[Offence]:
    if owner.rendered or owner.source:
        return
    where = namespace_of(owner)
    made = [namespace_of(one) for one in graph.of_type(ACCOUNTS) if not one.rendered]
    if where not in made:
        return
    for pod in pods_of(owner):
        if not text(at(pod.spec, "serviceAccountName"), "serviceAccountName"):
            path = f"{pod.path}.serviceAccountName".lstrip(".")
            yield Offence(path=path, problem=f"is not set, and accounts are made for the pods of {where}")


def _unanswered(resource: Resource, graph: Graph) -> Iterable[Offence]:
    if resource.source or resource.rendered:
        return
    for host, why in unanswered(resource, graph):
        yield Offence(path=host.path, problem=f"{host.name}.{host.namespace}.svc is called, and {why}")


def _unmatched(owner: Resource, graph: Graph) -> Iterable[Offence]:
    """What KServe merges from elsewhere is asked where all of it is in view."""
    is_served = owner.type in INFERENCE_SERVICE or owner.type in LLM
    if owner.type.startswith(_COMPLETED) or (is_served and owner.source):
        return iter(())
    return every(
        partial(unmatched_requests, one) for pod in _as_run(owner, graph) for one in pod.containers()
    )


def _as_run(owner: Resource, graph: Graph) -> Iterable[Pod]:
    if owner.type in INFERENCE_SERVICE:
        return placed(predictor_pods)(owner, graph)
    return placed(llm_pods)(owner, graph) if owner.type in LLM else pods_of(owner)


RULES: tuple[Rule, ...] = (
    Rule(
        id="devices-are-limited-as-requested",
        severity="high",
        applies_to=("kubernetes:*",),
        why="The API server refuses a pod that requests a device or huge pages without the same limit.",
        fix="Set the limit to what is requested, or leave the request out: it is the limit then.",
        check=_unmatched,
        reads_graph=True,
    ),
    Rule(
        id="references-find-their-object",
        severity="high",
        applies_to=NAMING,
        why="The API server takes a name that nobody has: the pod, the route or the machine then never comes.",
        fix="Name an object that is there, or declare the one that is missing.",
        check=_lost,
        on_platform=Variant(
            "All objects are in view: a name that none of them has is lost.", partial(_lost, sees_all=True)
        ),
        reads_graph=True,
    ),
    Rule(
        id="routes-ask-ports-that-are-served",
        severity="high",
        applies_to=(*HTTP_ROUTES, *GRPC_ROUTES),
        why="A backend port that the Service does not have is a backend that is not there: calls answer 500.",
        fix="Name one of the Service's own ports, not the containers'.",
        check=_unserved,
        reads_graph=True,
    ),
    Rule(
        id="quotas-hold-their-pods",
        severity="high",
        applies_to=(QUOTA,),
        why="The first pod past a quota is refused; its Deployment waits with too few, and says so nowhere else.",
        fix="Raise spec.hard, or ask for less: the pods' requests at their least number are summed.",
        check=_overdrawn,
        reads_graph=True,
    ),
    Rule(
        id="pods-outlive-their-pre-stop",
        severity="medium",
        applies_to=_PODS,
        why="The grace period counts from the preStop on: a longer preStop is killed, and requests with it.",
        fix="Set terminationGracePeriodSeconds above the preStop and the time that running requests take.",
        check=_cut_short,
        reads_graph=True,
    ),
)

PLATFORM: tuple[Rule, ...] = (
    Rule(
        id="called-hosts-are-answered",
        severity="high",
        applies_to=(*WORKLOADS, RELEASE, CONFIG_MAP),
        why="A program that is told a name nobody has starts, waits and calls in vain.",
        fix="Name a Service that is there and a port of it, and let its pods be reached on that port.",
        check=_unanswered,
        reads_graph=True,
    ),
    Rule(
        id="workloads-run-as-their-own-account",
        severity="high",
        applies_to=tuple(WORKLOADS),
        why="As the namespace's default account it has none of the rights it was given, and no flow admits it.",
        fix="Name the ServiceAccount that was made for it in serviceAccountName.",
        check=_nameless,
        reads_graph=True,
    ),
    Rule(
        id="models-have-an-identity",
        severity="high",
        applies_to=(*INFERENCE_SERVICE, *LLM),
        why="Files in S3 are fetched with the pod's own identity: without one the download is refused at every start.",
        fix="Associate a role with the service account (or let the component do it), before the model.",
        check=_nobody,
        reads_graph=True,
    ),
)
