"""Pods of add-ons and charts that no manifest shows, as far as facts tell of them."""

from policies.analysis.machines.hidden import ADD_ON, hidden_pods, uncounted
from policies.analysis.machines.requests import Requests, of_pod
from policies.engine.graph import Graph
from tests.policies.cases import resource

RELEASE = "kubernetes:helm.sh/v3:Release"


def _add_on(name, **values):
    inputs = {"addonName": name, **({"configurationValues": values} if values else {})}
    return resource(ADD_ON, inputs, name=name)


def _pods(owner, *others):
    return {p.name: p for p in hidden_pods(owner, Graph([owner, *others]))}


def test_an_add_on_brings_its_pods_with_what_they_ask_for():
    found = _pods(_add_on("aws-ebs-csi-driver"))
    node, controller = (found[f"aws-ebs-csi-driver: ebs-csi-{part}"] for part in ("node", "controller"))
    assert (node.per_node, node.spec["tolerations"]) == (True, [{"operator": "Exists"}])
    assert (controller.per_node, controller.count) == (False, 2)
    assert of_pod(controller.spec) == Requests(60, 240)


def test_an_add_on_that_nobody_knows_is_uncounted_and_one_without_pods_is_not():
    odd = _add_on("unheard-of")
    assert uncounted(odd, Graph([odd]))
    known = _add_on("kube-proxy")
    assert not uncounted(known, Graph([known]))


def test_a_chart_that_nobody_knows_is_uncounted_until_its_objects_are_in_view():
    chart = resource(RELEASE, {"chart": "unheard-of", "version": "1.0.0", "values": {}}, name="odd")
    assert uncounted(chart, Graph([chart]))
    child = resource("kubernetes:core/v1:ConfigMap", {"kind": "ConfigMap"}, name="c", parent=chart.urn)
    assert not uncounted(chart, Graph([chart, child]))


def test_what_is_neither_brings_nothing_hidden():
    other = resource("kubernetes:core/v1:ConfigMap", {"kind": "ConfigMap"}, name="c")
    assert list(hidden_pods(other, Graph([other]))) == []
    assert not uncounted(other, Graph([other]))
