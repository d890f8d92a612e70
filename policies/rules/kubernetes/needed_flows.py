"""What must hold of NetworkPolicies: what pods in view need is let through."""

from collections.abc import Iterable
from functools import partial

from policies.analysis.flows.callers import kept_in
from policies.analysis.flows.egress import cut_off
from policies.analysis.flows.model_storage import cut_from_files
from policies.analysis.flows.names import without_names
from policies.analysis.flows.probes import unreached_probes
from policies.analysis.flows.tunnel import closed_tunnels
from policies.analysis.flows.webhooks import unreached_webhooks
from policies.analysis.kserve.objects import INFERENCE_SERVICE, LLM
from policies.analysis.mesh.objects import NETWORK_POLICIES
from policies.analysis.pods.finder import WORKLOADS
from policies.engine.graph import Graph, Resource
from policies.engine.rule import Offence, Rule, Variant


def _credentials(policy: Resource, graph: Graph) -> Iterable[Offence]:
    return cut_off(policy, graph)


def _callers(policy: Resource, graph: Graph) -> Iterable[Offence]:
    return () if policy.source else kept_in(policy, graph)


def _files(model: Resource, graph: Graph) -> Iterable[Offence]:
    return () if model.source else cut_from_files(model, graph)


def _names(owner: Resource, graph: Graph) -> Iterable[Offence]:
    return () if owner.source or owner.rendered else without_names(owner, graph)


def _webhooks(policy: Resource, graph: Graph, *, sees_all: bool = False) -> Iterable[Offence]:
    return unreached_webhooks(policy, graph, sees_all=sees_all)


RULES: tuple[Rule, ...] = (
    Rule(
        id="pods-reach-their-credentials",
        severity="high",
        applies_to=NETWORK_POLICIES,
        why="A pod that cannot fetch its credentials hangs at its first call to AWS.",
        fix="Allow egress to 169.254.170.23/32 on port 80 (tokens: STS on 443), and to DNS on port 53.",
        check=_credentials,
        reads_graph=True,
    ),
    Rule(
        id="ambient-callers-reach-the-tunnel",
        severity="high",
        applies_to=NETWORK_POLICIES,
        why="Calls in an ambient mesh arrive on port 15008: a policy that opens the port they ask for refuses all.",
        fix="Open port 15008 to the pods the rule names; an AuthorizationPolicy says which port they may ask for.",
        check=closed_tunnels,
        reads_graph=True,
    ),
    Rule(
        id="ambient-probes-reach-their-pods",
        severity="high",
        applies_to=NETWORK_POLICIES,
        why="A probe that is refused kills the pod, or keeps it from ever being ready.",
        fix="Allow ingress from 169.254.7.127/32 to the ports of the probes.",
        check=unreached_probes,
        reads_graph=True,
    ),
    Rule(
        id="webhooks-are-let-through",
        severity="high",
        applies_to=NETWORK_POLICIES,
        why="A webhook that the API server does not reach stops every change it is asked about.",
        fix="Allow ingress from the control plane's addresses to the port that the webhook's pods listen on.",
        check=_webhooks,
        on_platform=Variant(
            "Asked of namespaces that are only closed, too.", partial(_webhooks, sees_all=True)
        ),
        reads_graph=True,
    ),
)

PLATFORM: tuple[Rule, ...] = (
    Rule(
        id="closed-pods-resolve-names",
        severity="high",
        applies_to=tuple(WORKLOADS),
        why="A pod that may call another and may not ask where it is finds nobody, whatever else is open.",
        fix="Allow egress to kube-dns in kube-system on port 53, UDP and TCP.",
        check=_names,
        reads_graph=True,
    ),
    Rule(
        id="models-reach-their-files",
        severity="high",
        applies_to=(*INFERENCE_SERVICE, *LLM),
        why="A download that nothing lets through hangs, and the model is started again and again without its files.",
        fix="Allow egress on port 443 to S3, and keep the interface endpoint that private addresses lead to.",
        check=_files,
        reads_graph=True,
    ),
    Rule(
        id="callers-are-let-out",
        severity="high",
        applies_to=NETWORK_POLICIES,
        why="Who is let in at one end and kept in at the other calls in vain, and no object says so.",
        fix="Let the caller's pods out to the same pods and port, or do not let in what never comes.",
        check=_callers,
        reads_graph=True,
    ),
)
