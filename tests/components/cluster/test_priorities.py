from components.cluster.priorities import (
    MODEL_PRIORITY,
    PLATFORM_PRIORITY,
    priority_classes,
    reserved_priorities,
)
from components.models.manifests import placement_fields


def test_models_come_before_batch_work_and_after_the_platform():
    values = {name: manifest["value"] for name, manifest in priority_classes().items()}
    # A chart without a class has 0: above models, which are above batch work.
    assert values == {"slipway-platform": 1_000_000, "slipway-models": -10, "slipway-batch": -100}
    assert values["slipway-platform"] > 0 > values["slipway-models"] > values["slipway-batch"]
    assert not any(manifest["globalDefault"] for manifest in priority_classes().values())
    assert placement_fields("l4", {}, on_gpu=True)["priorityClassName"] == MODEL_PRIORITY
    assert PLATFORM_PRIORITY in values


def test_no_model_gets_a_priority_of_the_platform():
    spec = reserved_priorities("models")["spec"]
    assert spec["hard"] == {"pods": "0"}
    assert spec["scopeSelector"]["matchExpressions"] == [
        {
            "scopeName": "PriorityClass",
            "operator": "In",
            "values": ["slipway-platform", "system-cluster-critical", "system-node-critical"],
        }
    ]
