"""Each protecting property is taken out of the captured platform, one at a time; its rule must turn red."""

import copy
from dataclasses import replace
from pathlib import Path

import pytest

from facts.strict_yaml import load
from policies.engine.evaluate import judge
from policies.engine.graph import Graph
from policies.packs import ALL
from tests.captured import captured

TABLE = load((Path(__file__).parent / "removals.yaml").read_text(encoding="utf-8"), "removals.yaml")
RULE = {rule.id: rule for rule in ALL}
REMOVALS = [
    pytest.param(rule, type_, path, id=f"{rule}-{type_.rpartition(':')[2]}-{path or 'whole'}")
    for area in TABLE.values()
    for rule, types in area.items()
    for type_, paths in types.items()
    for path in paths
]


def without(inputs, path):
    """A copy of plain data without the value at a dotted path; None where there is none."""
    found = changed = copy.deepcopy(dict(inputs))
    *above, last = [step.replace("\0", ".") for step in path.replace("\\.", "\0").split(".")]
    for step in above:
        found = found[int(step)] if isinstance(found, list) else found.get(step)
        if found is None or (isinstance(found, list) and not found):
            return None
    if last not in found:
        return None
    del found[last]
    return changed


def forget_in_containers(inputs, path):
    """What a pod loses its containers lose too: one that repeats it would still be safe."""
    of_pod, found, lost = path.partition(".securityContext.")
    if found and of_pod.endswith("template.spec"):
        pod = inputs["spec"]["template"]["spec"]
        for container in [*pod["containers"], *pod.get("initContainers", [])]:
            container.get("securityContext", {}).pop(lost, None)


def mutants(graph, type_, path):
    of_type, _, ending = type_.partition(" ")
    for resource in graph.of_type(of_type):
        if not resource.name.endswith(ending):
            continue
        others = [r for r in graph if r.urn != resource.urn]
        if not path:
            yield resource.name, Graph(others)
            continue
        inputs = without(resource.inputs, path)
        if inputs is not None:
            forget_in_containers(inputs, path)
            # What a provider answers repeats what it was given.
            outputs = without(resource.outputs, path) or resource.outputs
            yield resource.name, Graph([*others, replace(resource, inputs=inputs, outputs=outputs)])


@pytest.mark.parametrize(("rule", "type_", "path"), REMOVALS)
def test_losing_it_is_red(rule, type_, path):
    graph = captured("dev").graph
    tried = {name: judge(mutant, [RULE[rule]]).findings != () for name, mutant in mutants(graph, type_, path)}
    assert tried, "no resource of the platform has it"
    assert [name for name, is_red in tried.items() if not is_red] == []


def test_nothing_is_red_before():
    said = judge(captured("dev").graph, [RULE[rule] for area in TABLE.values() for rule in area])
    assert (said.findings, said.undecided, said.faults) == ((), (), ())


BUILT_IN = (
    "apps/",
    "batch/",
    "core/",
    "networking.k8s.io/",
    "policy/",
    "rbac.authorization.k8s.io/",
    "scheduling.k8s.io/",
    "storage.k8s.io/",
    "admissionregistration.k8s.io/",
    "apiextensions.k8s.io/",
    "helm.sh/",
)


def test_a_custom_resource_that_waits_for_nothing_is_red():
    """Also shows that facts/pins/chart-apis.yaml knows who brings every kind the platform uses."""
    graph = captured("dev").graph
    custom = [
        r
        for r in graph
        if r.object is not None and not r.type.removeprefix("kubernetes:").startswith(BUILT_IN)
    ]
    quiet = []
    for resource in custom:
        hasty = replace(resource, dependencies=frozenset())
        mutant = Graph(hasty if r.urn == resource.urn else r for r in graph)
        said = judge(mutant, [RULE["custom-resources-wait-for-their-definition"]])
        if not any(f.urn == resource.urn for f in said.findings):
            quiet.append(resource.label)
    assert len(custom) > 20
    assert quiet == []
