"""What protects models at the edge is turned to the worse in the captured platform, one value at a time."""

import copy
from dataclasses import replace

import pytest

from policies.engine.evaluate import judge
from policies.engine.graph import Graph
from policies.packs import ALL
from tests.captured import captured

RULE = {rule.id: rule for rule in ALL}
ACCESS, LIMITS, ROUTE = (f"model-support-chat-edge-{role}" for role in ("access", "protection", "route"))
SELECTOR = "spec.rateLimit.global.rules.0.clientSelectors.0"
MUTANTS = [
    (ACCESS, "spec.authorization.defaultAction", "Allow", "authorization-denies-by-default"),
    (
        ACCESS,
        "spec.authorization.rules.0.principal",
        {"clientCIDRs": ["::/0"]},
        "authorization-denies-by-default",
    ),
    (ACCESS, "spec.authorization.rules.0.principal.jwt.provider", "other", "authorization-checks-its-tokens"),
    (ACCESS, "spec.jwt.providers.0.name", "other", "authorization-checks-its-tokens"),
    (
        ACCESS,
        "spec.jwt.providers.0.remoteJWKS.uri",
        "http://login.example.com/keys",
        "tokens-are-made-for-us",
    ),
    (ACCESS, "spec.targetRefs.0.name", "minilm", "model-routes-name-their-callers"),
    (ACCESS, "spec.targetRefs.0.sectionName", "route-not-found", "model-routes-name-their-callers"),
    (ACCESS, "metadata.namespace", "models", "model-routes-name-their-callers"),
    (LIMITS, "spec.targetRefs.0.name", "minilm", "language-routes-limit-tokens"),
    (LIMITS, "spec.rateLimit.global.rules.1.cost.response.from", "Number", "language-routes-limit-tokens"),
    (LIMITS, f"{SELECTOR}.headers.0.name", "x-user", "callers-cannot-name-themselves"),
    (LIMITS, "spec.retry", {"retryOn": {"httpStatusCodes": [503]}}, "language-routes-do-not-retry"),
    (LIMITS, "spec.timeout", {"http": {"requestTimeout": "0s"}}, "edge-routes-have-timeouts"),
    (ROUTE, "spec.rules.0.timeouts.request", "0s", "edge-routes-have-timeouts"),
    (ROUTE, "spec.rules.0.backendRefs.0.kind", "InferencePool", "ai-routes-keep-traffic-weights"),
    ("gateway-edge-protection", "spec.retry.retryOn.triggers", ["5xx"], "language-routes-do-not-retry"),
    ("gateway-edge-protection", "spec.timeout.http.requestTimeout", "0ms", "edge-routes-have-timeouts"),
]


def turned(inputs, path, value):
    """A copy of plain data with another value at a dotted path."""
    found = changed = copy.deepcopy(dict(inputs))
    *above, last = path.split(".")
    for step in above:
        found = found[int(step)] if isinstance(found, list) else found[step]
    found[last] = value
    return changed


@pytest.mark.parametrize(
    ("name", "path", "value", "rule"), MUTANTS, ids=[f"{m[0].rpartition('-')[2]}-{m[1]}" for m in MUTANTS]
)
def test_one_value_to_the_worse_is_red(name, path, value, rule):
    graph = captured("dev").graph
    worse = [replace(r, inputs=turned(r.inputs, path, value)) if r.name == name else r for r in graph]
    assert sum(r.name == name for r in worse) == 1
    assert judge(graph, [RULE[rule]]).findings == ()
    assert judge(Graph(worse), [RULE[rule]]).findings != ()
