"""What a stack serves, by its file and its releases."""

from gate.report.served import serving
from stacks.load import read_stack
from tests.captured import EXAMPLES_FOLDER


def test_every_version_has_its_share_its_replicas_and_its_release():
    found = serving(read_stack("examples-canary", EXAMPLES_FOLDER / "stacks"))
    chat = next(m for m in found.models if m.model == "chat-8b")
    assert [(v.version, v.share, v.pool, v.least, v.most) for v in chat.versions] == [
        ("v1", 90, "l4", 2, 2),
        ("v2", 10, "l4", 2, 2),
    ]
    assert chat.promised.version == "v1"
    assert chat.candidate == "v2"
    assert chat.versions[1].loaded.release.identity == "chat-8b-v2"
    assert found.files == "example-demo-models-111122223333-eu-central-1"


def test_a_stack_without_models_serves_none():
    assert serving(read_stack("prod")).models == []
