"""The walk of docs/releases.md: a second version from its files to a canary, in as many edits and commands."""

import re

from facts.explain import placeholders
from facts.strict_yaml import load
from facts.yaml_edit import changed
from stacks.load import read_stack
from tests.conftest import ROOT
from tests.gate.cli.organisation import commit, files, organisation, run

ANSWERS = {
    ("origin", "revision"): "0.2.0",
    ("origin", "source"): "PyPI, wheel 0.2.0",
    ("origin", "notes"): "The package names no upstream revision.",
    ("evaluations", 0, "value"): 0.87,
}
DAY = "--today=2026-12-01"


def commands_of_the_walk():
    """The commands that the page prints, without their comments."""
    page = (ROOT / "docs" / "releases.md").read_text(encoding="utf-8").partition("step by step")[2]
    block = page.partition("```\n")[2].partition("```")[0]
    return [line.partition("#")[0].strip() for line in block.splitlines()]


def words_of(line, folder):
    """What stands behind ``slipway`` in a line of the page."""
    found = [a or b for a, b in re.findall(r"'([^']*)'|(\S+)", line)]
    return [str(folder) if word == "FOLDER" else word for word in found[1:]]


def test_a_second_version_reaches_its_canary(tmp_path, monkeypatch):
    walk = commands_of_the_walk()
    root, folder = organisation(tmp_path / "mine"), files(tmp_path / "files")
    monkeypatch.setattr("gate.cli.release_upload._aws", lambda _: "[]")
    assert len(walk) + 1 <= 8  # with `make preview`
    assert walk[-1] == "slipway preview dev"
    new, *life = walk[:-1]
    assert run(*words_of(new, folder), f"--from={root}", DAY)[0] == 0
    record = root / "releases/models/minilm/v2/release.yaml"
    open_ones = list(placeholders(load(record.read_text(), "v2")))
    assert len(open_ones) <= 5
    text = record.read_text()
    for path, answer in ANSWERS.items():
        text = changed(text, path, answer)
    record.write_text(text)
    for line in life:
        words = [*words_of(line, folder), f"--from={root}"]
        if "upload" in words:
            words.remove("--run")
        code, out = run(*words, *([DAY] if {"review", "approve", "evaluate"} & set(words) else []))
        assert (code, line) == (0, line), out
    commit(root, "2026-12-01T10:00:00+00:00")
    stack = read_stack("dev", root / "stacks")
    assert stack.settings.models["minilm"].traffic.percent_of("v2") == 1
    assert [r.release.version for r in stack.releases if r.release.model == "minilm"] == ["v1", "v2"]
