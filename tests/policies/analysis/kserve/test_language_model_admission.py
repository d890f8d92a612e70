import pytest

from policies.analysis.kserve.language_model_admission import (
    refused_bounds,
    refused_parents,
    refused_picker,
    refused_scaling,
)

_REFS = [{"name": "inner", "namespace": "kserve"}]
_WVA = {"wva": {"hpa": {}}}


@pytest.mark.parametrize(
    ("workload", "said"),
    [
        ({"replicas": 2}, []),
        ({"scaling": {"minReplicas": 1, "maxReplicas": 3, **_WVA}}, []),
        ({"replicas": 2, "scaling": {"maxReplicas": 3, **_WVA}}, ["spec.scaling beside spec.replicas"]),
        (
            {"scaling": {"minReplicas": 4, "maxReplicas": 3}},
            [
                "spec.scaling.minReplicas 4 is above maxReplicas 3",
                "spec.scaling.wva is not set, which scales",
            ],
        ),
        (
            {"scaling": {"maxReplicas": 3, "wva": {}}},
            ["spec.scaling.wva names neither hpa nor keda, and needs one"],
        ),
        (
            {"scaling": {"maxReplicas": 3, "wva": {"hpa": {}, "keda": {}, "variantCost": "ten"}}},
            [
                "spec.scaling.wva names hpa and keda, and needs one",
                "spec.scaling.wva.variantCost is ten, and is a number",
            ],
        ),
        (
            {
                "scaling": {
                    "maxReplicas": 3,
                    "wva": {
                        "keda": {
                            "idleReplicaCount": 0,
                            "advanced": {
                                "scalingModifiers": {"formula": "a"},
                                "horizontalPodAutoscalerConfig": {"name": "mine"},
                            },
                        }
                    },
                }
            },
            [
                "spec.scaling.wva.keda.advanced.scalingModifiers is set, which is the controller's",
                "spec.scaling.wva.keda.advanced.horizontalPodAutoscalerConfig.name is set, which is the controller's",
                "spec.scaling.wva.keda.idleReplicaCount 0 is not below minReplicas",
            ],
        ),
    ],
)
def test_scaling(workload, said):
    assert list(refused_scaling("spec", workload)) == said


@pytest.mark.parametrize(
    ("scheduler", "said"),
    [
        ({}, []),
        ({"replicas": 1, "config": {"ref": {"name": "a"}}}, []),
        (
            {"replicas": 0, "config": {}},
            ["scheduler.replicas is 0", "scheduler.config names neither or both of ref and inline"],
        ),
        ({"config": {"ref": {"name": ""}}}, ["scheduler.config.ref.name is empty"]),
    ],
)
def test_pickers(scheduler, said):
    assert list(refused_picker(scheduler)) == said


def test_room_for_adapters():
    assert list(refused_bounds({"maxRank": 16, "maxAdapters": 0, "maxCpuAdapters": -1})) == [
        "model.lora.maxAdapters is 0",
        "model.lora.maxCpuAdapters is -1",
    ]


@pytest.mark.parametrize(
    ("parents", "gateways", "said"),
    [
        (_REFS, _REFS, []),
        (_REFS, [], []),
        (
            [{"name": "outer", "namespace": "kserve"}],
            _REFS,
            ["route.http.spec.parentRefs names other gateways than router.gateway.refs"],
        ),
    ],
)
def test_a_route_goes_to_the_gateway_that_is_named(parents, gateways, said):
    router = {"route": {"http": {"spec": {"parentRefs": parents}}}, "gateway": {"refs": gateways}}
    assert list(refused_parents(router)) == said
