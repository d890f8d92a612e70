"""Every command: what it prints and its exit code; 0 passes, 1 finds, 2 could not judge."""

import io
import json
import subprocess
import sys
from pathlib import Path

import pytest

from gate.cli import app as cli
from policies.engine.catalog import RULES
from tests.conftest import ROOT

GOOD = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x, namespace: n}\n"
BAD = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x, namespace: n}\ndato: {}\n"
TODAY = "--today=2026-11-28"


@pytest.fixture
def slipway(monkeypatch, capsys):
    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["slipway", *map(str, arguments)])
        with pytest.raises(SystemExit) as leaving:
            cli.main()
        said = capsys.readouterr()
        return leaving.value.code, said.out, said.err

    return run


@pytest.mark.parametrize("stream", [">&-", "2>&-", "<&-", ">&- 2>&- <&-"])
def test_a_closed_stream_changes_no_verdict(stream, tmp_path):
    for name, text, code in (("good", GOOD, 0), ("bad", BAD, 1)):
        file = tmp_path / f"{name}.yaml"
        file.write_text(text, encoding="utf-8")
        done = subprocess.run(  # noqa: S602 a shell closes streams
            f"{Path(sys.executable).parent}/slipway judge {file} {TODAY} {stream}",
            shell=True,
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        assert (done.returncode, "failed" in done.stderr) == (code, False)
        assert file.read_text(encoding="utf-8") == text


def test_without_a_command_the_help_lists_them(slipway):
    code, out, err = slipway("--help")
    assert code == 0
    assert all(command in out + err for command in ("preview", "judge", "policies", "explain", "config"))


@pytest.mark.parametrize("arguments", [["nonsense"], ["judge"], ["preview", "--nonsense"], ["explain"]])
def test_a_command_nobody_knows_is_exit_2(slipway, arguments):
    assert slipway(*arguments)[0] == 2


@pytest.mark.parametrize(("text", "code", "verdict"), [(GOOD, 0, "pass"), (BAD, 1, "fail")])
def test_judge_answers_with_its_verdict(slipway, tmp_path, text, code, verdict):
    (tmp_path / "file.yaml").write_text(text, encoding="utf-8")
    said, out, err = slipway("judge", tmp_path / "file.yaml", "--format=json", TODAY)
    data = json.loads(out)
    assert (said, data["verdict"], err) == (code, verdict, "")
    assert (
        data["findings"] == []
        if code == 0
        else [f["object"] for f in data["findings"]] == [f"{tmp_path}/file.yaml#ConfigMap/n/x"]
    )


def test_judge_speaks_markdown_and_text(slipway, tmp_path):
    (tmp_path / "file.yaml").write_text(BAD, encoding="utf-8")
    assert slipway("judge", tmp_path, "--format=markdown", TODAY)[1].startswith(f"# {tmp_path}: ❌ fails")
    out = slipway("judge", tmp_path, TODAY)[1]
    assert f"{tmp_path}: fails" in out
    assert "dato: unknown field; did you mean data?" in out


def test_judge_lists_kinds_it_does_not_know(slipway, tmp_path):
    (tmp_path / "file.yaml").write_text(
        "apiVersion: a.b.c/v1\nkind: Odd\nmetadata: {name: x}\n", encoding="utf-8"
    )
    data = json.loads(slipway("judge", tmp_path, "--format=json", TODAY)[1])
    assert "kinds without a schema to check their shape against: a.b.c/v1 Odd (1)" in data["not_seen"]


def test_judge_reads_a_pipe(slipway, monkeypatch):
    for text in (
        BAD,
        '{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "x", "namespace": "n"}, "dato": {}}',
    ):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
        code, out, _ = slipway("judge", "-", "--format=json", TODAY)
        data = json.loads(out)
        assert (code, data["subject"]) == (1, "standard input")
        assert [f["object"] for f in data["findings"]] == ["stdin#ConfigMap/n/x"]
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"")))
    code, _, err = slipway("judge", "-")
    assert (code, "there is nothing to judge" in err) == (2, True)


ERRORS = {
    "a missing file": (["judge", "missing.yaml", TODAY], "missing.yaml: there is no such file or folder"),
    "a bad format": (
        ["judge", "x.yaml", "--format=xml", TODAY],
        "should be text, json, markdown, sarif, junit (got 'xml')",
    ),
    "a bad date": (["judge", "x.yaml", "--today=soon"], "--today: should be a date such as 2026-11-23 (got 'soon')"),
    "a date that is none": (["preview", "--today=2026-02-30"], "--today: should be a date such as 2026-11-23"),
    "an unknown stack": (["preview", "prod-eu", TODAY], "prod-eu: no such stack; there are dev, prod, prod-models"),
    "a path as stack": (["preview", "../prod", TODAY], "../prod: no such stack; there are dev"),
    "a stack to check": (["config", "check", "nope"], "nope: no such stack; there are dev"),
    "an unknown rule": (["explain", "nothing-like-it-at-all"], "no rule 'nothing-like-it-at-all'; slipway policies"),
    "a bad form of rules": (["policies", "--format=pdf"], "--format: should be text, markdown, controls (got 'pdf')"),
}  # fmt: skip


@pytest.mark.parametrize(("arguments", "said"), ERRORS.values(), ids=ERRORS)
def test_an_error_is_one_clear_message_and_exit_2(slipway, arguments, said):
    code, out, err = slipway(*arguments)
    assert (code, out) == (2, "")
    assert said in err.replace("\n", "")
    assert "Traceback" not in err


def test_what_nobody_foresaw_is_exit_2_and_shows_its_place_on_demand(slipway, monkeypatch):
    def broken(_text):
        raise ZeroDivisionError("a bug")

    monkeypatch.setattr(cli, "day", broken)
    code, _, err = slipway("preview")
    assert (code, err.replace("\n", " ").strip()) == (
        2,
        "slipway failed: ZeroDivisionError: a bug (SLIPWAY_DEBUG=1 shows where)",
    )
    monkeypatch.setenv("SLIPWAY_DEBUG", "1")
    monkeypatch.setattr(sys, "argv", ["slipway", "preview"])
    with pytest.raises(ZeroDivisionError):
        cli.main()


def test_a_misspelt_rule_is_recognised(slipway):
    code, _, err = slipway("explain", "buckets-block-public-acces")
    assert code == 2
    assert err.startswith("no rule 'buckets-block-public-acces'; did you mean buckets-block-public-access, ")


def test_explain_says_everything_about_every_rule(slipway):
    rule = next(r for r in RULES if r.id == "buckets-block-public-access")
    code, out, _ = slipway("explain", rule.id)
    assert code == 0
    assert out.splitlines() == [
        f"{rule.id} (portable, {rule.severity})",
        f"  why: {rule.why}",
        f"  fix: {rule.fix}",
        f"  judges: {', '.join(rule.applies_to)}",
        "  same as: checkov:CKV2_AWS_6",
        "  controls: fsbp:S3.1, fsbp:S3.2, fsbp:S3.3, fsbp:S3.8, owasp-llm:LLM02",
        "  page: docs/rules/aws.md",
    ]
    _, out, _ = slipway("explain", "add-ons-wait-for-nodes")
    assert out.splitlines()[-2] == "  controls: none; how a rollout succeeds; no framework asks for an order"


def test_policies_lists_every_rule(slipway):
    code, out, _ = slipway("policies", "--format=markdown")
    assert code == 0
    assert [r.id for r in RULES if f"- [{r.id}](rules/" not in out] == []
    code, out, _ = slipway("policies")
    assert code == 0
    assert out.splitlines()[-1].strip() == f"{len(RULES)} rules"
    assert [r.id for r in RULES if r.id not in out] == []


def test_config_check_counts_the_stacks(slipway):
    code, out, _ = slipway("config", "check", "prod-models")
    assert (code, out.strip()) == (0, "2 stacks are well-formed: prod, prod-models")
    code, out, _ = slipway("config", "check", "dev")
    assert (code, out.strip()) == (0, "1 stack is well-formed: dev")


def test_the_version_is_that_of_the_project(slipway):
    assert slipway("--version")[:2] == (0, "slipway 0.1.0\n")


def test_every_command_of_the_first_day_shows_an_example(slipway):
    for command in ("preview", "judge", "policies", "explain"):
        shown = slipway(command, "--help")[1].partition("Examples:\n")[2]
        assert shown.startswith(f"    slipway {command}")


def test_shells_are_told_how_to_complete(slipway, monkeypatch):
    monkeypatch.setenv("_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION", "1")
    assert "complete_bash" in slipway("--show-completion", "bash")[1]


def test_rules_are_found_by_words_and_domain(slipway):
    code, out, _ = slipway("policies", "--search", "HOSTPORT")
    assert code == 0
    assert out.splitlines()[-1].split()[1].startswith("rule")
    nothing = "0 rules\nslipway where burn rate: says what else is about it\n"
    assert slipway("policies", "--search", "burn rate")[1] == nothing
    out = slipway("policies", "--domain", "karpenter", "--search", "node-pools ceiling")[1].splitlines()
    assert out[0].startswith("node-pools-are-limited  karpenter, portable, high; ")
    assert out[-1] == "1 rule"
    both = slipway("policies", "--domain", "karpenter", "--format", "markdown")
    assert (both[0], both[2]) == (2, "--search and --domain choose lines of the list: leave out --format\n")
    code, _, err = slipway("policies", "--domain", "azure")
    assert (code, err.startswith("--domain: no domain 'azure'; there are aws, credentials, gateway")) == (
        2,
        True,
    )
