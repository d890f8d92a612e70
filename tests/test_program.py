"""The committed stacks, end to end: what they are called, that they pass, that two runs say the same.

``tests/golden/urns/<stack>.txt`` holds what every resource is called. A line that changes means that Pulumi
would destroy one resource and make another: add an alias and a note in docs/upgrading.md, then write the
files again with ``python -m tests.make_golden``.
"""

import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
import yaml

from gate.checkov.opinion import not_asked
from gate.evaluate.apply_waivers import load_waivers
from gate.evaluate.judgement import assess
from policies.engine.graph import Graph
from stacks.load import read_stack
from tests.captured import STACKS, captured
from tests.conftest import ROOT
from tests.make_golden import GOLDEN, urns

TODAY = date(2026, 11, 28)
FILES = [
    "compliance.csv",
    "compliance.html",
    "manifests.yaml",
    "picture-narrow.svg",
    "picture.svg",
    "report.html",
    "report.json",
    "report.junit.xml",
    "report.md",
    "report.sarif",
    "rules.csv",
    "state.json",
    "summary.json",
    "tfplan.json",
]


def slipway(*arguments: str, before: tuple[str, ...] = ()) -> subprocess.CompletedProcess[str]:
    command = [*before, str(Path(sys.executable).with_name("slipway")), *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603 our own module


def written(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


@pytest.mark.parametrize("stack", STACKS)
def test_a_committed_stack_passes_with_nothing_undecided(stack):
    report, _ = assess(
        captured(stack).graph,
        subject=stack,
        stack=stack,
        today=TODAY,
        waivers=load_waivers(ROOT / "policies" / "waivers.yaml"),
        opinion=not_asked("not asked"),
    )
    assert len(report.resources) > 10
    assert report.decided > len(report.resources)
    assert [f"{f.urn} {f.rule}: {f.message}" for f in report.open_findings] == []
    assert [f"{u.urn} {u.rule}: {u.message}" for u in report.undecided] == []
    assert report.faults == ()
    assert report.verdict == "pass"


@pytest.mark.parametrize("stack", STACKS)
def test_nothing_is_renamed_unnoticed(stack):
    expected = (GOLDEN / "urns" / f"{stack}.txt").read_text(encoding="utf-8")
    assert urns(stack) == expected, "what resources are called has changed; see the docstring of this file"


def test_there_are_no_names_of_stacks_that_are_gone():
    assert sorted(p.stem for p in (GOLDEN / "urns").glob("*")) == STACKS


def test_logical_names_hold_no_environment_region_or_account():
    said = [
        r.urn for name in STACKS for r in captured(name).graph
        if r.type != "pulumi:pulumi:StackReference"
        and ({"dev", "staging", "prod"} & set(r.name.split("-")) or "111122223333" in r.name or "eu-central" in r.name)
    ]  # fmt: skip
    assert said == []


@pytest.mark.parametrize("stack", STACKS)
def test_every_resource_has_a_provider_of_the_program(stack):
    graph = captured(stack).graph
    own = {r.urn for r in graph if r.type.startswith("pulumi:providers:")}
    assert [
        r.urn for r in graph
        if r.custom and r.type.startswith(("aws:", "kubernetes:")) and r.provider.rpartition("::")[0] not in own
    ] == []  # fmt: skip


@pytest.mark.parametrize("folder", [".", "examples", "bootstrap"])
def test_no_project_has_default_providers(folder):
    project = yaml.safe_load((ROOT / folder / "Pulumi.yaml").read_text(encoding="utf-8"))
    assert project["config"] == {"pulumi:disable-default-providers": ["*"]}


def test_the_order_of_resources_does_not_matter():
    graph = captured("dev").graph
    settings = {
        "subject": "dev", "stack": "dev", "today": TODAY, "waivers": {}, "opinion": not_asked("not asked"),
    }  # fmt: skip
    forward, _ = assess(graph, **settings)
    backward, _ = assess(Graph(reversed(graph.resources), graph.elsewhere), **settings)
    one, other = forward.as_data(), backward.as_data()
    assert one == other


def test_two_runs_are_byte_identical_and_one_of_them_has_no_network(tmp_path):
    """The first run in an empty network namespace where the machine allows one."""
    unshare = shutil.which("unshare")
    alone = (unshare or "", "-rn")
    allowed = unshare and subprocess.run([*alone, "true"], capture_output=True, check=False).returncode == 0  # noqa: S603 a probe
    ask = ("preview", "--no-checkov", "--today=2026-11-28", "--output")
    first = slipway(*ask, str(tmp_path / "a"), before=alone if allowed else ())
    second = slipway(*ask, str(tmp_path / "b"))
    assert (first.returncode, first.stdout.replace(str(tmp_path / "a"), "")) == (
        0,
        second.stdout.replace(str(tmp_path / "b"), ""),
    ), first.stderr
    one, other = written(tmp_path / "a"), written(tmp_path / "b")
    settings = {stack: read_stack(stack).settings for stack in STACKS}
    pages = {
        stack: [
            *(f"models/{name}.html" for name in said.models),
            *(f"agents/{name}.html" for name in said.agents),
        ]
        for stack, said in settings.items()
    }
    expected = {f"{stack}/{file}" for stack in STACKS for file in (*FILES, *pages[stack])}
    assert set(one) == {"index.html", *expected}
    assert one == other
    if not allowed:
        pytest.skip("both runs are equal, but no network namespace may be made here")
