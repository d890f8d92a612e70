"""What a model's components know of its release, and the names and labels everything of it carries."""

import pytest

from components.models.model_loading import Starts
from components.models.plan import chosen_path, plan_of
from releases.load import find, load_releases
from tests.components.model_examples import CHAT, CHAT_POD, EMBEDDING, EMBEDDING_POD, ONCE


def test_everything_is_keyed_by_model_and_version():
    assert EMBEDDING.key == "minilm-v1"
    assert CHAT.key == "support-chat-v1"


def test_objects_carry_the_release_and_pods_only_labels_of_our_own():
    assert EMBEDDING.pod_labels() == EMBEDDING_POD
    assert CHAT.pod_labels() == CHAT_POD
    assert EMBEDDING.labels() == {
        "app.kubernetes.io/name": "minilm",
        "app.kubernetes.io/version": "v1",
        "app.kubernetes.io/part-of": "slipway",
        **EMBEDDING_POD,
    }


def test_the_record_s_word_on_files_and_personal_data_stands_on_the_live_object():
    assert CHAT.annotations() == {
        "slipway.dev/artifact-digest": "sha256:" + "1" * 64,
        "slipway.dev/personal-data": "redacted",
    }


def test_a_plan_is_the_release_in_one_environment():
    release = find(load_releases(), "support-chat", "v1").release
    plan = plan_of(release, "example-prod-models-111122223333-eu-central-1", ONCE)
    assert (plan.model, plan.version, plan.task, plan.engine) == ("support-chat", "v1", "chat", "vllm")
    assert plan.artifact_uri == "s3://example-prod-models-111122223333-eu-central-1/support-chat-v1/"
    assert plan.digest == release.artifact.digest
    assert (plan.data_class, plan.owner, plan.max_context) == ("confidential", "support", 8192)
    assert (plan.personal_data, plan.size_bytes) == ("redacted", 16381470720)
    assert (plan.needs.gpu_count, plan.needs.cpu, plan.needs.memory_gib) == (1, 4, 24)
    assert plan.needs.gpu_memory_gib == release.gpu_memory.gib


def test_a_model_on_the_processor_needs_no_gpu_memory():
    plan = plan_of(find(load_releases(), "minilm", "v1").release, "bucket", ONCE)
    assert (plan.needs.gpu_count, plan.needs.gpu_memory_gib) == (0, 0)


IMAGE = "oci://registry.example.com/models/support-chat@sha256:" + "1" * 64


def _with_image():
    release = find(load_releases(), "support-chat", "v1").release
    return release.model_copy(update={"artifact": release.artifact.model_copy(update={"image": IMAGE})})


@pytest.mark.parametrize(
    ("per_day", "uri"),
    [(0, "s3://bucket/support-chat-v1/"), (1, "oci+native://" + IMAGE.removeprefix("oci://"))],
)
def test_how_often_a_stack_starts_a_model_decides_where_its_files_come_from(per_day, uri):
    assert plan_of(_with_image(), "bucket", Starts(per_day=per_day, nodes=1)).artifact_uri == uri


def test_the_choice_says_why():
    path = chosen_path(_with_image(), "bucket", Starts(per_day=1, nodes=1))
    assert path.reasons[0] == (
        "image-volume: 861 s for 30 starts of 16.38 GB on a node (521 s the first, 12 s each after)"
    )
