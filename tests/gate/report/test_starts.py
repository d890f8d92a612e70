"""How models start, as the objects say it."""

from gate.report.report import Start
from gate.report.starts import starts
from policies.engine.graph import UNKNOWN, Graph
from tests.policies.cases import resource

ACCOUNT = "kubernetes:core/v1:ServiceAccount"
SCALER = "kubernetes:keda.sh/v1alpha1:ScaledObject"


def _said(type_, name, annotations):
    return resource(type_, {"kind": "x", "metadata": {"name": name, "annotations": annotations}}, name=name)


def test_the_chosen_way_stands_first_and_what_wakes_a_model_beside_it():
    graph = Graph(
        [
            _said(SCALER, "b-v1", {"slipway.dev/waking": "at zero, ..."}),
            _said(ACCOUNT, "b-v1", {"slipway.dev/start-path": "s3: 1 s\nimage-volume: 2 s"}),
            _said(ACCOUNT, "a-v1", {"slipway.dev/start-path": "image-volume: 1 s"}),
        ]
    )
    assert starts(graph) == [
        Start(model="a-v1", order=0, what="image-volume: 1 s"),
        Start(model="b-v1", order=0, what="at zero, ..."),
        Start(model="b-v1", order=0, what="s3: 1 s"),
        Start(model="b-v1", order=1, what="image-volume: 2 s"),
    ]


def test_what_says_nothing_has_no_line():
    plain = resource(ACCOUNT, {"kind": "ServiceAccount", "metadata": {"name": "x"}})
    assert starts(Graph([plain, _said(SCALER, "y", {}), _said("kubernetes:core/v1:Pod", "z", {})])) == []


def test_what_is_not_known_is_said():
    (line,) = starts(Graph([_said(ACCOUNT, "x", UNKNOWN)]))
    assert (line.model, line.what) == (
        "x",
        r"not known: metadata.annotations.slipway\.dev/start-path is not known yet",
    )
