"""Pods that are closed in, let out to others, and not to the DNS that tells them where these are.

Other pods are called by the name of a Service, whose address is asked of DNS on port 53 (Kubernetes, "DNS for Services
and Pods", read 2026-11-30).
"""

import json
from collections.abc import Iterator
from typing import Any, Final

from policies.analysis.flows.callers import ways_out
from policies.analysis.flows.selection import on_port
from policies.analysis.kubernetes.metadata import namespace_of
from policies.analysis.pods.finder import WORKLOADS
from policies.engine.graph import Graph, Resource
from policies.engine.rule import Offence
from policies.engine.values import at, flag, mapping, sequence, text

_DNS: Final = 53


def without_names(owner: Resource, graph: Graph) -> Iterator[Offence]:
    """The pods of a workload in view that are let out to other pods and to no DNS.

    Raises:
        UndecidedError: the pod or a policy cannot be read.
    """
    path = WORKLOADS[owner.type]
    template = mapping(at(owner.inputs, path) if path else owner.inputs, path)
    if flag(at(template, "spec.hostNetwork"), "hostNetwork") or _asks_itself(template):
        return
    labels = {k: text(v, k) for k, v in mapping(at(template, "metadata.labels"), "labels").items()}
    is_closed, ways = graph.once_for(ways_out, (namespace_of(owner), json.dumps(labels, sort_keys=True)))
    called = [way for way in ways if _leads_to_pods(way)]
    if is_closed and called and not any(on_port(way, _DNS, one) for way in ways for one in ("UDP", "TCP")):
        yield Offence(
            path=f"{path}.metadata.labels".lstrip("."),
            problem="its pods are let out to others, which they call by name, and no policy lets them out to port 53",
        )


def _asks_itself(template: Any) -> bool:
    """Whether it names servers or addresses of its own."""
    spec = mapping(at(template, "spec"), "spec")
    return text(spec.get("dnsPolicy"), "dnsPolicy") == "None" or bool(spec.get("hostAliases"))


def _leads_to_pods(way: Any) -> bool:
    return any(at(peer, "podSelector") is not None for peer in sequence(at(way, "to"), "to"))
