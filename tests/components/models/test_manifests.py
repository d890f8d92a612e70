"""What every model has, whatever serves it."""

import pytest

from components.models.manifests import disruption_budget, placement_fields, resources, service_account
from tests.components.model_examples import CHAT, EMBEDDING

SELECTOR = {"a": "b"}
SPREAD = [
    {
        "maxSkew": 1,
        "topologyKey": "topology.kubernetes.io/zone",
        "whenUnsatisfiable": "ScheduleAnyway",
        "labelSelector": {"matchLabels": SELECTOR},
    }
]


def test_a_model_runs_under_an_account_of_its_own_without_a_token():
    assert service_account(CHAT, "models") == {
        "apiVersion": "v1",
        "kind": "ServiceAccount",
        "metadata": {
            "name": "support-chat-v1",
            "namespace": "models",
            "labels": CHAT.labels(),
            "annotations": {
                "slipway.dev/start-path": (
                    "s3: 179 s for 1 start of 16.38 GB on a node (179 s the first, 172 s each after)\n"
                    "image-volume: the record names no image (artifact.image)"
                )
            },
        },
        "automountServiceAccountToken": False,
    }


def test_a_drain_takes_one_of_several_and_never_the_only_one():
    several = disruption_budget(CHAT, "models", SELECTOR, 2)
    assert several == {
        "apiVersion": "policy/v1",
        "kind": "PodDisruptionBudget",
        "metadata": {"name": "support-chat-v1", "namespace": "models", "labels": CHAT.labels()},
        "spec": {"maxUnavailable": 1, "selector": {"matchLabels": SELECTOR}},
    }
    assert disruption_budget(CHAT, "models", SELECTOR, 1)["spec"]["maxUnavailable"] == 0
    assert disruption_budget(CHAT, "models", SELECTOR, 0)["spec"]["maxUnavailable"] == 1


@pytest.mark.parametrize(("on_gpu", "taint"), [(True, "nvidia.com/gpu"), (False, "slipway.dev/models")])
def test_a_model_goes_to_its_pool_whose_taint_it_tolerates(on_gpu, taint):
    assert placement_fields("some", SELECTOR, on_gpu=on_gpu) == {
        "priorityClassName": "slipway-models",
        "nodeSelector": {"slipway.dev/pool": "some"},
        "topologySpreadConstraints": SPREAD,
        "tolerations": [{"key": taint, "operator": "Exists", "effect": "NoSchedule"}],
    }


def test_requests_are_limits():
    gpu = {"cpu": "4", "memory": "24Gi", "nvidia.com/gpu": "2"}
    assert resources(CHAT) == {"requests": {**gpu, "ephemeral-storage": "36Gi"}, "limits": gpu}
    cpu = {"cpu": "2", "memory": "2Gi"}
    assert resources(EMBEDDING) == {"requests": {**cpu, "ephemeral-storage": "3Gi"}, "limits": cpu}
