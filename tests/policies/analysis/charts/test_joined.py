import json
from dataclasses import replace

import pytest

from policies.analysis.charts.joined import joined, renderings
from policies.analysis.charts.values import closed, filled, is_text, token
from policies.analysis.kubernetes.charts import RELEASE
from policies.analysis.platform.registry import images_of
from policies.engine.graph import UNKNOWN, Graph
from tests.captured import captured


@pytest.fixture(scope="module")
def graph() -> Graph:
    return captured("dev").graph


def test_what_a_chart_installs_stands_below_its_release(graph):
    whole = joined(graph)
    release = next(r for r in graph.of_type(RELEASE) if r.name == "mesh-cni")
    agent = next(r for r in whole if r.parent == release.urn and r.inputs.get("kind") == "DaemonSet")

    assert (agent.name, agent.rendered) == ("mesh-cni/istio-system/istio-cni-node", True)
    assert agent.dependencies == release.dependencies | {release.urn}
    assert not any(r.rendered for r in graph)
    assert joined(whole) is whole


def test_values_that_were_not_rendered_are_named(graph):
    release = next(r for r in graph.of_type(RELEASE) if r.name == "gateway-controllers-ai")
    other = replace(release, inputs={**release.inputs, "values": {"controller": {"replicaCount": 7}}})

    (known,) = renderings(Graph([other]))

    assert (known.rendering, known.why_not) == (None, "rendered were other values")


def test_a_stack_with_a_registry_of_its_own_is_judged_by_the_same_renderings(graph):
    own = captured("prod").graph
    known = {one.called: one.rendering is not None for one in renderings(own)}
    assert {one.called: one.rendering is not None for one in renderings(graph)} == known
    rendered = [r for r in joined(own) if r.rendered]
    images = {image for r in rendered for _, image in images_of(r)}
    root = "111122223333.dkr.ecr.eu-central-1.amazonaws.com/prod/"
    assert sorted(image for image in images if not image.startswith(root)) == []
    flags = json.dumps(
        [r.inputs["spec"] for r in rendered if r.type == "kubernetes:apps/v1:Deployment"], default=str
    )
    assert f"--acme-http01-solver-image={root}quay.io/jetstack/cert-manager-acmesolver:v1.20.2" in flags
    assert f"{root}docker.io/kserve/llmisvc-controller:v0.20.0" in images


def test_open_texts_may_differ_and_closed_ones_may_not():
    assert closed({"a": "x", "b": 1}, {"a"}) == closed({"a": "y", "b": 1.0}, {"a"})
    assert closed({"a": "x", "b": 1}, {"a"}) != closed({"a": "x", "b": 2}, {"a"})
    assert closed({"a": "x"}, ()) != closed({"a": "y"}, ())
    assert closed({"a": UNKNOWN}, {"a"}) is not None
    assert closed({"a": UNKNOWN}, ()) is None


def test_an_object_gets_the_texts_of_the_stack():
    mark = token("cluster")

    assert filled({"args": [f"--name={mark}"]}, {mark: "prod"}) == {"args": ["--name=prod"]}
    assert filled({"args": [f"--name={mark}"]}, {mark: UNKNOWN}) == {"args": [UNKNOWN]}


@pytest.mark.parametrize(
    ("value", "expected"), [("prod", True), ("7", False), ("true", False), ("a: b", False)]
)
def test_what_yaml_reads_as_text(value, expected):
    assert is_text(value) is expected
