"""What must hold of NetworkPolicies: what pods in view need is let through."""

from collections.abc import Iterable

from policies.analysis.flows.egress import cut_off
from policies.analysis.mesh.objects import NETWORK_POLICIES
from policies.engine.graph import Graph, Resource
from policies.engine.rule import Offence, Rule


def _credentials(policy: Resource, graph: Graph) -> Iterable[Offence]:
    return cut_off(policy, graph)


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
)
