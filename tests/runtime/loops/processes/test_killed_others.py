"""Evaluation, drift and end of life go on wherever their worker is killed, twice."""

import hashlib
import sys
from urllib.request import urlopen

import yaml

from releases.digest import manifest
from runtime.loops.contract import Histogram
from runtime.loops.references import digest_of, text_of
from tests.runtime.loops import folders
from tests.runtime.loops.processes.stack import free_port, until

SUITE = """
import pathlib, time
begun = pathlib.Path({begun!r})
begun.write_text(begun.read_text() + "x")
time.sleep({seconds})
print('{{"value": 0.81}}')
"""


def test_an_evaluation_is_measured_again_and_said_once(stack):
    files, held_out, begun = stack.root / "files", stack.root / "held-out", stack.root / "begun"
    (files / "minilm-v3").mkdir(parents=True)
    (files / "minilm-v3" / "model.safetensors").write_bytes(b"weights")
    held_out.mkdir()
    data = b"pairs"
    digest = hashlib.sha256(data).hexdigest()
    (held_out / digest).write_bytes(data)
    begun.write_text("")
    figure = {**folders.FIGURE, "dataset_digest": f"sha256:{digest}"}
    artifact = {**folders.record("v3")["artifact"], "digest": manifest(files / "minilm-v3").digest}
    folders.write_version(
        stack.root / "releases" / "models", "v3", measured=False, evaluations=[figure], artifact=artifact
    )
    command = [sys.executable, "-c", SUITE.format(begun=str(begun), seconds=6)]
    stack.change(evaluation={"command": command, "models": str(files), "held_out": str(held_out)})
    worker = stack.start("evaluation")
    stack.command("evaluate", "minilm", "v3", "--key", str(stack.root / "ana.pem"))
    for times in (1, 2):
        until(lambda times=times: len(begun.read_text()) == times, f"measured {times} times")
        stack.kill(worker)
        worker = stack.start("evaluation")
    until(lambda: stack.told("v3") == [("evaluation", None)], "the figure", 120)
    event = stack.events("v3")[0]
    assert (event["evaluation"]["value"], event["who"]) == (0.81, "slipway-evaluation@dev")
    assert stack.status("evaluate-minilm-v3")["outcome"]["result"] == "holds"


def test_a_sunset_goes_on(stack):
    models = stack.root / "releases" / "models"
    event = yaml.safe_load(
        (models / "minilm" / "v1" / "events" / f"{folders.TODAY}-approval.yaml").read_text()
    )
    said = {**event, "kind": "deprecation", "reason": "a better one exists", "successor": "v2"}
    said.pop("decision")
    (models / "minilm" / "v1" / "events" / f"{folders.TODAY}-deprecation.yaml").write_text(
        yaml.safe_dump(said)
    )
    worker = stack.start("end-of-life")
    stack.command("end", "minilm", "v1", "--key", str(stack.root / "ana.pem"))
    for _ in range(2):
        stack.kill(worker)
        worker = stack.start("end-of-life")
    until(lambda: list((stack.root / "proposals").glob("end-minilm-v1-*.yaml")), "callers are told")
    until(lambda: stack.status("end-minilm-v1")["outcome"], "the end")
    assert stack.status("end-minilm-v1")["outcome"]["result"] == "warned"
    assert len(list((stack.root / "proposals").glob("*.yaml"))) == 1


def test_a_drift_that_waits_for_a_person_waits_on(stack):
    reference = Histogram(edges=(1.0, 2.0), counts=(1000.0, 1000.0, 1000.0))
    (stack.root / "references").mkdir()
    name = digest_of(reference).removeprefix("sha256:")
    (stack.root / "references" / f"{name}.json").write_text(text_of(reference))
    drift = {
        "signals": [{"name": "input-tokens", "reference": digest_of(reference)}],
        "window_minutes": 20,
        "then": "less-traffic",
    }
    folders.write_version(stack.root / "releases" / "models", "v3", drift=drift)
    folders.routes(stack.root / "edge" / "routes.json", v1=80, v3=20)
    port = free_port()
    queries = {**folders.QUERIES, "histogram": "histogram {model} {version} {signal} {window}"}
    stack.change(
        references=str(stack.root / "references"),
        metrics=f"127.0.0.1:{port}",
        prometheus={"url": stack.prometheus.url, "queries": queries},
    )
    worker = stack.start("drift")
    stack.command("watch", "minilm", "v3", "--key", str(stack.root / "ana.pem"))
    until(lambda: ("drift", None) in stack.told("v3"), "a drift")
    with urlopen(f"http://127.0.0.1:{port}/metrics") as answer:
        exported = [line for line in answer.read().decode().splitlines() if line.startswith("slipway_drift_")]
    assert sorted(line.partition("{")[0] for line in exported) == [
        "slipway_drift_statistic",
        "slipway_drift_threshold",
    ]
    assert 'signal="input-tokens"' in exported[0]
    for _ in range(2):
        stack.kill(worker)
        worker = stack.start("drift")
    until(lambda: stack.status("drift-minilm")["asked"], "the question")
    stack.command("approve", "drift-minilm", "--key", str(stack.root / "ben.pem"))
    until(lambda: stack.share("v3") == 0, "less traffic")
    assert stack.told("v3")[:2] == [("drift", None), ("decision", "approved")]
