"""What of a stack its bill needs: the region whose prices count, the network's profile, the budget, throughputs."""

from gate.report.cost import Cost, cost
from gate.report.served import served
from policies.engine.graph import Graph
from stacks.load import Stack


def cost_of(graph: Graph, stack: Stack) -> Cost | None:
    """The bill of a stack's graph, in the stack's region."""
    settings = stack.settings
    network, budget = settings.network, settings.budget
    stated = {
        f"{model.model}/{one.version}": one.loaded.release.throughput
        for model in served(stack)
        for one in model.versions
    }
    return cost(
        graph,
        settings.platform.region,
        profile=network.cost if network and not network.existing else "",
        budget=budget.usd_a_month if budget else None,
        throughputs={whom: said for whom, said in stated.items() if said is not None},
    )
