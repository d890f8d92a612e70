"""The sampler of payloads, as a program: started, posted to, and read."""

import base64
import http.client
import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from runtime.payload_sampler import LARGEST_OBJECT, is_drawn, sample, server

PROGRAM = Path(__file__).parents[2] / "runtime" / "payload_sampler.py"
SALT = b"salt"


def _record(identity, kind="request", body=b"{}"):
    return {
        "url": {"Scheme": "s3"},
        "bytes": base64.b64encode(body).decode(),
        "contentType": "application/json",
        "reqType": f"org.kubeflow.serving.inference.{kind}",
        "id": identity,
        "inferenceService": "m",
        "namespace": "models",
        "component": "predictor",
        "certName": "service-ca.crt",
        "occurrenceTime": "2026-11-23T00:00:00Z",
    }


@pytest.fixture
def everything():
    running = server(100, port=0)
    thread = threading.Thread(target=running.serve_forever)
    thread.start()
    yield running.server_address
    running.shutdown()
    thread.join()
    running.server_close()


def _post(address, body, **headers):
    connection = http.client.HTTPConnection(*address)
    connection.request("POST", "/", body, headers)
    answer = connection.getresponse()
    said = answer.status, answer.headers["X-Log-Marshal-Extension"], answer.read()
    connection.close()
    return said


@pytest.mark.parametrize(("percent", "least", "most"), [(1, 60, 140), (10, 900, 1100), (50, 4800, 5200)])
def test_the_share_of_ten_thousand_is_what_was_asked_for(percent, least, most):
    drawn = sum(is_drawn(f"request-{i}", percent, SALT) for i in range(10_000))
    assert least < drawn < most


def test_all_means_all_and_a_request_goes_with_its_answer():
    assert all(is_drawn(str(i), 100, SALT) for i in range(1000))
    both = [_record(str(i), kind) for i in range(50) for kind in ("request", "response")]
    lines = [json.loads(line) for line in sample(both, 20, SALT).splitlines()]
    ids = [line["id"] for line in lines]
    assert 0 < len(ids) < 100
    assert all(ids.count(identity) == 2 for identity in ids)


def test_another_pod_draws_another_sample():
    ids = [str(i) for i in range(1000)]
    assert [i for i in ids if is_drawn(i, 10, b"a")] != [i for i in ids if is_drawn(i, 10, b"b")]


def test_a_record_keeps_what_was_said_and_nothing_of_the_way():
    (line,) = sample([_record("a", body=b"hello")], 100, SALT).splitlines()
    assert json.loads(line) == {
        "id": "a",
        "reqType": "org.kubeflow.serving.inference.request",
        "occurrenceTime": "2026-11-23T00:00:00Z",
        "namespace": "models",
        "inferenceService": "m",
        "component": "predictor",
        "contentType": "application/json",
        "bytes": "aGVsbG8=",
    }


def test_an_object_stays_below_what_is_uploaded_in_parts():
    large = [_record(str(i), body=b"x" * 2**20) for i in range(4)]
    drawn = sample(large, 100, SALT)
    lines = [json.loads(line) for line in drawn.splitlines()]
    assert len(drawn) <= LARGEST_OBJECT
    assert ["bytes" in line for line in lines] == [True, True, False, False]
    assert [line.get("leftOut") for line in lines] == [None, None, 1398104, 1398104]
    assert [line["id"] for line in lines] == ["0", "1", "2", "3"]


def test_the_agent_gets_lines_to_store(everything):
    status, extension, body = _post(everything, json.dumps([_record("a"), _record("b")]))
    assert (status, extension, len(body.splitlines())) == (200, "jsonl", 2)


def test_nothing_drawn_is_no_success_so_that_nothing_is_stored(everything):
    assert _post(everything, "[]")[0] == 422


@pytest.mark.parametrize("body", ["no json", '{"id": 1}', "[1]", "7"])
def test_what_is_no_batch_is_refused(everything, body):
    assert _post(everything, body)[0] == 400


def test_a_batch_beyond_measure_is_refused_unread(everything):
    assert _post(everything, None, **{"Content-Length": str(2**30)})[0] == 413


@pytest.mark.parametrize(
    ("percent", "says"), [("0", "PERCENT is 1 to 100 (got 0)"), ("101", "PERCENT is 1 to 100 (got 101)")]
)
def test_a_wrong_share_ends_the_program_with_one_line(percent, says):
    ended = subprocess.run(  # noqa: S603 our own program
        [sys.executable, str(PROGRAM)],
        env={**os.environ, "PERCENT": percent},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ended.returncode, ended.stderr) == (1, f"payload sampler: {says}\n")
