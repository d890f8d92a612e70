from gate.checkov.opinion import Opinion
from gate.report.not_evaluated import not_seen, unpinned
from gate.schema.shape import ShapeReport
from policies.engine.graph import UNKNOWN, Graph
from tests.policies.cases import resource

RELEASE = "kubernetes:helm.sh/v3:Release"
NOTHING = ShapeReport(problems=(), undecided=(), unjudged=(), cel_rules_not_evaluated={})


def said(*resources, shapes=NOTHING, opinion=None, covered=(), needs_no_rule=None):
    found = not_seen(
        Graph(resources), shapes, opinion or Opinion(), covered=covered, needs_no_rule=needs_no_rule or {}
    )
    return [(n.why, n.what) for n in found if n.why != "what only the account and the cluster can say"]


def test_charts_are_closed_boxes_also_where_their_name_is_unknown():
    known = resource(RELEASE, {"chart": "keda", "version": "2.18.0"}, name="b")
    unknown = resource(RELEASE, {"chart": UNKNOWN}, name="a")
    assert said(known, unknown, covered=[RELEASE]) == [
        (
            "contents of Helm charts of which no rendering is known (docs/charts.md)",
            "a chart that is not known (a): chart is not known yet",
        ),
        (
            "contents of Helm charts of which no rendering is known (docs/charts.md)",
            "keda 2.18.0 (b): no rendering of this chart is known",
        ),
    ]


def test_types_without_a_rule_are_counted_unless_they_need_none():
    queues = [resource("aws:sqs/queue:Queue", {}, name=n) for n in "ab"]
    eip = resource("aws:ec2/eip:Eip", {})
    component = resource("slipway:x:Y", {}, custom=False)
    assert said(*queues, eip, component, needs_no_rule={"aws:ec2/eip:Eip": "why"}) == [
        ("types no rule knows", "aws:sqs/queue:Queue (2)")
    ]


def test_shapes_and_the_second_opinion_say_what_they_left_out():
    shapes = ShapeReport(
        problems=(), undecided=(), unjudged=("a/v1 B (1)",), cel_rules_not_evaluated={"c/v1 D": 7}
    )
    assert said(shapes=shapes, opinion=Opinion(not_seen=("switched off",))) == [
        ("kinds without a schema to check their shape against", "a/v1 B (1)"),
        ("validation expressions (CEL) of the schemas, which only an API server evaluates", "c/v1 D (7)"),
        ("checkov", "switched off"),
    ]


def test_what_only_reality_can_say_is_always_there():
    found = not_seen(Graph([]), NOTHING, Opinion(), covered=(), needs_no_rule={})
    assert len(found) == 3


def test_images_without_a_digest_are_listed_once_wherever_they_stand():
    container = {"name": "a", "image": "server:1"}
    pinned = {"name": "b", "image": f"server@sha256:{'0' * 64}"}
    pod = {
        "kind": "X",
        "spec": {"template": {"containers": [container, pinned], "initContainers": [container]}},
    }
    assert unpinned(Graph([resource("kubernetes:a/v1:X", pod)])) == ["image server:1"]


def test_what_a_plugin_makes_and_what_later_changes_leave_alone_is_said():
    chart = resource("kubernetes:helm.sh/v4:Chart", {}, name="c", custom=False, remote=True)
    queue = resource("aws:sqs/queue:Queue", {}, name="q", ignore_changes=("policy", "tags"))
    assert said(chart, queue, covered=["aws:sqs/queue:Queue"]) == [
        ("contents of components that a plugin makes", "kubernetes:helm.sh/v4:Chart c"),
        (
            "properties whose later changes are ignored, so that what exists may differ from what is judged",
            "policy of aws:sqs/queue:Queue q",
        ),
        (
            "properties whose later changes are ignored, so that what exists may differ from what is judged",
            "tags of aws:sqs/queue:Queue q",
        ),
    ]
