"""What of a stack's settings its bill needs: the region whose prices count, the network's profile, the budget."""

from gate.report.cost import Cost, cost
from policies.engine.graph import Graph
from stacks.settings import StackSettings


def cost_of(graph: Graph, settings: StackSettings) -> Cost | None:
    """The bill of a stack's graph, in the stack's region."""
    network, budget = settings.network, settings.budget
    return cost(
        graph,
        settings.platform.region,
        profile=network.cost if network and not network.existing else "",
        budget=budget.usd_a_month if budget else None,
    )
