"""The kubelet's probes in an ambient mesh, against the NetworkPolicies that could refuse them.

They arrive from 169.254.7.127 on the port they ask for (Istio, "Ambient and Kubernetes NetworkPolicy", read
2026-11-29).
"""

import ipaddress
from collections.abc import Iterator, Mapping
from typing import Any, Final

from policies.analysis.flows.selection import meets, network, on_port
from policies.analysis.flows.tunnel import closes, in_mesh, is_left_out, pods_in, selector_of
from policies.analysis.kubernetes.metadata import inside, name_of, namespace_of
from policies.analysis.mesh.objects import NETWORK_POLICIES
from policies.engine.graph import Graph, Resource
from policies.engine.rule import Offence
from policies.engine.values import at, mapping, sequence

KUBELET: Final = ipaddress.ip_address("169.254.7.127")
_PROBES: Final = ("startupProbe", "readinessProbe", "livenessProbe")


def unreached_probes(policy: Resource, graph: Graph) -> Iterator[Offence]:
    """Pods of the mesh whose probes no policy lets in.

    A namespace that is only closed is opened by whoever brings the pods, and is not asked.

    Raises:
        UndecidedError: a selector, a port or a range cannot be read.
    """
    where = namespace_of(policy)
    if not in_mesh(where, graph) or not closes(policy, "Ingress"):
        return
    for owner, labels, spec in pods_in(graph, where):
        if is_left_out(spec, labels) or not meets(selector_of(policy), labels):
            continue
        closing = [
            p
            for p in inside(graph, where, *NETWORK_POLICIES)
            if closes(p, "Ingress") and meets(selector_of(p), labels)
        ]
        rules = [rule for p in closing for rule in sequence(at(p.inputs, "spec.ingress"), "spec.ingress")]
        told_at = max(
            closing, key=lambda p: (len(sequence(at(p.inputs, "spec.ingress"), "spec.ingress")), name_of(p))
        )
        if not rules or policy is not told_at:
            continue
        for port in sorted(_probed(spec)):
            if not any(_lets_kubelet_in(rule, port) for rule in rules):
                kind = owner.inputs.get("kind")
                yield Offence(
                    path="spec.ingress",
                    problem=(
                        f"the kubelet probes {kind} {name_of(owner)} on port {port} from {KUBELET} in the mesh, "
                        "and no rule lets it in"
                    ),
                )


def _lets_kubelet_in(rule: Any, port: int) -> bool:
    if not on_port(rule, port, "TCP"):
        return False
    peers = sequence(at(rule, "from"), "from")
    blocks = [mapping(at(p, "ipBlock"), "ipBlock") for p in peers if at(p, "ipBlock") is not None]
    return not peers or any(
        KUBELET in network(b.get("cidr"))
        and not any(KUBELET in network(hole) for hole in sequence(b.get("except"), "except"))
        for b in blocks
    )


def _probed(spec: Mapping[str, Any]) -> set[int]:
    """Ports that probes ask over the network; a name is the container's port of that name."""
    found: set[int] = set()
    for container in sequence(at(spec, "containers"), "containers"):
        names = {at(p, "name"): at(p, "containerPort") for p in sequence(at(container, "ports"), "ports")}
        for probe in _PROBES:
            for kind in ("httpGet", "tcpSocket", "grpc"):
                port = at(container, f"{probe}.{kind}.port")
                number = names.get(port, port) if isinstance(port, str) else port
                if isinstance(number, int) and not isinstance(number, bool):
                    found.add(number)
    return found
