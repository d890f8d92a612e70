"""What VPC endpoints must let through for the nodes and pods behind them.

ECR keeps the layers of images in a bucket of its own, which nodes read over the S3 endpoint (ECR user guide, "Amazon S3
gateway endpoint", read 2026-11-29).
"""

from collections.abc import Iterator
from typing import Final

from policies.analysis.iam.patterns import covers
from policies.analysis.iam.statements import Statement, statements
from policies.analysis.network.security_groups import openings
from policies.analysis.network.types import GROUP
from policies.engine.graph import UNKNOWN, Graph, Resource
from policies.engine.references import referred_to
from policies.engine.values import UndecidedError, at, text

ENDPOINT: Final = "aws:ec2/vpcEndpoint:VpcEndpoint"
_PULLS: Final = (
    "aws:eks/cluster:Cluster",
    "aws:eks/nodeGroup:NodeGroup",
    "aws:ecr/repository:Repository",
)
_LAYERS: Final = "starport-layer-bucket"
_GET: Final = "s3:GetObject"
_HTTPS: Final = 443


def service_of(endpoint: Resource) -> str:
    """The service of an endpoint without its region (``ecr.api``); empty where it is none of AWS's or not known."""
    name = endpoint.inputs.get("serviceName")
    parts = name.split(".") if isinstance(name, str) else []
    return ".".join(parts[3:]) if parts[:2] == ["com", "amazonaws"] else ""


def allows_nothing(endpoint: Resource) -> bool:
    """Whether a policy has statements and none that allows.

    Raises:
        UndecidedError: a statement cannot be read.
    """
    found = list(statements(at(endpoint.inputs, "policy"), "policy"))
    return bool(found) and not any(s.allows for s in found)


def without_layers(endpoint: Resource, graph: Graph) -> bool:
    """Whether an S3 endpoint keeps image layers of ECR from nodes that are in view.

    Raises:
        UndecidedError: a statement cannot be read.
    """
    if service_of(endpoint) != "s3" or not _pulls_images(graph):
        return False
    found = list(statements(at(endpoint.inputs, "policy"), "policy"))
    return bool(found) and not any(s.allows and s.takes(_GET) and _reaches_layers(s) for s in found)


def _pulls_images(graph: Graph) -> bool:
    return bool(graph.of_type(*_PULLS)) or any(
        service_of(other).startswith("ecr.") for other in graph.of_type(ENDPOINT)
    )


def _reaches_layers(statement: Statement) -> bool:
    if statement.not_resources is not None:
        return not any(_LAYERS in r for r in statement.not_resources)
    return any(
        _LAYERS in r or covers(r, f"arn:aws:s3:::prod-eu-central-1-{_LAYERS}/0") for r in statement.resources
    )


def closed_groups(endpoint: Resource, graph: Graph) -> Iterator[str]:
    """The groups of an interface endpoint, where all of them are in view and none admits anybody to port 443.

    Raises:
        UndecidedError: a rule of a group is not known.
    """
    if text(at(endpoint.inputs, "vpcEndpointType"), "vpcEndpointType") != "Interface":
        return
    named = endpoint.inputs.get("securityGroupIds")
    if named is not UNKNOWN and not named:
        return
    try:
        groups, is_certain = referred_to(graph, endpoint, "securityGroupIds", GROUP)
    except UndecidedError:
        return
    count = len(named) if isinstance(named, list) else len(groups)
    if not is_certain or len(groups) != count:
        return
    if not any(_admits(group, graph) for group in groups):
        yield ", ".join(group.name for group in groups)


def _admits(group: Resource, graph: Graph) -> bool:
    return any(
        o.protocol in {"all", "tcp"} and o.span[0] <= _HTTPS <= o.span[1] for o in openings(group, graph)
    )
