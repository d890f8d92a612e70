"""Which priority a pod has, and the lowest of those that models must not drive out."""

from policies.analysis.machines.priorities import PRIORITY_CLASS, lowest_of_others, priority
from policies.engine.graph import Graph
from tests.policies.analysis.machines.examples import pods
from tests.policies.cases import resource


def _class(name, value, **extra):
    return resource(PRIORITY_CLASS, {"metadata": {"name": name}, "value": value, **extra}, name=name)


CLASSES = [_class("platform", 1000), _class("models", 10, globalDefault=True)]


def _of(name):
    return {"priorityClassName": name} if name else {}


def test_a_class_says_it_and_the_default_where_a_pod_names_none():
    graph = Graph(CLASSES)
    assert priority(_of("platform"), graph) == 1000
    assert priority(_of(""), graph) == 10
    assert priority(_of(""), Graph([])) == 0


def test_kubernetes_own_classes_are_always_there():
    assert priority(_of("system-node-critical"), Graph([])) == 2_000_001_000


def test_a_class_out_of_view_is_not_known():
    assert priority(_of("elsewhere"), Graph(CLASSES)) is None


def test_the_lowest_of_all_but_models_and_batch_work():
    job = pods("job", type_="kubernetes:batch/v1:Job")
    assert lowest_of_others(Graph([*CLASSES, pods("api"), job])) == (10, "Deployment models/api")
    assert lowest_of_others(Graph([*CLASSES, job])) is None
