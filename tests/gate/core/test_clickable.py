"""Messages say the line of what they name."""

import pytest

from gate.core.clickable import clickable

STACK = "config:\n  slipway:settings:\n    platform:\n      region: nowhere\n"
DEV, M = "stacks/Pulumi.dev.yaml", "releases/models/m/v1/release.yaml"
RECORD = "model: m\n\ndata:\n  residency: [x]\n"


@pytest.fixture
def root(tmp_path):
    for name, text in (("stacks/Pulumi.dev.yaml", STACK), ("releases/models/m/v1/release.yaml", RECORD)):
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).write_text(text)
    return tmp_path


@pytest.mark.parametrize(
    ("said", "with_line"),
    [
        ("stacks/Pulumi.dev.yaml: platform.region: is none", "stacks/Pulumi.dev.yaml:4: platform.region: is none"),
        (f"{DEV}: models.m.v1: {M}: data.residency: no (got 'x')",
         f"{DEV}:2: models.m.v1: {M}:4: data.residency: no (got 'x')"),
        ("stacks/Pulumi.dev.yaml: config.other: unknown key", "stacks/Pulumi.dev.yaml:1: config.other: unknown key"),
        ("stacks/Pulumi.gone.yaml: x: y", "stacks/Pulumi.gone.yaml: x: y"),
        ("releases/models/m/v1/events: no approval", "releases/models/m/v1/events: no approval"),
        ("stacks/Pulumi.dev.yaml: line 3, column 1: damaged", "stacks/Pulumi.dev.yaml: line 3, column 1: damaged"),
    ],
)  # fmt: skip
def test_a_file_and_a_path_get_a_line(root, said, with_line):
    assert clickable(root, [said]) == [with_line]
