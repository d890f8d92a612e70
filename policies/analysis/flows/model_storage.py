"""The way from a model's pods to the bucket that its files are in: their own policies, and an endpoint behind them.

A gateway endpoint of S3 is a route to S3's public addresses, an interface endpoint has addresses of its own in the VPC
(AWS PrivateLink guide, "Amazon S3 endpoints", read 2026-11-30): a policy that lets pods out to private addresses only
needs the latter.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from policies.analysis.flows.callers import ways_out
from policies.analysis.flows.selection import on_port
from policies.analysis.kserve.llm import engine_labels
from policies.analysis.kserve.objects import INFERENCE_SERVICE, LLM, components, sources
from policies.analysis.kubernetes.metadata import name_of, namespace_of
from policies.analysis.network.internet_range import is_internet
from policies.analysis.network.types import VPC
from policies.engine.graph import Graph, Resource
from policies.engine.rule import Offence
from policies.engine.values import at, mapping, sequence, text

_ENDPOINT: Final = "aws:ec2/vpcEndpoint:VpcEndpoint"
_HTTPS: Final = 443


def cut_from_files(model: Resource, graph: Graph) -> Iterator[Offence]:
    """Models with files in S3 whose pods are let out to nothing that is S3.

    Raises:
        UndecidedError: a policy or an endpoint cannot be read.
    """
    for path, labels in _from_s3(model):
        is_closed, ways = graph.once_for(ways_out, (namespace_of(model), json.dumps(labels, sort_keys=True)))
        opened = [way for way in ways if on_port(way, _HTTPS, "TCP")]
        if not is_closed:
            continue
        if not opened:
            yield Offence(
                path=path, problem=f"is in S3, and no policy lets pods of {name_of(model)} out on port 443"
            )
        elif all(map(_is_private, opened)) and graph.of_type(VPC) and not graph.once(_has_private_s3):
            yield Offence(
                path=path,
                problem=(
                    f"is in S3, pods of {name_of(model)} are let out to private addresses only, "
                    "and no interface endpoint of S3 stands in a subnet"
                ),
            )


def _from_s3(model: Resource) -> Iterator[tuple[str, Mapping[str, str]]]:
    """Where a model says that its files are in S3, with the labels that KServe gives the pods that fetch them."""
    if model.type in LLM:
        if text(at(model.inputs, "spec.model.uri"), "spec.model.uri").startswith("s3://"):
            yield "spec.model.uri", {k: v for k, v in engine_labels(model).items() if isinstance(v, str)}
    elif model.type in INFERENCE_SERVICE:
        for part, component in components(model):
            for place, uri in sources(component):
                if uri.startswith("s3://"):
                    yield f"spec.{part}.{place}", {"serving.kserve.io/inferenceservice": name_of(model)}


def _is_private(way: Any) -> bool:
    """Whether a rule lets out to private ranges of addresses alone."""
    peers = [mapping(at(peer, "ipBlock"), "ipBlock") for peer in sequence(at(way, "to"), "to")]
    return bool(peers) and not any(is_internet(text(peer.get("cidr"), "cidr")) for peer in peers if peer)


def _has_private_s3(graph: Graph) -> bool:
    return any(
        text(one.inputs.get("serviceName"), "serviceName").endswith(".s3")
        and text(one.inputs.get("vpcEndpointType"), "vpcEndpointType") == "Interface"
        and bool(one.inputs.get("subnetIds"))
        for one in graph.of_type(_ENDPOINT)
    )
