from policies.analysis.kubernetes.charts import RELEASE
from policies.engine.graph import UNKNOWN
from policies.rules.mesh.enrolment import RULES
from tests.policies.cases import Case, RuleCases, cases_test, resource

_AMBIENT = {"istio.io/dataplane-mode": "ambient"}


def _release(name, chart="collector", after=(), **values):
    return resource(
        RELEASE, {"chart": chart, "values": values}, name=name, dependencies=frozenset(r.urn for r in after)
    )


_ZTUNNEL = _release("mesh-ztunnel", "https://istio.example/ztunnel")
_BETWEEN = resource("aws:sqs/queue:Queue", {}, name="between", dependencies=frozenset({_ZTUNNEL.urn}))


def _outside(where):
    said = "the release does not wait for mesh-ztunnel, and its pods start outside the mesh"
    return f"{where}[istio.io/dataplane-mode]: {said}"


CASES = {
    "meshed-pods-wait-for-the-mesh": RuleCases(
        passing=[
            Case(_release("x", after=[_ZTUNNEL], podLabels=_AMBIENT), others=[_ZTUNNEL]),
            Case(_release("x", after=[_BETWEEN], podLabels=_AMBIENT), others=[_BETWEEN, _ZTUNNEL]),
            Case(_release("x", podLabels=_AMBIENT)),  # the mesh stands in another stack
            Case(_release("x", podLabels={"istio.io/dataplane-mode": "none"}), others=[_ZTUNNEL]),
            Case(_release("x"), others=[_ZTUNNEL]),
        ],
        failing=[
            Case(
                _release("x", podLabels=_AMBIENT),
                others=[_ZTUNNEL],
                findings=[_outside("values.podLabels")],
            ),
            Case(
                _release("x", parts=[{}, {"podMetadata": {"labels": _AMBIENT}}]),
                others=[_ZTUNNEL],
                findings=[_outside("values.parts[1].podMetadata.labels")],
            ),
        ],
        not_applicable=[Case(_BETWEEN)],
        undecided=[
            Case(resource(RELEASE, {"chart": "x", "values": UNKNOWN}, name="x"), others=[_ZTUNNEL]),
            Case(_release("x", podLabels=_AMBIENT), others=[_release("y", UNKNOWN)]),
        ],
    )
}

test_cases = cases_test(RULES, CASES)
