"""What must hold for the end of machines: the controller that ends them goes last."""

from collections.abc import Iterable
from typing import Final

from policies.analysis.kubernetes.charts import RELEASE, chart_of
from policies.analysis.kubernetes.metadata import SKIP_AWAIT
from policies.engine.graph import Graph, Resource
from policies.engine.rule import Offence, Rule
from policies.engine.values import at, known, mapping, text

POOL: Final = "kubernetes:karpenter.sh/v1:NodePool"
NODE_CLASS: Final = "kubernetes:karpenter.k8s.aws/v1:EC2NodeClass"


def _classes(graph: Graph, name: str) -> list[Resource]:
    return [
        r for r in graph.of_type(NODE_CLASS) if text(at(r.inputs, "metadata.name"), "metadata.name") == name
    ]


def _outlives_its_controller(object_: Resource, graph: Graph) -> Iterable[Offence]:
    if object_.source:  # a manifest has no order; whoever applies it deletes it
        return
    before = graph.waits_for(object_.urn)
    for controller in graph.of_type(RELEASE):
        if chart_of(controller) == "karpenter" and controller.urn not in before:
            yield Offence(
                path="",
                problem=(
                    f"does not wait for {controller.name}: on destroy the controller may go first, and machines stay"
                ),
            )
    if object_.type == POOL:
        path = "spec.template.spec.nodeClassRef.name"
        name = text(at(object_.inputs, path), path)
        for node_class in graph.once_for(_classes, name):
            if node_class.urn not in before:
                problem = f"does not wait for {node_class.name}: on destroy its class may go first, and machines stay"
                yield Offence(path=path, problem=problem, value=name)
    annotations = mapping(at(object_.inputs, "metadata.annotations"), "metadata.annotations")
    if text(known(annotations.get(SKIP_AWAIT), SKIP_AWAIT), SKIP_AWAIT) == "true":
        yield Offence(
            path=f"metadata.annotations[{SKIP_AWAIT}]",
            problem="the controller goes while machines are still draining",
            value=annotations[SKIP_AWAIT],
        )


RULES: tuple[Rule, ...] = (
    Rule(
        id="machines-end-before-their-controller",
        severity="high",
        applies_to=(POOL, NODE_CLASS),
        why="Only Karpenter ends the machines it made; once it is gone they run, and cost, without a cluster.",
        fix="Let pools depend on their class, and both on the controller's release.",
        check=_outlives_its_controller,
        reads_graph=True,
    ),
)
