import json

from policies.analysis.gateway.objects import AI_ROUTES, HTTP_ROUTES
from policies.engine.graph import UNKNOWN
from policies.rules.serving.driven_shares import BACKENDS, PLATFORM, WRITER
from tests.policies.cases import Case, RuleCases, cases_test, resource

HTTP, AI = HTTP_ROUTES[0], AI_ROUTES[0]
V1 = {"v1": {"name": "minilm-v1-predictor", "most": 100}}
OURS = {WRITER: "controller", BACKENDS: json.dumps(V1)}
LEFT = ("spec.rules",)
SHARED = [{"backendRefs": [{"name": "minilm-v1-predictor"}, {"name": "tiny-v1", "priority": 1}]}]
OTHER = [Case(resource("kubernetes:core/v1:Service", {}))]
ON_WRITER = f"metadata.annotations[{WRITER}]"
ON_BACKENDS = f"metadata.annotations[{BACKENDS}]"
FORM = 'JSON such as {"v1": {"name": "minilm-v1-predictor", "most": 100}}'


def route(annotations, ignored=(), rules=SHARED, kind=HTTP, source=""):
    meta = {"name": "minilm", "namespace": "models", "annotations": annotations}
    inputs = {"metadata": meta, "spec": {"rules": rules}}
    return Case(resource(kind, inputs, ignore_changes=ignored, source=source))


def failing(finding, *args, **more):
    case = route(*args, **more)
    return Case(case.judged, findings=[finding])


CASES = {
    "driven-shares-have-one-writer": RuleCases(
        passing=[
            route({}),
            route(OURS, LEFT),
            route(OURS, LEFT, kind=AI),
            route(OURS, ("spec",)),
            route({}, ("metadata.labels",)),
            route(OURS, source="routes.yaml#HTTPRoute/models/minilm"),
        ],
        failing=[
            failing(
                f"{ON_WRITER}: a controller moves its shares, and every update of the stack writes them back; "
                "ignoreChanges of spec.rules",
                OURS,
            ),
            failing(
                f"{ON_WRITER}: nobody writes its shares: the stack leaves them alone, and no controller has them; "
                "controller",
                {},
                LEFT,
                kind=AI,
            ),
        ],
        not_applicable=OTHER,
        undecided=[route(UNKNOWN)],
    ),
    "driven-shares-name-their-backends": RuleCases(
        passing=[route({}), route(OURS), route({BACKENDS: "nothing"})],
        failing=[
            failing(
                f"{ON_BACKENDS}: does not say which versions may have a share, and how much; {FORM}",
                {WRITER: "controller"},
            ),
            failing(
                f"{ON_BACKENDS}: does not say which versions may have a share, and how much; {FORM}",
                {WRITER: "controller", BACKENDS: '{"v1": {"name": "minilm-v1-predictor", "most": 0}}'},
            ),
            failing(
                f"spec.rules[0].backendRefs[0].name: minilm-v9-predictor shares, and {BACKENDS} does not name it",
                OURS,
                rules=[{"backendRefs": [{"name": "minilm-v9-predictor"}]}],
            ),
        ],
        not_applicable=OTHER,
        undecided=[route(OURS, rules=UNKNOWN)],
    ),
}

test_rules = cases_test(PLATFORM, CASES)
