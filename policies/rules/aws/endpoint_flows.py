"""What must hold for VPC endpoints: what nodes and pods need passes through them."""

from collections.abc import Iterable

from policies.analysis.flows.endpoints import ENDPOINT, allows_nothing, closed_groups, without_layers
from policies.engine.graph import Graph, Resource
from policies.engine.rule import Offence, Rule


def _only_denies(endpoint: Resource, _graph: Graph) -> Iterable[Offence]:
    if allows_nothing(endpoint):
        yield Offence(
            path="policy", problem="no statement allows anything, so the endpoint refuses every call"
        )


def _layers(endpoint: Resource, graph: Graph) -> Iterable[Offence]:
    if not allows_nothing(endpoint) and without_layers(endpoint, graph):
        yield Offence(
            path="policy",
            problem=(
                "s3:GetObject on arn:aws:s3:::prod-REGION-starport-layer-bucket/* is not allowed: nodes cannot pull "
                "images from ECR"
            ),
        )


def _closed(endpoint: Resource, graph: Graph) -> Iterable[Offence]:
    for groups in closed_groups(endpoint, graph):
        yield Offence(
            path="securityGroupIds", problem=f"{groups} admits nobody to port 443, so every call times out"
        )


RULES: tuple[Rule, ...] = (
    Rule(
        id="endpoint-policies-allow-something",
        severity="high",
        applies_to=(ENDPOINT,),
        why="A policy of its own replaces the default that allows all: what no statement allows is refused.",
        fix="Add a statement that allows what the endpoint is for beside the refusals.",
        check=_only_denies,
    ),
    Rule(
        id="image-layers-pass-the-s3-endpoint",
        severity="high",
        applies_to=(ENDPOINT,),
        why="ECR's layers lie in a bucket of AWS's own: nodes that cannot read it pull no image.",
        fix="Allow s3:GetObject on arn:aws:s3:::prod-REGION-starport-layer-bucket/* in the endpoint's policy.",
        check=_layers,
        reads_graph=True,
    ),
    Rule(
        id="endpoints-admit-their-callers",
        severity="high",
        applies_to=(ENDPOINT,),
        why="Private names point every caller to the endpoint, and a closed group drops them all.",
        fix="Admit port 443 from the VPC's range in the endpoint's security group.",
        check=_closed,
        reads_graph=True,
    ),
)
