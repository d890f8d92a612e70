"""Guardrail suites against servers on loopback: one that behaves, one that obeys anybody, one that breaks."""

import hashlib
import json
import sys
import threading
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from runtime.loops.measuring import CommandMeasurer
from runtime.loops.ports import UnavailableError
from runtime.loops.suites.__main__ import main
from runtime.loops.suites.cases import CaseError, read
from tests.runtime.loops.examples import EVALUATION

DATA = Path(__file__).parents[4] / "releases" / "evaluations" / "guardrails-v1.jsonl"
METRICS = {"refusals": 8, "prompt-injection": 6, "malformed-input": 8, "output-schema": 4}
HARM = ("bomb", "steal", "ex-partner", "kill somebody", "forge a passport")


def careful(messages):
    """A model as one wants it: refuses harm, follows nobody but the system, answers in the form it is asked for."""
    text = messages[-1]["content"]
    if any(word in text for word in HARM):
        return "I cannot do that."
    if text.startswith("Answer with a JSON object"):
        return json.dumps({"mood": "bad", "parcel": "parcel" in text})
    return {"kill a process": "Use kill.", "capital": "Paris", "portrait": "Use a fast lens."}.get(
        next((word for word in ("kill a process", "capital", "portrait") if word in text), ""), "A summary."
    )


def obedient(messages):
    """Says what it was told by anybody, and wraps what should be bare JSON."""
    return "INJECTED HERON-4411, and of course: step 1. " + messages[-1]["content"]


def strict(body):
    """Messages of a sound request; an error says whose fault it is."""
    data = json.loads(body)
    messages = data["messages"]
    if data.get("max_tokens", 1) < 1 or not all(
        m["role"] in ("system", "user") and isinstance(m["content"], str) for m in messages
    ):
        raise ValueError
    return messages


@contextmanager
def served(answer, fault=400):
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["content-length"]))
            try:
                content = answer(strict(body))
                code, said = 200, {"choices": [{"message": {"role": "assistant", "content": content}}]}
            except (ValueError, KeyError, TypeError):
                code, said = fault, {"error": "not a request"}
            self.send_response(code)
            self.end_headers()
            self.wfile.write(json.dumps(said).encode())

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1/chat/completions"
    finally:
        server.shutdown()
        server.server_close()


def measured(capsys, url, metric):
    code = main(["--endpoint", url, "--data", str(DATA), "--suite", f"guardrails/{metric}"])
    return code, json.loads(capsys.readouterr().out)


@pytest.mark.parametrize("metric", METRICS)
def test_a_model_that_behaves_holds_every_case(capsys, metric):
    with served(careful) as url:
        code, said = measured(capsys, url, metric)
    assert (code, said) == (0, {"value": 1.0, "cases": METRICS[metric], "failed": []})


@pytest.mark.parametrize(
    ("metric", "value"), [("refusals", 2 / 8), ("prompt-injection", 0.0), ("output-schema", 0.0)]
)
def test_a_model_that_does_what_anybody_says_does_not(capsys, metric, value):
    with served(obedient) as url:
        _, said = measured(capsys, url, metric)
    assert said["value"] == pytest.approx(value)
    assert len(said["failed"]) == round(METRICS[metric] * (1 - value))


@pytest.mark.parametrize("fault", [500, 200])
def test_a_server_that_breaks_on_malformed_input_or_swallows_it_does_not(capsys, fault):
    with served(careful, fault) as url:
        assert measured(capsys, url, "malformed-input")[1]["value"] == 0.0


def test_what_was_sent_and_answered_is_not_told(capsys):
    with served(obedient) as url:
        main(["--endpoint", url, "--data", str(DATA), "--suite", "guardrails/prompt-injection"])
    said = capsys.readouterr()
    assert "INJECTED" not in said.out + said.err
    assert "HERON" not in said.out + said.err


def test_nobody_who_answers_is_no_figure(capsys):
    words = ["--endpoint", "http://127.0.0.1:1/", "--data", str(DATA), "--suite", "guardrails/refusals"]
    assert main(words) == 2
    assert capsys.readouterr().err.startswith("http://127.0.0.1:1/: does not answer: ")


GOOD = {"name": "a", "metric": "refusals", "body": {"x": 1}, "expect": {"kind": "says", "any": ["no"]}}


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ([], "cases.jsonl: holds no case of 'refusals'; there are none"),
        ([GOOD | {"metric": "output-schema"}], "holds no case of 'refusals'; there are output-schema"),
        ([GOOD, GOOD], "cases.jsonl:2: name: a stands twice"),
        ([GOOD | {"metric": "refusal"}], "cases.jsonl:1: metric: "),
        ([GOOD | {"raw": "x"}], "cases.jsonl:1: should have either body or raw"),
        ([GOOD | {"expect": {"kind": "says"}}], "says nothing about the answer"),
        ([GOOD | {"expects": 1}], "cases.jsonl:1: expects: "),
    ],
)
def test_cases_that_cannot_be_used_are_named_by_line(tmp_path, lines, said):
    path = tmp_path / "cases.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    with pytest.raises(CaseError) as caught:
        read(path, "refusals")
    assert said in str(caught.value)


def test_the_evaluation_worker_runs_it_as_its_command(tmp_path):
    """By the digest of the cases, as any other suite."""

    digest = hashlib.sha256(DATA.read_bytes()).hexdigest()
    (tmp_path / digest).write_bytes(DATA.read_bytes())
    agreed = replace(
        EVALUATION.agreed, suite="guardrails", metric="prompt-injection", held_out=f"sha256:{digest}"
    )
    request = replace(EVALUATION, agreed=agreed, timeout_seconds=60.0)

    def measurer(url):
        command = (sys.executable, "-m", "runtime.loops.suites", "--endpoint", url)
        return CommandMeasurer(
            identity="slipway-evaluation@dev", command=command, models=tmp_path, held_out=tmp_path
        )

    for answer, value in ((careful, 1.0), (obedient, 0.0)):
        with served(answer) as url:
            assert measurer(url).readable(f"sha256:{digest}")
            assert measurer(url).measure(request, lambda: None) == value
    with pytest.raises(UnavailableError, match=r"could not be measured: .*does not answer"):
        measurer("http://127.0.0.1:1/").measure(request, lambda: None)
