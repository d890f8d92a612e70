from policies.analysis.kubernetes.keda import SCALED_OBJECT
from policies.engine.graph import UNKNOWN
from policies.rules.serving.scaler_order import PLATFORM, RULES
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
_IN_VAIN = (
    "metadata.annotations[pulumi.com/waitFor]: status.observedGeneration is the Deployment's: an update that leaves it "
    "alone waits in vain, and fails"
)
_TARGET = "spec.scaleTargetRef.name: minilm-v1-predictor"

CASES = {
    "scaled-objects-wait-for-their-deployment": RuleCases(
        passing=[
            Case(_scaler("cpu", after=[_PLAIN]), [_PLAIN, OURS]),
            Case(_scaler("prometheus"), [_PLAIN, OURS]),
            Case(_scaler("cpu", target="other-predictor"), [_PLAIN, OURS]),
            Case(_scaler("cpu", source="f.yaml#ScaledObject/models/x"), [_PLAIN, OURS]),
        ],
        failing=[
            Case(
                _scaler("cpu"),
                [_PLAIN, OURS],
                [f"{_TARGET} is made for service, and the scaler does not wait for it"],
            ),
            Case(
                _scaler("prometheus", "memory"),
                [_PLAIN, OURS],
                [f"{_TARGET} is made for service, and the scaler does not wait for it"],
            ),
        ],
        not_applicable=[Case(_PLAIN)],
        undecided=[Case(_scaler(UNKNOWN, after=[_PLAIN]), [_PLAIN, OURS])],
    ),
    "inference-services-are-not-awaited": RuleCases(
        passing=[Case(_PLAIN), Case(_service(**{"pulumi.com/skipAwait": "true"}))],
        failing=[
            Case(_WAITED, findings=[_IN_VAIN]),
            Case(_service(**{"pulumi.com/waitFor": "condition=Ready"}), findings=[_IN_VAIN]),
        ],
        not_applicable=[Case(_scaler("cpu"))],
        undecided=[Case(_service(**{"pulumi.com/waitFor": UNKNOWN}))],
    ),
}

test_cases = cases_test((*PLATFORM, *RULES), CASES)
