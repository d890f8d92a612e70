"""A report in other clothes: exact Markdown, JSON with secrets masked, plain text without colours in a pipe."""

import io
import json
import re

import yaml
from rich.console import Console

from gate.render.exports import as_manifests, as_state
from gate.render.json_text import as_json
from gate.render.markdown import as_markdown
from gate.render.terminal import show
from gate.report.report import Exposure, NotSeen, Permission, Report, Start
from policies.engine.evaluate import Finding, Undecided
from policies.engine.graph import UNKNOWN
from tests.conftest import ROOT
from tests.policies.cases import resource

HOSTILE = "a|b\n<img src=x>\x1b[31m[red]"
QUEUE = resource(
    "aws:sqs/queue:Queue", {"name": "q", "key": "hidden", "later": UNKNOWN}, "jobs", protect=True
)
POD = resource(
    "kubernetes:core/v1:Pod", {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p"}}, "pod", parent=QUEUE.urn
)  # fmt: skip


def report(**changes):
    given = {
        "subject": "stack test", "judged_on": "2026-11-23", "resources": (QUEUE, POD), "decided": 2,
        "components": {QUEUE.urn: "jobs", POD.urn: "jobs"},
        "findings": (
            Finding(rule="b-advice", level="advisory", urn=QUEUE.urn, message="could be better", fix="do"),
            Finding(rule="a-rule", level="mandatory", urn=QUEUE.urn, message=HOSTILE, fix="mend it"),
            Finding(rule="a-rule", level="mandatory", urn="gone", message="known", waiver="w (ml, until 2027-01-01)"),
        ),
        "undecided": (Undecided(rule="c-rule", level="mandatory", urn=POD.urn, message="spec is not known yet"),),
        "not_seen": tuple(NotSeen(why="types no rule knows", what=what) for what in ("a (1)", "b (2)")),
        "permissions": (
            Permission(identity="role", actions=("s3:Get*", "s3:Put*"), resources=("a",), conditions=("k is v",)),
        ),
        "exposures": (Exposure(what="gateway", source="0.0.0.0/0", detail="HTTPS 443"),),
        "starts": (Start(model="chat-v1", order=0, what="s3: 5 s <b>"),),
        "unpinned": ("image a:1",),
    }  # fmt: skip
    return Report(**given | changes)


def test_markdown_is_exactly_this():
    golden = ROOT / "tests" / "golden" / "report.md"
    assert as_markdown(report()) == golden.read_text(encoding="utf-8")


def test_markdown_says_that_it_could_not_be_judged_before_all_else():
    text = as_markdown(report(faults=("rule x on y: KeyError",)))
    assert text.startswith("# stack test: 💥 could not be judged\n")
    assert "## Faults\n\n- rule x on y: KeyError\n" in text


def test_nothing_found_is_short():
    text = as_markdown(Report(subject="files", judged_on="2026-11-23", resources=()))
    assert text.startswith("# files: ✅ passes\n")
    assert "## Findings" not in text
    assert "## Undecided" not in text


def test_no_text_breaks_out_of_its_cell():
    for line in as_markdown(report()).splitlines():
        assert "<img" not in line
        assert "\x1b" not in line
        if line.startswith("| mandatory | `a-rule`"):
            assert line.replace("\\|", "").count("|") == 7


def test_a_subject_is_a_text_too():
    assert as_markdown(report(subject="a\n# b <b>")).splitlines()[0] == "# a #&#8203; b &lt;b&gt;: ❌ fails"


def test_json_masks_secrets_and_names_what_is_unknown():
    masked = resource("aws:sqs/queue:Queue", QUEUE.inputs, "jobs", secret_properties=frozenset({"key"}))
    data = json.loads(as_json(report(resources=(masked,)).as_data()))
    assert data["resources"][0]["inputs"] == {"name": "q", "key": "[secret]", "later": "[unknown]"}


def test_what_a_secret_of_kubernetes_holds_is_never_shown():
    manifest = {
        "apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s"}, "data": {"a": "aGk="},
        "stringData": {"b": "hi"},
    }  # fmt: skip
    secret = resource("kubernetes:core/v1:Secret", manifest, "s")
    text = as_json(report(resources=(secret,)).as_data()) + as_manifests([secret])
    assert "aGk=" not in text
    assert (
        "hi"
        not in json.loads(as_json(report(resources=(secret,)).as_data()))["resources"][0]["inputs"].values()
    )
    assert yaml.safe_load(as_manifests([secret]))["stringData"] == {"b": "[secret]"}


def test_manifests_hold_every_object_and_nothing_else():
    assert list(yaml.safe_load_all(as_manifests([QUEUE, POD]))) == [POD.inputs]
    assert as_manifests([QUEUE]) == ""


def test_a_state_lists_parents_first():
    state = as_state([POD, QUEUE], "test")["deployment"]["resources"]
    assert [r["urn"].rpartition("::")[2] for r in state] == ["slipway-test", "jobs", "pod"]
    assert state[1]["protect"] is True


def printed(shown, *, details=True, **console):
    out = io.StringIO()
    show(shown, Console(file=out, width=160, **console), details=details)
    return out.getvalue()


def test_text_in_a_pipe_has_no_colours_and_says_everything():
    text = printed(report())
    assert "\x1b" not in text
    lines = [line.rstrip() for line in text.splitlines()]
    assert lines[0] == (
        "stack test: fails  2 resources, 2 verdicts, 1 mandatory findings, 1 advisory, 1 waived, 1 undecided"
    )
    assert "  undecided c-rule: kubernetes:core/v1:Pod pod: spec is not known yet" in lines
    assert "    fix: mend it" in lines
    assert "  types no rule knows (2): a (1); b (2)" in lines
    assert any(line.startswith("gateway") and "0.0.0.0/0" in line for line in lines)


def test_no_colour_where_none_is_wanted(monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")
    text = printed(report(), force_terminal=True)
    assert re.findall(r"\x1b\[[0-9;]*3[0-9]m", text) == []


def test_names_cannot_steer_a_terminal_nor_speak_rich():
    text = printed(
        report(subject="[bold]x[/bold]\x1b[2J", resources=(resource("t", {}, "\x1b]0;evil\x07[red]"),))
    )
    assert "\x1b" not in text
    assert "\x07" not in text
    assert text.startswith("[bold]x[/bold]")


def test_without_details_only_what_needs_an_answer_is_said():
    text = printed(report(), details=False)
    assert "components" not in text
    assert "not seen" not in text
    assert "a-rule" in text
