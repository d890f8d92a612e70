"""The API server's calls to webhooks, against the NetworkPolicies around the pods that answer them.

They come from addresses of the control plane, which no selector of pods names; a rule has to name a range, or nobody
(Kubernetes, "Network Policies", read 2026-11-29). With failurePolicy Fail, a webhook that is not reached stops every
change to what it is asked about.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from policies.analysis.flows.selection import meets, on_port
from policies.analysis.flows.tunnel import closes, pods_in, selector_of
from policies.analysis.gateway.objects import SERVICE
from policies.analysis.kubernetes.metadata import inside, name_of, namespace_of
from policies.analysis.mesh.objects import NETWORK_POLICIES
from policies.engine.graph import Graph, Resource
from policies.engine.rule import Offence
from policies.engine.values import UndecidedError, at, mapping, number, sequence, text

_ADMISSION: Final = "kubernetes:admissionregistration.k8s.io/v1:"
HOOKS: Final = (f"{_ADMISSION}ValidatingWebhookConfiguration", f"{_ADMISSION}MutatingWebhookConfiguration")


def unreached_webhooks(policy: Resource, graph: Graph, *, sees_all: bool) -> Iterator[Offence]:
    """Webhooks in view whose pods a policy closes, and no policy opens to the API server.

    A namespace that is only closed is opened by whoever brings the pods, and is asked only where ``sees_all``.

    Raises:
        UndecidedError: a selector or a port cannot be read.
    """
    where = namespace_of(policy)
    if not closes(policy, "Ingress"):
        return
    for service in sorted(graph.once(_asked_for).get(where, ())):
        for owner, labels, port in _answering(service, where, graph):
            if not meets(selector_of(policy), labels):
                continue
            closing = [
                p
                for p in inside(graph, where, *NETWORK_POLICIES)
                if closes(p, "Ingress") and meets(selector_of(p), labels)
            ]
            rules = [rule for p in closing for rule in _ingress(p)]
            if not (rules or sees_all) or policy is not max(
                closing, key=lambda p: (len(_ingress(p)), name_of(p))
            ):
                continue
            if not any(_lets_in(rule, port) for rule in rules):
                yield Offence(
                    path="spec.ingress",
                    problem=(
                        f"the API server asks the webhook {where}/{service[0]} at {name_of(owner)} on port {port}, "
                        "and no rule lets it in"
                    ),
                    expected="an ipBlock of the control plane's addresses and the port",
                )


def _ingress(policy: Resource) -> list[Any]:
    return list(sequence(at(policy.inputs, "spec.ingress"), "spec.ingress"))


def _lets_in(rule: Any, port: int) -> bool:
    peers = sequence(at(rule, "from"), "from")
    return on_port(rule, port, "TCP") and (not peers or any(at(p, "ipBlock") is not None for p in peers))


def _asked_for(graph: Graph) -> dict[str, set[tuple[str, int]]]:
    """Services that webhooks name, with the port they are asked on, by namespace."""
    found: dict[str, set[tuple[str, int]]] = {}
    for hooks in graph.of_type(*HOOKS):
        try:
            for hook in sequence(at(hooks.inputs, "webhooks"), "webhooks"):
                service = mapping(at(hook, "clientConfig.service"), "clientConfig.service")
                if service:
                    said = (
                        text(service.get("name"), "name"),
                        int(number(service.get("port"), "port") or 443),
                    )
                    found.setdefault(text(service.get("namespace"), "namespace"), set()).add(said)
        except UndecidedError:  # the rules of webhooks say so
            continue
    return found


def _answering(
    service: tuple[str, int], where: str, graph: Graph
) -> Iterator[tuple[Resource, Mapping[str, Any], int]]:
    """The pods behind a Service, and the port of theirs that a port of it leads to."""
    name, port = service
    for one in inside(graph, where, SERVICE):
        selector = mapping(at(one.inputs, "spec.selector"), "spec.selector")
        if name_of(one) != name or not selector:
            continue
        for entry in sequence(at(one.inputs, "spec.ports"), "spec.ports"):
            if number(at(entry, "port"), "port") != port:
                continue
            target = at(entry, "targetPort") or port
            for owner, labels, spec in pods_in(graph, where):
                reached = _number(target, spec)
                if reached is not None and all(labels.get(k) == v for k, v in selector.items()):
                    yield owner, labels, reached


def _number(target: Any, spec: Mapping[str, Any]) -> int | None:
    if isinstance(target, int):
        return target
    for container in sequence(at(spec, "containers"), "containers"):
        for port in sequence(at(container, "ports"), "ports"):
            if at(port, "name") == target:
                return int(number(at(port, "containerPort"), "containerPort") or 0) or None
    return int(target) if str(target).isdecimal() else None
