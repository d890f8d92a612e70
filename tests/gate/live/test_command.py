"""The commands as a person runs them: the program in a process of its own, moto as a server, the API on loopback."""

import base64
import io
import json
import sys
from datetime import UTC, datetime
from pathlib import Path

import boto3
import pytest
from moto.eks.models import eks_backends
from moto.server import ThreadedMotoServer
from rich.console import Console

from gate.cli import status as status_command
from gate.core.errors import GateError
from gate.live import command
from tests.gate.live.conftest import ACCOUNT, PLAN, REGION, SECRET
from tests.gate.live.test_cluster import EDGE, LLM, PREDICTIVE, ROUTES, edge, llm

PODS, EVENTS = "/api/v1/namespaces/models/pods", "/api/v1/namespaces/models/events"
NOW = datetime(2026, 11, 29, tzinfo=UTC)


@pytest.fixture
def moto(monkeypatch, api):
    """AWS as a server, with the cluster in it."""
    monkeypatch.setenv("MOTO_ACCOUNT_ID", ACCOUNT)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://{host}:{port}")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    boto3.client("eks", region_name=REGION).create_cluster(
        name="example-dev", version="1.35", roleArn=f"arn:aws:iam::{ACCOUNT}:role/c", resourcesVpcConfig={}
    )
    cluster = eks_backends[ACCOUNT][REGION].clusters["example-dev"]
    cluster.endpoint = api.address
    cluster.certificate_authority = {"data": base64.b64encode(api.authority.encode()).decode()}
    yield server
    eks_backends[ACCOUNT][REGION].reset()
    server.stop()


@pytest.fixture
def planned(monkeypatch):
    """The plan is given; that it is made of a stack is another test's."""
    monkeypatch.setattr(command, "_plan", lambda _stack, _organisation: PLAN)
    monkeypatch.setattr(command, "apart", lambda what, *args: what(*args))
    monkeypatch.setattr(command, "interpreter", lambda: Path(sys.executable))


def doctor(form="json"):
    out = io.StringIO()
    code = command.doctor("dev", form, None, NOW, Console(file=out, width=200))
    return code, out.getvalue()


@pytest.mark.usefixtures("moto", "planned", "api")
def test_what_could_not_be_asked_is_told_and_is_no_pass():
    code, text = doctor()
    said = json.loads(text)
    # moto knows neither EC2's quotas nor access entries.
    assert code == 2
    verdicts = {f"{one['area']}: {one['subject']}": one["verdict"] for one in said["checks"]}
    assert verdicts["caller: account"] == "ok"
    assert verdicts["cluster: example-dev"] == "ok"
    assert verdicts["quotas: G and VT (L-DB2E81BA)"] == "could not ask"
    assert verdicts["caller: cluster"] == "could not ask"
    assert SECRET not in text
    table = doctor("text")[1]
    assert "ec2:DescribeInstanceTypeOfferings by zone of g4dn.xlarge" in table
    assert table.splitlines()[-1].startswith("stack dev: 3 ok, ")
    assert SECRET not in table


@pytest.mark.usefixtures("planned")
def test_no_answer_from_the_asking_program_is_an_error_without_its_words(monkeypatch, tmp_path):
    broken = tmp_path / "python"
    broken.write_text("#!/bin/sh\necho 'Error: secret' >&2\nexit 3\n", encoding="utf-8")
    broken.chmod(0o755)
    monkeypatch.setattr(command, "interpreter", lambda: broken)
    with pytest.raises(GateError, match="the asking program ended with 3") as error:
        doctor()
    assert error.value.problems == ("Error",)


def pod(version="v1", ready="True"):
    labels = {"slipway.dev/model": "chat", "slipway.dev/version": version, "slipway.dev/workload": "model"}
    return {"metadata": {"labels": labels}, "status": {"conditions": [{"type": "Ready", "status": ready}]}}


def event(name, when, **more):
    return {
        "metadata": {"name": name, "creationTimestamp": when}, "type": "Warning", "reason": "BackOff",
        "involvedObject": {"kind": "Pod", "name": "chat-v1-0"}, "message": "back-off\nand more", **more,
    }  # fmt: skip


@pytest.fixture
def cluster(moto, planned, api):  # noqa: ARG001 pytest wants fixtures of fixtures by argument
    api.objects.update(
        {
            LLM: [llm()], PREDICTIVE: [], ROUTES: [], EDGE: [edge()], PODS: [pod(), pod(ready="False")],
            EVENTS: [event("a", "2026-11-28T10:00:00Z"), event("b", "2026-11-28T11:00:00Z", count=7)],
        }
    )  # fmt: skip
    return api


def status(form="json", prometheus=None):
    out = io.StringIO()
    fine = status_command.run("dev", prometheus, form, None, Console(file=out, width=200))
    return fine, out.getvalue()


@pytest.mark.usefixtures("cluster")
def test_status_says_what_answers_and_what_happened_last():
    fine, text = status()
    said = json.loads(text)
    assert fine
    assert said["versions"] == [
        {
            "version": "chat/v1", "declared": True, "runs": True, "share": 1.0, "declared_share": 1.0,
            "pods_ready": 1, "pods": 2, "digest_as_recorded": True,
        }
    ]  # fmt: skip
    assert [(one["when"], one["message"], one["count"]) for one in said["events"]] == [
        ("2026-11-28T11:00:00Z", "back-off", 7),
        ("2026-11-28T10:00:00Z", "back-off", 1),
    ]
    assert said["budgets"] == {"chat": "not asked (--prometheus)"}
    assert status("text")[1].splitlines()[2].split() == ["chat/v1", "100%", "1", "of", "2", "yes"]


def test_what_is_not_as_declared_is_said_and_is_a_no(cluster):
    cluster.objects[LLM] = [llm(), llm("v2", "sha256:" + "2" * 64)]
    cluster.objects[EDGE] = [edge(v1=75, v2=25)]
    cluster.objects[PODS] = [pod("v2")]
    fine, text = status("text")
    assert not fine
    assert "declared share 100%; has a share and no ready pod" in text
    assert "no stack file declares it" in text


def test_half_a_picture_is_none(cluster):
    cluster.refused[ROUTES] = 403
    with pytest.raises(GateError) as error:
        status()
    assert error.value.problems == (f"GET {ROUTES}: the API server answered 403",)


@pytest.mark.usefixtures("cluster")
def test_a_prometheus_that_is_away_is_said_beside_the_rest():
    assert "does not answer" in json.loads(status(prometheus="http://127.0.0.1:9")[1])["budgets"]["chat"]
