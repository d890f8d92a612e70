"""A project file says which program runs, on what: what the gate does not judge of it is a problem."""

from pathlib import Path

import pytest

from gate.capture.chosen import chosen
from gate.capture.project_file import project_problems
from gate.core.checkout import ROOT
from gate.core.errors import GateError

GOOD = (ROOT / "Pulumi.yaml").read_text(encoding="utf-8")
WRONG = {
    "another program": ("main: .cache/other", ["main: .cache/other is another program than the one that is judged"]),
    "a plugin": (
        "plugins: {providers: [{name: aws, path: ./bin}]}",
        ["plugins: its providers are programs that nobody here checked"],
    ),
    "packages": ("packages: {x: y}", ["packages: its providers are programs that nobody here checked"]),
    "an unknown key": ("refresh: always", ["refresh: unknown key: nobody judges what it changes"]),
    "another backend": (
        "backend: {url: 'https://e.example'}",
        ["backend.url: must be an s3:// bucket, which the bootstrap makes (got 'https://e.example')"],
    ),
}  # fmt: skip
REPLACED = {
    "configuration": (
        "config:\n",
        "config:\n  slipway:breakGlass: true\n",
        "config.slipway:breakGlass: no stack file says it, so nobody judges what it changes",
    ),
    "providers of the shell": (
        '["*"]',
        "[]",
        (
            "config.pulumi:disable-default-providers: must be ['*']: a resource without a provider goes to wherever "
            "the shell points"
        ),
    ),
    "another folder of stacks": (
        "stackConfigDir: stacks",
        "stackConfigDir: other",
        "stackConfigDir: must be 'stacks', whose files are judged (got 'other')",
    ),
    "another name": (
        "name: slipway",
        "name: other",
        "name: must be 'slipway', of which configuration keys are made (got 'other')",
    ),
    "another environment": (
        "virtualenv: .venv",
        "virtualenv: /opt/venv",
        "runtime.options.virtualenv: must be the checkout's .venv (got '/opt/venv')",
    ),
    "another installer": (
        "toolchain: pip",
        "toolchain: poetry",
        "runtime.options.toolchain: must be 'pip' (got 'poetry')",
    ),
    "another language": (
        "name: python",
        "name: nodejs",
        (
            "runtime.name: must be 'python', as the gate runs the program (got {'name': 'nodejs', 'options': "
            "{'toolchain': 'pip', 'virtualenv': '.venv'}})"
        ),
    ),
}


def problems(text: str, folder: Path) -> list[str]:
    (folder / "Pulumi.yaml").write_text(text, encoding="utf-8")
    return project_problems(folder, folder, "slipway")


@pytest.mark.parametrize(("line", "said"), WRONG.values(), ids=WRONG)
def test_what_nobody_judges_is_refused(line, said, tmp_path):
    assert problems(f"{GOOD}{line}\n", tmp_path) == [f"Pulumi.yaml: {one}" for one in said]


@pytest.mark.parametrize(("old", "new", "said"), REPLACED.values(), ids=REPLACED)
def test_what_must_be_said_is_said(old, new, said, tmp_path):
    assert problems(GOOD.replace(old, new, 1), tmp_path) == [f"Pulumi.yaml: {said}"]


@pytest.mark.parametrize("text", ["", "[]", "a: b: c", "name: slipway\nname: slipway"])
def test_a_broken_one_is_one_problem(text, tmp_path):
    assert len(problems(text, tmp_path)) == 1


def test_committed_ones_are_as_they_must_be_and_none_is_none(tmp_path):
    assert project_problems(ROOT, ROOT, "slipway") == []
    assert project_problems(ROOT / "examples", ROOT, "slipway") == []
    assert project_problems(ROOT / "bootstrap", ROOT / "bootstrap", "slipway-bootstrap") == []
    assert project_problems(tmp_path, ROOT, "slipway") == []


def test_it_ends_a_preview(tmp_path):
    (tmp_path / "stacks").symlink_to(ROOT / "stacks")
    (tmp_path / "Pulumi.yaml").write_text(f"{GOOD}plugins: {{}}\nmain: {ROOT}\n", encoding="utf-8")
    with pytest.raises(GateError) as error:
        chosen(["dev"], tmp_path)
    assert "Pulumi.yaml: plugins: its providers are programs that nobody here checked" in error.value.problems
