from policies.analysis.kubernetes.keda import SCALED_OBJECT
from policies.engine.graph import UNKNOWN
from policies.rules.serving.scaler_order import PLATFORM
from tests.policies.cases import OURS, Case, RuleCases, cases_test, resource

_SERVICE = "kubernetes:serving.kserve.io/v1beta1:InferenceService"


def _service(**notes):
    metadata = {"name": "minilm", "namespace": "models", "annotations": notes}
    return resource(_SERVICE, {"metadata": metadata}, name="service")


def _scaler(*kinds, after=(), target="minilm-v1-predictor", **extra):
    spec = {"scaleTargetRef": {"name": target}, "triggers": [{"type": kind} for kind in kinds]}
    return resource(
        SCALED_OBJECT,
        {"metadata": {"name": "minilm-v1", "namespace": "models"}, "spec": spec},
        name="scaler",
        dependencies=frozenset(r.urn for r in after),
        **extra,
    )


_WAITED = _service(**{"pulumi.com/waitFor": "jsonpath={.status.components.predictor}"})
_PLAIN = _service()
_TARGET = "spec.scaleTargetRef.name: minilm-v1-predictor"

CASES = {
    "scaled-objects-wait-for-their-deployment": RuleCases(
        passing=[
            Case(_scaler("cpu", after=[_WAITED]), [_WAITED, OURS]),
            Case(_scaler("prometheus"), [_PLAIN, OURS]),
            Case(_scaler("cpu", target="other-predictor"), [_PLAIN, OURS]),
            Case(_scaler("cpu", source="f.yaml#ScaledObject/models/x"), [_PLAIN, OURS]),
        ],
        failing=[
            Case(
                _scaler("cpu"),
                [_WAITED, OURS],
                [f"{_TARGET} is made for service, and the scaler does not wait for it"],
            ),
            Case(
                _scaler("prometheus", "memory", after=[_PLAIN]),
                [_PLAIN, OURS],
                [
                    (
                        f"{_TARGET} is made some time after service is accepted, and nothing waits for it; "
                        "a memory trigger is refused until it is there"
                    )
                ],
            ),
        ],
        not_applicable=[Case(_PLAIN)],
        undecided=[Case(_scaler(UNKNOWN, after=[_PLAIN]), [_PLAIN, OURS])],
    )
}

test_cases = cases_test(PLATFORM, CASES)
