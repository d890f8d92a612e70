"""What a model's components know of its release, and the names and labels everything of it carries."""

from components.model_plan import plan_of
from releases.load import find, load_releases
from tests.components.model_examples import CHAT, CHAT_POD, EMBEDDING, EMBEDDING_POD


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


def test_the_digest_stands_on_the_live_object():
    assert CHAT.annotations() == {"slipway.dev/artifact-digest": "sha256:" + "1" * 64}


def test_a_plan_is_the_release_in_one_environment():
    release = find(load_releases(), "support-chat", "v1").release
    plan = plan_of(release, "example-prod-models-111122223333-eu-central-1")
    assert (plan.model, plan.version, plan.task, plan.engine) == ("support-chat", "v1", "chat", "vllm")
    assert plan.artifact_uri == "s3://example-prod-models-111122223333-eu-central-1/support-chat-v1/"
    assert plan.digest == release.artifact.digest
    assert (plan.data_class, plan.owner, plan.max_context) == ("confidential", "support", 8192)
    assert (plan.needs.gpu_count, plan.needs.cpu, plan.needs.memory_gib) == (1, 4, 24)
    assert plan.needs.gpu_memory_gib == release.gpu_memory.gib


def test_a_model_on_the_processor_needs_no_gpu_memory():
    plan = plan_of(find(load_releases(), "minilm", "v1").release, "bucket")
    assert (plan.needs.gpu_count, plan.needs.gpu_memory_gib) == (0, 0)
