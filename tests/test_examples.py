"""The examples are an organisation like any other: same program, same rules, nothing waived for them."""

import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from gate.checkov.opinion import not_asked
from gate.evaluate.apply_waivers import load_waivers
from gate.evaluate.judgement import assess
from releases.load import load_releases
from tests.captured import EXAMPLES, EXAMPLES_FOLDER, STACKS, captured

RELEASES = load_releases(EXAMPLES_FOLDER / "releases" / "models")
MODELS = ["chat-70b", "chat-8b", "embedding", "income", "reranker", "sentiment"]


@pytest.mark.parametrize("stack", EXAMPLES)
def test_an_example_passes_with_nothing_undecided_and_no_waiver_but_of_charts(stack):
    """What charts install is of others: the platform accepts it in every stack, by chart and with a reason."""
    accepted = load_waivers(Path(__file__).parent.parent / "policies" / "waivers.yaml")
    report, _ = assess(
        captured(stack).graph,
        subject=stack,
        stack=stack,
        today=date(2026, 11, 28),
        waivers={name: waiver for name, waiver in accepted.items() if waiver.chart is not None},
        opinion=not_asked("not asked"),
    )
    assert report.decided > len(report.resources) > 100
    assert [f"{f.urn} {f.rule}: {f.message}" for f in report.open_findings] == []
    assert [f"{u.urn} {u.rule}: {u.message}" for u in report.undecided] == []
    assert report.verdict == "pass"


def test_no_example_is_called_as_a_committed_stack():
    """Their reports stand side by side, and waivers name stacks of both."""
    assert EXAMPLES == ["examples", "examples-blue-green", "examples-canary", "trial"]
    assert set(EXAMPLES) & set(STACKS) == set()


def test_every_kind_of_model_stands_in_both_variants_and_has_its_page():
    assert sorted(RELEASES) == MODELS
    assert sorted(p.stem for p in EXAMPLES_FOLDER.glob("*.md")) == sorted([*MODELS, "README"])
    assert {m: sorted(versions) for m, versions in RELEASES.items()} == {
        model: ["v1", "v2", "v3"] for model in MODELS
    }
    index = (EXAMPLES_FOLDER / "README.md").read_text(encoding="utf-8")
    assert [m for m in MODELS if f"[{m}]({m}.md)" not in index] == []


def test_no_record_pretends_to_be_genuine():
    loaded = [release for versions in RELEASES.values() for release in versions.values()]
    assert {one.release.provenance for one in loaded} == {"illustrative"}
    weights = {"float32": 4, "bfloat16": 2}
    said = {one.release.identity: one.release.artifact for one in loaded}
    assert {i: a.size_bytes - a.parameters * weights[a.precision] for i, a in said.items()} == dict.fromkeys(
        said, 0
    )


@pytest.mark.parametrize(
    ("stack", "shares"),
    [("examples-canary", {"v1": 90, "v2": 10}), ("examples-blue-green", {"v1": 0, "v3": 100})],
)
def test_all_versions_run_and_traffic_is_what_the_stack_file_says(stack, shares):
    graph = captured(stack).graph
    services = {
        r.object["metadata"]["name"]: r.object["spec"] for r in graph if r.type.endswith(":InferenceService")
    }
    assert sorted(services) == ["embedding", "income", "reranker", "sentiment"]
    stable = max(shares, key=lambda version: shares[version])
    for spec in services.values():
        (canary,) = spec["canary"]
        assert spec["predictor"]["name"] == stable
        assert {canary["predictor"]["name"]: canary["trafficPercent"]} == {
            version: share for version, share in shares.items() if version != stable
        }
    llms = {r.object["metadata"]["name"] for r in graph if r.type.endswith(":LLMInferenceService")}
    assert llms == {f"{model}-{version}" for model in ("chat-8b", "chat-70b") for version in shares}


def test_the_command_finds_them_from_anywhere(tmp_path):
    command = [
        str(Path(sys.executable).with_name("slipway")),
        "config",
        "check",
        "--from",
        str(EXAMPLES_FOLDER),
    ]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)  # noqa: S603 our own
    assert (done.returncode, done.stdout) == (0, f"4 stacks are well-formed: {', '.join(EXAMPLES)}\n"), (
        done.stderr
    )


def test_comparing_with_a_base_is_about_this_checkouts_own_stacks(tmp_path):
    command = [
        str(Path(sys.executable).with_name("slipway")),
        "preview",
        "--against=HEAD",
        f"--from={EXAMPLES_FOLDER}",
    ]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)  # noqa: S603 our own
    assert done.returncode == 2
    assert "--against compares this checkout's own stacks: leave out --from" in done.stderr


def test_the_variants_are_said_in_the_records():
    strategies = {
        v: {versions[v].release.rollout.strategy for versions in RELEASES.values()} for v in ("v2", "v3")
    }
    assert strategies == {"v2": {"canary"}, "v3": {"blue-green"}}
