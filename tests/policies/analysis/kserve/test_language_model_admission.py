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
        (
            {"replicas": 2, "scaling": {"maxReplicas": 3, **_WVA}},
            ["spec.replicas: stands beside scaling; one of both"],
        ),
        (
            {"scaling": {"minReplicas": 4, "maxReplicas": 3}},
            [
                "spec.scaling.minReplicas: 4 is above maxReplicas (3)",
                "spec.scaling.wva: nothing says what scales; hpa or keda",
            ],
        ),
        (
            {"scaling": {"maxReplicas": 3, "wva": {}}},
            ["spec.scaling.wva: names neither hpa nor keda; one of them"],
        ),
        (
            {"scaling": {"maxReplicas": 3, "wva": {"hpa": {}, "keda": {}, "variantCost": "ten"}}},
            [
                "spec.scaling.wva: names hpa and keda; one of them",
                "spec.scaling.wva.variantCost: ten is no number",
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
                "spec.scaling.wva.keda.advanced.scalingModifiers: the controller itself writes it",
                "spec.scaling.wva.keda.advanced.horizontalPodAutoscalerConfig.name: the controller itself writes it",
                "spec.scaling.wva.keda.idleReplicaCount: 0 is not below scaling.minReplicas",
            ],
        ),
    ],
)
def test_scaling(workload, said):
    assert [offence.message for offence in refused_scaling("spec", workload)] == said


@pytest.mark.parametrize(
    ("scheduler", "said"),
    [
        ({}, []),
        ({"replicas": 1, "config": {"ref": {"name": "a"}}}, []),
        (
            {"replicas": 0, "config": {}},
            [
                ("spec.router.scheduler.replicas: 0 pickers; at least 1"),
                "spec.router.scheduler.config: names neither or both of ref and inline; one",
            ],
        ),
        ({"config": {"ref": {"name": ""}}}, ["spec.router.scheduler.config.ref.name: is empty"]),
    ],
)
def test_pickers(scheduler, said):
    assert [offence.message for offence in refused_picker(scheduler)] == said


def test_room_for_adapters():
    assert [
        offence.message for offence in refused_bounds({"maxRank": 16, "maxAdapters": 0, "maxCpuAdapters": -1})
    ] == [
        "spec.model.lora.maxAdapters: 0 is no size; at least 1",
        "spec.model.lora.maxCpuAdapters: -1 is no size; at least 1",
    ]


@pytest.mark.parametrize(
    ("parents", "gateways", "said"),
    [
        (_REFS, _REFS, []),
        (_REFS, [], []),
        (
            [{"name": "outer", "namespace": "kserve"}],
            _REFS,
            ["spec.router.route.http.spec.parentRefs: other gateways than spec.router.gateway.refs names"],
        ),
    ],
)
def test_a_route_goes_to_the_gateway_that_is_named(parents, gateways, said):
    router = {"route": {"http": {"spec": {"parentRefs": parents}}}, "gateway": {"refs": gateways}}
    assert [offence.message for offence in refused_parents(router)] == said
