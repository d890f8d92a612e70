"""The container that fetches and verifies, for both kinds of model."""

from dataclasses import replace

from components.models.download import verified_pod
from components.serving.download import runtime_image, storage_container
from components.serving.llm_engine import engine_pod
from facts.pins import images
from tests.components.model_examples import CHAT

RESTRICTED = {
    "allowPrivilegeEscalation": False,
    "capabilities": {"drop": ["ALL"]},
    "readOnlyRootFilesystem": True,
    "runAsNonRoot": True,
    "seccompProfile": {"type": "RuntimeDefault"},
}


def container(names):
    return {
        "name": "storage-initializer",
        "image": runtime_image(names),
        "command": ["python", "-m", "runtime.download"],
        "resources": {"requests": {"cpu": "500m", "memory": "1Gi"}, "limits": {"cpu": "4", "memory": "2Gi"}},
        "securityContext": RESTRICTED,
        "terminationMessagePolicy": "FallbackToLogsOnError",
    }


def test_the_image_is_in_the_platforms_own_registry_under_tag_and_digest_of_its_content(names):
    pinned = images()["slipway-runtime"]
    assert runtime_image(names) == (
        "111122223333.dkr.ecr.eu-central-1.amazonaws.com/example-test/runtime:"
        f"{pinned.version}@{pinned.digest}"
    )


def test_one_object_serves_all_predictive_models_each_with_the_digest_of_its_own_pod(names):
    path = "metadata.annotations['slipway.dev/artifact-digest']"
    assert storage_container(names) == {
        "apiVersion": "serving.kserve.io/v1alpha1",
        "kind": "ClusterStorageContainer",
        "metadata": {"name": "slipway-verified"},
        "spec": {
            "container": {
                **container(names),
                "env": [{"name": "ARTIFACT_DIGEST", "valueFrom": {"fieldRef": {"fieldPath": path}}}],
            },
            "supportedUriFormats": [{"prefix": "s3://"}, {"prefix": "oci+native://"}],
            "workloadType": "initContainer",
        },
    }


def test_a_language_model_is_fetched_by_a_container_that_knows_its_digest(names):
    assert verified_pod(engine_pod(), CHAT, names)["initContainers"] == [
        {
            **container(names),
            "args": ["s3://example-test-models/support-chat-v1/", "/mnt/models"],
            "env": [{"name": "ARTIFACT_DIGEST", "value": "sha256:" + "1" * 64}],
            "volumeMounts": [{"name": "kserve-provision-location", "mountPath": "/mnt/models"}],
        }
    ]


def test_files_in_an_image_are_not_fetched(names):
    plan = replace(CHAT, start=replace(CHAT.start, kind="image-volume"))
    assert verified_pod(engine_pod(), plan, names) == engine_pod()
