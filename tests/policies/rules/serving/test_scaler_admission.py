from policies.analysis.kubernetes.keda import SCALED_JOB, SCALED_OBJECT
from policies.engine.graph import UNKNOWN
from policies.rules.serving.scaler_admission import RULES
from tests.policies.cases import Case, RuleCases, cases_test, resource

_CPU = {"type": "cpu", "metadata": {"value": "70"}}
_QUEUE = {"type": "prometheus", "name": "waiting", "metadata": {"query": "up"}}
_HPA = "kubernetes:autoscaling/v2:HorizontalPodAutoscaler"


def _scaler(name="a", type_=SCALED_OBJECT, annotations=None, **spec):
    manifest = {
        "kind": type_.rpartition(":")[2],
        "metadata": {"name": name, "namespace": "models", "annotations": annotations or {}},
        "spec": {
            "scaleTargetRef": {"name": "minilm"},
            "minReplicaCount": 1,
            "triggers": [_CPU, _QUEUE],
            **spec,
        },
    }
    return resource(type_, manifest, name=name)


def _hpa(name="hpa", namespace="models", **meta):
    target = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "minilm"}
    manifest = {
        "metadata": {"name": name, "namespace": namespace, **meta},
        "spec": {"scaleTargetRef": target},
    }
    return resource(_HPA, manifest, name=name)


_TAKEN_OVER = _scaler(
    annotations={"scaledobject.keda.sh/transfer-hpa-ownership": "true"},
    advanced={"horizontalPodAutoscalerConfig": {"name": "hpa"}},
)
_ALONE = "which KEDA does not ask and so cannot miss"

CASES = {
    "scalers-are-admitted": RuleCases(
        passing=[
            Case(_scaler(), [_scaler("b", scaleTargetRef={"name": "other"}), _hpa(namespace="elsewhere")]),
            Case(_scaler(idleReplicaCount=0, fallback={"failureThreshold": 4, "replicas": 1})),
            Case(_scaler(), [_hpa(annotations={"validations.keda.sh/hpa-ownership": "false"})]),
            Case(_scaler(), [_hpa(ownerReferences=[{"kind": "ScaledObject", "name": "a"}])]),
            Case(_TAKEN_OVER, [_hpa()]),
            Case(
                _scaler(
                    triggers=[_CPU],
                    fallback={"failureThreshold": 4, "replicas": 1},
                    advanced={"scalingModifiers": {"formula": "a"}},
                )
            ),
            Case(_scaler(type_=SCALED_JOB, idleReplicaCount=9)),
        ],
        failing=[
            Case(_scaler(), [_scaler("b")], ["spec.scaleTargetRef.name: minilm is scaled by b too"]),
            Case(
                _scaler(),
                [_hpa("by-hand")],
                ["spec.scaleTargetRef.name: minilm is scaled by the HorizontalPodAutoscaler by-hand too"],
            ),
            Case(_scaler(type_=SCALED_JOB, triggers=[]), findings=["spec.triggers: none"]),
            Case(
                _scaler(triggers=[{**_CPU, "useCachedMetrics": True}, _QUEUE, _QUEUE]),
                findings=[
                    "spec.triggers[0].useCachedMetrics: cpu has nothing to keep",
                    "spec.triggers[2].name: waiting stands there twice",
                ],
            ),
            Case(
                _scaler(idleReplicaCount=1),
                findings=["spec.idleReplicaCount: 1 is not below minReplicaCount (1)"],
            ),
            Case(
                _scaler(triggers=[_CPU], fallback={"failureThreshold": -1, "replicas": 1}),
                findings=[
                    "spec.fallback.failureThreshold: -1 is no count",
                    f"spec.fallback: every trigger is of pods (cpu, memory), {_ALONE}",
                ],
            ),
        ],
        not_applicable=[Case(_hpa())],
        undecided=[Case(_scaler(triggers=UNKNOWN)), Case(_scaler(scaleTargetRef=UNKNOWN))],
    ),
}

test_cases = cases_test(RULES, CASES)
