"""checkov missing, hanging, crashing or babbling: never a pass. The faults are played by small programs."""

import json
import sys
from datetime import date
from pathlib import Path

import pytest

from gate.checkov.asking import ask, server, shown_to_checkov
from gate.checkov.opinion import Opinion, not_asked
from gate.checkov.terraform_plan import as_plan
from gate.core.errors import GateError
from gate.evaluate.judgement import assess
from gate.report.report import EXIT_CODES
from policies.engine.graph import Graph
from tests.policies.cases import resource

QUEUE = resource("aws:sqs/queue:Queue", {"name": "q"}, "jobs")
POD = resource(
    "kubernetes:core/v1:Pod", {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p"}}, "pod"
)
ODD = resource("aws:odd/odd:Odd", {}, "odd")
GRAPH = Graph([QUEUE, POD, ODD])
SEEN = {"kubernetes": ["Pod.default.p"], "terraform_plan": ["aws_sqs_queue.jobs"]}
FINE = {
    "checks": {"kubernetes": 1, "terraform_plan": 1}, "seen": SEEN, "failed": [], "skipped": [], "errors": [],
}  # fmt: skip

ANSWERS = """\
import json, os, socket, sys, time
listening = socket.socket(fileno=int(sys.argv[1]))
connection, _ = listening.accept()
question = json.loads(connection.makefile().readline())
"""


@pytest.fixture
def asked(tmp_path):
    """The opinion of a program that plays checkov."""

    def run(program: str, graph: Graph = GRAPH, timeout: float = 30) -> Opinion:
        python = tmp_path / ".cache" / "checkov" / "bin" / "python"
        python.parent.mkdir(parents=True)
        python.symlink_to(sys.executable)
        (tmp_path / "tools").mkdir()
        (tmp_path / "tools" / "checkov_server.py").write_text(program, encoding="utf-8")
        with server(tmp_path) as address:
            return ask(address, graph, as_plan(graph), "kind: Pod\n", timeout)

    return run


def says(answer: object) -> str:
    text = answer if isinstance(answer, str) else json.dumps(answer)
    return f"{ANSWERS}connection.sendall({(text + chr(10)).encode()!r})\n"


FAULTS = {
    "crashes at once": ("raise SystemExit(3)", "Connection"),
    "crashes when asked": (ANSWERS + "os._exit(1)", "ValueError: it ended before its answer was complete"),
    "ends well without a word": (ANSWERS, "ValueError: it ended before its answer was complete"),
    "ends in the middle": (ANSWERS + "connection.sendall(b'{')", "ValueError: it ended before its answer was"),
    "babbles": (says("checkov 3.2 says hello"), "JSONDecodeError: Expecting value"),
    "says nothing": (says(""), "JSONDecodeError: Expecting value"),
    "is no text": (ANSWERS + "connection.sendall(b'\\xff\\n')", "UnicodeDecodeError: "),
    "answers a list": (says([]), "ValidationError: 1 validation error for _Answer"),
    "nests without end": (says("[" * 100_000), "RecursionError: "),
    "leaves something out": (says({"checks": {}}), "ValidationError: 4 validation errors for _Answer"),
    "says more than agreed": (says(FINE | {"passed": True}), "ValidationError: 1 validation error"),
    "counts in words": (says(FINE | {"checks": {"kubernetes": "1"}}), "ValidationError: 1 validation error"),
    "finds what is no finding": (says(FINE | {"failed": [{"check": "CKV_1"}]}), "ValidationError: 3 validation"),
    "names a fault": (says({"fault": "KeyError: 'x'"}), "ValueError: KeyError: 'x'"),
}  # fmt: skip


@pytest.mark.parametrize(("program", "said"), FAULTS.values(), ids=FAULTS)
def test_anything_but_a_complete_answer_is_a_fault(asked, program, said):
    opinion = asked(program)
    assert opinion.findings == ()
    assert len(opinion.faults) == 1
    assert opinion.faults[0].startswith(f"checkov gave no usable answer: {said}")


HANGING = {
    "never answers": ANSWERS + "time.sleep(60)",
    "never listens": "import time; time.sleep(60)",
    "drips": ANSWERS + "while True:\n    connection.sendall(b' ')\n    time.sleep(0.02)\n",
}


@pytest.mark.parametrize("program", HANGING.values(), ids=HANGING)
def test_a_hanging_checkov_is_a_fault_in_time(asked, program):
    assert asked(program, timeout=0.5).faults == ("checkov gave no usable answer: TimeoutError: timed out",)


def test_a_framework_that_evaluated_nothing_is_a_fault(asked):
    opinion = asked(says(FINE | {"checks": {"kubernetes": 5, "terraform_plan": 0}, "errors": ["x.yaml"]}))
    assert opinion.faults == (
        "checkov could not read x.yaml",
        "checkov evaluated nothing as terraform_plan, though there were 1 resources",
    )


@pytest.mark.parametrize("framework", SEEN)
def test_an_answer_for_fewer_resources_than_were_shown_is_a_fault(asked, framework):
    opinion = asked(says(FINE | {"seen": {**SEEN, framework: []}}))
    assert opinion.faults == (f"checkov left out 1 of the resources it was shown: {SEEN[framework][0]}",)


def test_what_no_check_is_for_may_be_left_out_and_is_said(asked):
    custom = resource(
        "kubernetes:serving.kserve.io/v1alpha2:LLMInferenceServiceConfig",
        {
            "apiVersion": "serving.kserve.io/v1alpha2",
            "kind": "LLMInferenceServiceConfig",
            "metadata": {"name": "c"},
        },
    )
    opinion = asked(says(FINE), Graph([*GRAPH, custom]))
    assert opinion.faults == ()
    assert "LLMInferenceServiceConfig.default.c, which checkov leaves out" in opinion.not_seen


def test_definitions_are_not_shown_and_that_is_said(asked):
    definition = resource(
        "kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition",
        {
            "apiVersion": "apiextensions.k8s.io/v1",
            "kind": "CustomResourceDefinition",
            "metadata": {"name": "d"},
        },
    )
    graph = Graph([*GRAPH, definition])
    assert shown_to_checkov(graph) == list(GRAPH)
    opinion = asked(says(FINE), graph)
    assert opinion.faults == ()
    assert "CustomResourceDefinition (1), of which checkov has no check" in opinion.not_seen


def test_nothing_to_evaluate_is_no_fault(asked):
    opinion = asked(says(FINE | {"checks": {}}), Graph([]))
    assert opinion == Opinion()


def test_findings_are_brought_home_to_their_resource(asked):
    def record(framework, name):
        return {"framework": framework, "check": "CKV_1", "name": "Ensure", "resource": name}

    failed = [
        record("terraform_plan", "aws_sqs_queue.jobs"),
        record("terraform_plan", "aws_sqs_queue.gone"),
        record("kubernetes", "Pod.default.p"),
        record("kubernetes", "Pod.default.p.p-pod (container 0)"),
    ]
    opinion = asked(
        says(FINE | {"failed": failed, "skipped": [record("terraform_plan", "aws_sqs_queue.jobs")]})
    )
    assert [(f.rule, f.level, f.urn, f.message) for f in opinion.findings] == [
        ("checkov:CKV_1", "mandatory", QUEUE.urn, "Ensure"),
        ("checkov:CKV_1", "mandatory", "", "Ensure"),
        ("checkov:CKV_1", "mandatory", POD.urn, "Ensure"),
        ("checkov:CKV_1", "mandatory", POD.urn, "Ensure"),
        ("checkov:CKV_1", "mandatory", QUEUE.urn, "skipped by a comment: Ensure"),
    ]
    assert opinion.findings[1].object == "aws_sqs_queue.gone"
    assert opinion.not_seen == ("aws:odd/odd:Odd (1) has no Terraform translation here",)


def test_a_missing_checkov_is_an_error(tmp_path: Path):
    with (
        pytest.raises(GateError, match=r"make preview installs it; --no-checkov does without it$"),
        server(tmp_path),
    ):
        pass


def test_a_checkov_that_cannot_be_started_is_an_error(tmp_path: Path):
    python = tmp_path / ".cache" / "checkov" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text("no program", encoding="utf-8")
    with pytest.raises(GateError, match=r"checkov cannot be started:"), server(tmp_path):
        pass


def test_a_fault_is_an_error_and_no_opinion_is_said():
    def verdict(opinion):
        return assess(
            Graph([]), subject="x", stack="x", today=date(2026, 11, 23), waivers={}, opinion=opinion
        )[0]  # fmt: skip

    broken = verdict(Opinion(faults=("checkov gave no usable answer: x",)))
    assert EXIT_CODES[broken.verdict] == 2
    silent = verdict(not_asked("switched off by --no-checkov"))
    assert silent.verdict == "pass"
    assert "checkov: switched off by --no-checkov" in silent.as_data()["not_seen"]
