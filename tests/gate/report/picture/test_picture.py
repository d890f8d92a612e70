"""The picture says of a stack what its resources and its file say, and leaves out what nobody knows."""

import json
from dataclasses import replace
from datetime import date

import pytest

from gate.checkov.opinion import not_asked
from gate.evaluate.judgement import assess
from gate.report.capacity import Capacity
from gate.report.picture.picture import MOST, picture
from gate.report.picture.scene import Scene, scene_of
from gate.report.report import Exposure
from gate.report.served import Serving, serving
from policies.engine.graph import UNKNOWN, Graph
from stacks.load import read_stack
from tests.captured import captured
from tests.policies.cases import resource


def scene(name):
    stack = read_stack(name)
    above = [] if stack.upstream is None else captured(stack.upstream.name).graph.resources
    report, _ = assess(
        captured(name).graph,
        subject=name,
        stack=name,
        today=date(2026, 11, 29),
        waivers={},
        opinion=not_asked("no"),
        rules=(),
        machines_above=above,
        serving=serving(stack),
    )
    return report.picture


def drawn(*resources, exposures=(), **given):
    return picture(Graph(resources), exposures=exposures, capacity=Capacity(), serving=Serving(**given))


def test_a_request_goes_from_its_caller_to_the_model_and_the_model_to_its_files():
    found = scene("dev")
    assert [(x.source, x.target, x.leads, x.step) for x in found.links if x.leads != "runs"] == [
        ("caller search-indexer", "load balancer", "request", 1),
        ("caller triage-plan (incident-triage-plan)", "load balancer", "request", 1),
        ("caller triage-reason (incident-triage-reason)", "load balancer", "request", 1),
        ("caller web-shop", "load balancer", "request", 1),
        ("load balancer", "gateway edge/edge", "request", 2),
        ("gateway edge/edge", "gateway kserve/kserve-ingress-gateway", "request", 3),
        ("gateway kserve/kserve-ingress-gateway", "model minilm", "request", 4),
        ("gateway kserve/kserve-ingress-gateway", "model support-chat", "request", 4),
        ("model minilm", "store model files", "files", 5),
        ("model support-chat", "store model files", "files", 5),
    ]
    who = "search-indexer, triage-plan, triage-reason, web-shop"
    assert found.steps[0] == f"{who}: a request to https://models.dev.example.com with a token."
    assert found.steps[2] == "The edge gateway sends it on to the inner gateway, over mutual TLS of the mesh."
    assert found.steps[4].endswith("encrypted with KMS key model-store-model-key, and checked their digest.")


def test_machines_are_those_at_least_and_at_most():
    boxes = {box.id: box for box in scene("dev").boxes}
    assert [(boxes[f"pool {p}"].title, boxes[f"pool {p}"].machines) for p in ("system", "cpu", "l4")] == [
        ("System machines", (3, 3)),
        ("Pool cpu", (1, 1)),
        ("Pool l4", (1, 1)),
    ]
    assert boxes["pool l4"].lines == ("g6.2xlarge", "grows to 8 GPUs")
    assert boxes["model minilm"].lines == (
        "text embedding on huggingface",
        "v1: 100 %, 0 to 2 replicas, pool cpu",
    )
    assert boxes["caller web-shop"].lines == (
        "calls support-chat",
        "60 requests a minute",
        "50,000 tokens a minute",
    )


def test_what_the_stack_above_has_is_in_the_picture_and_said_to_be_its_own():
    found = scene("prod-models")
    assert {box.id for box in found.boxes if not box.is_above and box.role != "caller"} == {
        "model minilm",
        "model support-chat",
    }
    assert any(x.target == "gateway edge/edge" for x in found.links)


def test_it_is_read_back_as_it_was_written():
    found = scene("dev")
    back = scene_of(json.loads(json.dumps(found.as_data())))
    assert list(back.boxes) == list(found.boxes)
    assert list(back.places) == list(found.places)
    assert list(back.links) == list(found.links)
    assert scene_of(None) == Scene()


def test_what_is_not_known_is_not_drawn_and_nothing_breaks():
    bucket = resource("aws:s3/bucket:Bucket", {"bucket": UNKNOWN}, "b")
    vpc = resource("aws:ec2/vpc:Vpc", {"cidrBlock": UNKNOWN}, "v")
    pool = resource("kubernetes:karpenter.sh/v1:NodePool", {"metadata": UNKNOWN, "spec": UNKNOWN}, "p")
    gateway = resource(
        "kubernetes:gateway.networking.k8s.io/v1:Gateway",
        {"metadata": {"name": "g", "namespace": "n"}, "spec": UNKNOWN},
        "g",
    )
    found = drawn(bucket, vpc, pool, gateway)
    assert [place.title for place in found.places][:2] == ["AWS account", "VPC"]
    assert {box.id for box in found.boxes} >= {"store records", "load balancer", "gateway n/g"}


def test_a_graph_without_a_cloud_has_no_picture():
    assert not drawn().shows_something


def test_more_callers_than_fit_become_one_box_that_counts_them():
    ways = [
        Exposure(what="model m", source=f"caller-{n}", detail="no limit", caller=f"caller-{n}")
        for n in range(9)
    ]
    boxes = drawn(exposures=ways).of_role("caller")
    assert len(boxes) == MOST
    assert (boxes[-1].title, boxes[-1].lines) == (
        "4 more callers",
        ("caller-5, caller-6, caller-7 and 1 more",),
    )


@pytest.mark.parametrize("source", ["nobody", "callers of chat"])
def test_who_is_nobody_of_its_own_is_no_box(source):
    way = Exposure(what="model m", source=source, detail="d", caller=source)
    assert drawn(exposures=[way]).of_role("caller") == []


def test_the_same_stack_is_the_same_picture_whatever_the_order_of_its_resources():
    graph = captured("dev").graph
    stack = serving(read_stack("dev"))
    one = picture(graph, exposures=(), capacity=Capacity(), serving=stack)
    turned = Graph(reversed(graph.resources), graph.elsewhere)
    other = picture(turned, exposures=(), capacity=Capacity(), serving=stack)
    assert replace(one).as_data() == other.as_data()
