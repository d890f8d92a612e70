"""From a finding to the line that caused it."""

import pytest

from gate.render.origins import Origins, Place, source_line
from gate.render.yaml_lines import Value, values
from policies.engine.evaluate import Finding
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


def said(path="", value=None, message="anything"):
    return Finding(rule="r", level="mandatory", urn="u", message=message, path=path, value=value)


@pytest.mark.parametrize(
    ("component", "finding", "file", "line"),
    [
        ("network", said(), FILE, 4),
        ("network", said("cidrBlock", "10.0.0.0/16"), FILE, 5),
        ("network", said("cidrBlock", "10.0.0.0/160"), FILE, 4),
        ("network", said(message="the range 10.0.0.0/16 is wide: texts are not searched"), FILE, 4),
        ("cluster", said("vpcConfig.publicAccessCidrs", ["198.51.100.0/24", "0.0.0.0/0"]), FILE, 7),
        ("cluster", said("logs[1]", "api"), FILE, 8),
        ("cluster-addons", said("x", "y"), None, 0),
        ("gpu-l4", said("spec.limits.maxGpus", 8), FILE, 10),
        ("gpu-l4", said("spec.limits.maxGpus", 9), FILE, 10),
        ("model-chat-v1", said("x", "y"), FILE, 12),
        ("model-chat-v1", said("spec.model.digest", "sha256:abc"), "releases/models/chat/v1/release.yaml", 2),
        ("model-chat-large-v1", said(), FILE, 16),
        ("model-chat-large-v2", said("spec.template.nodeSelector.pool", "l4-big"), FILE, 18),
        ("model-chat-large", said(), FILE, 14),
        ("model-chat-large", said("digest", "sha256:def"), "releases/models/chat-large/v2/release.yaml", 2),
        ("model-chat-large", said("spec.model.uri", "s3://both/"), FILE, 14),
        ("model-gone-v1", said("x", "y"), None, 0),
    ],
)
def test_the_line_that_caused_it(origins, component, finding, file, line):
    assert origins.of(component, finding) == (Place(file=file, line=line) if file else None)


def test_a_value_on_two_lines_is_told_by_its_key(tmp_path):
    (tmp_path / "stacks").mkdir()
    (tmp_path / FILE).write_text(
        "config:\n  slipway:settings:\n    mesh:\n      a: same\n      b_c: same\n", encoding="utf-8"
    )
    origins = Origins("test", tmp_path)
    assert origins.of("mesh", said("spec.other", "same")) == Place(file=FILE, line=3)
    assert origins.of("mesh", said("spec.bC", "same")) == Place(file=FILE, line=5)


@pytest.mark.parametrize("text", [None, "config: [", "", "- 1\n", "\xff"])
def test_a_file_that_says_nothing_names_no_line(tmp_path, text):
    (tmp_path / "stacks").mkdir()
    if text is not None:
        (tmp_path / FILE).write_text(text, encoding="latin-1")
    assert Origins("test", tmp_path).of("network", said()) is None


@pytest.mark.parametrize("stack", STACKS)
def test_every_component_of_a_committed_stack_has_its_line(stack):
    graph, origins = captured(stack).graph, Origins(stack, ROOT)
    components = {graph.component_of(r) for r in graph if r.type != "pulumi:pulumi:StackReference"}
    text = (ROOT / "stacks" / f"Pulumi.{stack}.yaml").read_text(encoding="utf-8").splitlines()
    for component in components:
        place = origins.of(component, said())
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
