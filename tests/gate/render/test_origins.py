"""From a finding to the line that caused it."""

import pytest

from gate.render.origins import Origins, Place, source_line
from gate.render.yaml_lines import Value, values
from tests.captured import STACKS, captured
from tests.conftest import ROOT

STACK = """\
# a stack
config:
  slipway:settings:
    network:
      vpc_cidr: 10.0.0.0/16
    cluster:
      public_access: [198.51.100.0/24, 0.0.0.0/0]
      logs: [api, api]
    gpu_pools:
      l4: {max_gpus: 8}
    models:
      chat:
        version: v1
      chat-large:
        versions:
          v1: {pool: l4}
          v2:
            pool: l4-big
        traffic: {stable: v1, candidate: v2, percent: 10}
"""
RELEASES = {
    "chat/v1": "artifact:\n  digest: sha256:abc\n  uri: s3://bucket/chat/\n",
    "chat-large/v1": "artifact:\n  uri: s3://both/\n",
    "chat-large/v2": "artifact:\n  digest: sha256:def\n  uri: s3://both/\n",
}
FILE = "stacks/Pulumi.test.yaml"


@pytest.fixture
def origins(tmp_path):
    (tmp_path / "stacks").mkdir()
    (tmp_path / FILE).write_text(STACK, encoding="utf-8")
    for release, text in RELEASES.items():
        folder = tmp_path / "releases" / "models" / release
        folder.mkdir(parents=True)
        (folder / "release.yaml").write_text(text, encoding="utf-8")
    return Origins("test", tmp_path)


@pytest.mark.parametrize(
    ("component", "message", "file", "line"),
    [
        ("network", "no flow logs", FILE, 4),
        ("network", "range 10.0.0.0/16 is wide", FILE, 5),
        ("network", "range 10.0.0.0/160 is none of ours", FILE, 4),
        ("cluster", "reachable from 0.0.0.0/0", FILE, 7),
        ("cluster", "198.51.100.0/24 and 0.0.0.0/0 stand on one line", FILE, 7),
        ("cluster-addons", "no section of its own here", None, 0),
        ("gpu-l4", "8 is too short to name a line", FILE, 10),
        ("model-chat-v1", "anything", FILE, 12),
        ("model-chat-v1", "serves sha256:abc", "releases/models/chat/v1/release.yaml", 2),
        ("model-chat-large-v1", "anything", FILE, 16),
        ("model-chat-large-v2", "runs on l4-big", FILE, 18),
        ("model-chat-large", "anything", FILE, 14),
        ("model-chat-large", "serves sha256:def", "releases/models/chat-large/v2/release.yaml", 2),
        ("model-chat-large", "serves s3://both/", FILE, 14),
        ("model-gone-v1", "anything", None, 0),
    ],
)
def test_the_line_that_caused_it(origins, component, message, file, line):
    assert origins.of(component, message) == (Place(file=file, line=line) if file else None)


def test_a_value_on_two_lines_names_neither(tmp_path):
    (tmp_path / "stacks").mkdir()
    (tmp_path / FILE).write_text(
        "config:\n  slipway:settings:\n    mesh:\n      a: same\n      b: same\n", encoding="utf-8"
    )
    assert Origins("test", tmp_path).of("mesh", "it is same") == Place(file=FILE, line=3)


@pytest.mark.parametrize("text", [None, "config: [", "", "- 1\n", "\xff"])
def test_a_file_that_says_nothing_names_no_line(tmp_path, text):
    (tmp_path / "stacks").mkdir()
    if text is not None:
        (tmp_path / FILE).write_text(text, encoding="latin-1")
    assert Origins("test", tmp_path).of("network", "anything") is None


@pytest.mark.parametrize("stack", STACKS)
def test_every_component_of_a_committed_stack_has_its_line(stack):
    graph, origins = captured(stack).graph, Origins(stack, ROOT)
    components = {graph.component_of(r) for r in graph if r.type != "pulumi:pulumi:StackReference"}
    text = (ROOT / "stacks" / f"Pulumi.{stack}.yaml").read_text(encoding="utf-8").splitlines()
    for component in components:
        place = origins.of(component, "")
        assert place is not None, component
        assert text[place.line - 1].strip().startswith(f"{origins.section(component)[-1]}:")


def test_lines_are_counted_from_one_and_lists_have_theirs():
    assert values("a:\n  - x\n  - b: y\n") == [
        Value(path=("a",), line=1),
        Value(path=("a", "0"), line=2, text="x"),
        Value(path=("a", "1"), line=3),
        Value(path=("a", "1", "b"), line=3, text="y"),
    ]


def test_a_position_is_a_place():
    assert source_line("components/network/network.py:99") == Place(
        file="components/network/network.py", line=99
    )
    assert source_line("") is None
    assert source_line("no line") is None
