"""The index says what records and stack files say, the same bytes every time; the API reads it and nothing else."""

import json
import shutil
import sqlite3
import threading
from datetime import date
from http.client import HTTPConnection

import jsonschema
import pytest

from gate.core.errors import GateError
from gate.registry.api import answer, description
from gate.registry.content import COLUMNS, content
from gate.registry.export import as_kubeflow, as_mlflow
from gate.registry.index import DATA, DATABASE, Index, write
from gate.registry.server import is_loopback, server
from tests.captured import EXAMPLES_FOLDER
from tests.conftest import ROOT

TODAY = date(2026, 11, 29)


@pytest.fixture(scope="module")
def ours():
    return content(ROOT, TODAY)


@pytest.fixture(scope="module")
def index(ours, tmp_path_factory):
    folder = tmp_path_factory.mktemp("registry")
    write(ours, folder)
    return Index(folder)


def said(index, target):
    found = answer(index, target)
    return found.status, json.loads(found.body)


def test_it_holds_releases_events_evaluations_lineage_and_what_serves_where(ours):
    minilm = next(r for r in ours.tables["releases"] if r["name"] == "minilm")
    assert (minilm["state"], minilm["licence"], minilm["owner"]) == ("approved", "Apache-2.0", "search")
    assert [(e["event"], e["who"], e["counts"]) for e in ours.tables["events"] if e["name"] == "minilm"] == [
        ("approval", "model-risk@example.com", True),
        ("licence-review", "licences@example.com", True),
    ]
    figures = [
        (e["metric"], e["value"], e["measured_with"], e["holds"], e["current"])
        for e in ours.tables["evaluations"]
    ]
    script = "a script in place of support-chat/v1"
    assert figures == [
        ("cents-a-task", 1.0, script, True, True),
        ("forbidden-effects", 0.0, script, True, True),
        ("refusals", 1.0, script, True, True),
        ("task-success", 1.0, script, True, True),
        ("tokens-a-task", 2009.142857, script, True, True),
        ("spearman", 0.8605, "", True, True),
    ]
    assert ("minilm", "trained from", "nreimers/MiniLM-L6-H384-uncased") in {
        (row["name"], row["relation"], row["target"]) for row in ours.tables["lineage"]
    }
    assert [(s["stack"], s["share"]) for s in ours.tables["serving"] if s["name"] == "minilm"] == [
        ("dev", 100),
        ("prod-models", 100),
        ("staging-models", 100),
    ]


def test_the_same_records_give_the_same_bytes_and_nobody_may_write(ours, tmp_path):
    made = [write(ours, tmp_path / name) for name in ("a", "b")]
    assert [p.name for p in made[0]] == [DATABASE, DATA]
    for one, other in zip(*made, strict=True):
        assert one.read_bytes() == other.read_bytes()
        assert one.stat().st_mode & 0o222 == 0
    again = write(ours, tmp_path / "a")
    assert again[0].read_bytes() == made[1][0].read_bytes()


def test_an_index_is_only_read(index):
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        index._all("DELETE FROM releases", ())


def test_a_table_is_asked_by_its_columns(index):
    status, found = said(index, "/api/v1/serving?stack=dev&name=minilm")
    assert status == 200
    assert [(row["stack"], row["version"], row["pool"]) for row in found["serving"]] == [("dev", "v1", "cpu")]
    assert said(index, "/api/v1/releases?state=revoked")[1]["releases"] == []


@pytest.mark.parametrize(
    ("target", "status", "message"),
    [
        ("/api/v1/lineage?nam=x", 400, "nam: unknown; may be kind, name, version, relation, target"),
        ("/api/v1/serving?stack=a&stack=b", 400, "stack: should stand once"),
        ("/api/v1/releases/model/nosuch/v1", 404, "no model nosuch/v1"),
        ("/api/v1/sqlite_master", 404, "there is no such path; /openapi.json lists them"),
        ("/../../etc/passwd", 404, "there is no such path; /openapi.json lists them"),
        ("/api/v1/releases?name=%27%20OR%201=1--", 200, ""),
        ("/" + "x" * 3000, 414, "should have at most 2000 characters"),
    ],
)  # fmt: skip
def test_a_wrong_question_gets_one_clear_answer(index, target, status, message):
    got, found = said(index, target)
    assert got == status
    assert found["releases"] == [] if status == 200 else found["error"]["message"] == message


def test_a_release_comes_with_all_there_is_of_it(index):
    status, found = said(index, "/api/v1/releases/model/minilm/v1")
    assert status == 200
    assert found["release"]["digest"].startswith("sha256:94f76f8d")
    assert len(found["events"]) == 2
    assert found["events"][0]["content"]["kind"] == "approval"
    assert [row["stack"] for row in found["serving"]] == ["dev", "prod-models", "staging-models"]


def test_every_answer_is_as_it_is_described(index):
    described = said(index, "/openapi.json")[1]
    assert described["openapi"] == "3.1.0"
    assert set(described["paths"]) == {
        *(f"/api/v1/{table}" for table in COLUMNS),
        "/api/v1/releases/{kind}/{name}/{version}",
    }
    for path, entry in described["paths"].items():
        target = path.replace("{kind}", "model").replace("{name}", "minilm").replace("{version}", "v1")
        schema = entry["get"]["responses"]["200"]["content"]["application/json"]["schema"]
        whole = schema | {"components": described["components"]}
        jsonschema.Draft202012Validator(whole).validate(said(index, target)[1])
        assert entry["get"]["operationId"]


def test_a_description_without_a_column_would_be_found(index):
    schema = description()["paths"]["/api/v1/releases"]["get"]["responses"]["200"]["content"][
        "application/json"
    ]
    whole = schema["schema"] | {"components": description()["components"]}
    rows = said(index, "/api/v1/releases")[1]
    del rows["releases"][0]["state"]
    with pytest.raises(jsonschema.ValidationError, match="'state' is a required property"):
        jsonschema.Draft202012Validator(whole).validate(rows)


@pytest.fixture
def served(index):
    with server(index, "127.0.0.1", 0) as serving:
        thread = threading.Thread(target=serving.serve_forever, daemon=True)
        thread.start()
        yield serving.server_address[1]
        serving.shutdown()
        thread.join(timeout=10)


def asked(port, method, target, **headers):
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request(method, target, headers=headers)
    found = connection.getresponse()
    return found.status, found.headers, found.read()


def test_it_answers_over_http_and_only_reads(served):
    status, headers, body = asked(served, "GET", "/healthz")
    assert (status, json.loads(body)) == (200, {"status": "ok", "as_of": "2026-11-29"})
    assert headers["X-Content-Type-Options"] == "nosniff"
    status, headers, body = asked(served, "HEAD", "/")
    assert (status, body) == (200, b"")
    assert headers["Content-Security-Policy"].startswith("default-src 'none'")
    for method in ("POST", "PUT", "PATCH", "DELETE", "OPTIONS"):
        status, headers, _ = asked(served, method, "/api/v1/releases")
        assert (status, headers["Allow"]) == (405, "GET, HEAD")


def test_a_page_of_elsewhere_cannot_read_what_is_open_to_this_machine(served):
    assert asked(served, "GET", "/api/v1/releases", Host="evil.example.com")[0] == 421
    assert asked(served, "GET", "/api/v1/releases", Host=f"localhost:{served}")[0] == 200
    assert asked(served, "GET", "/api/v1/releases", Host="[::1]:80")[0] == 200


def test_beyond_loopback_somebody_must_vouch_for_it(index):
    with pytest.raises(
        GateError, match="--behind-authentication says that something in front of it asks who comes"
    ):
        server(index, "0.0.0.0", 0)  # noqa: S104 what is refused
    server(index, "0.0.0.0", 0, is_behind=True).server_close()  # noqa: S104 what is allowed then
    assert [is_loopback(h) for h in ("127.0.0.1", "::1", "localhost", "10.0.0.1", "x", "")] == [
        True, True, True, False, False, False,
    ]  # fmt: skip


def test_the_page_lists_every_release_and_its_text_is_no_markup(ours, tmp_path):
    rows = [dict(row) | {"owner": "<img src=x>"} for row in ours.tables["releases"]]
    hostile = type(ours)(as_of=ours.as_of, tables={**ours.tables, "releases": rows})
    write(hostile, tmp_path)
    page = answer(Index(tmp_path), "/").body.decode()
    assert "minilm/v1" in page
    assert "dev 100 %" in page
    assert "<img" not in page


def test_no_index_and_a_damaged_one_are_said(ours, tmp_path):
    with pytest.raises(GateError, match="there is no index; slipway registry build makes it"):
        Index(tmp_path)
    (tmp_path / DATABASE).write_text("no database", encoding="utf-8")
    with pytest.raises(GateError, match="slipway registry build makes it again"):
        Index(tmp_path)
    (tmp_path / DATABASE).unlink()
    write(ours, tmp_path)
    (tmp_path / DATABASE).chmod(0o644)
    with sqlite3.connect(tmp_path / DATABASE) as older:
        older.execute("ALTER TABLE releases DROP COLUMN state")
    with pytest.raises(GateError, match="releases has other columns; slipway registry build makes it again"):
        Index(tmp_path)


def test_a_wrong_record_stops_it_with_every_problem(tmp_path):
    for name in ("stacks", "releases"):
        shutil.copytree(ROOT / name, tmp_path / name)
    record = tmp_path / "releases" / "models" / "minilm" / "v1" / "release.yaml"
    record.write_text(
        record.read_text(encoding="utf-8").replace("owner: search", "ownr: search"), encoding="utf-8"
    )
    with pytest.raises(GateError, match="the registry cannot be built") as stopped:
        content(tmp_path, TODAY)
    assert any("minilm/v1/release.yaml" in line and "ownr" in line for line in stopped.value.problems)


def test_mlflow_gets_versions_in_order_and_an_alias_for_each_stack():
    bodies = as_mlflow(content(EXAMPLES_FOLDER, TODAY))
    chat = [v for v in bodies["model-versions/create"] if v["name"] == "chat-8b"]
    assert [tag["value"] for v in chat for tag in v["tags"] if tag["key"] == "slipway.version"] == [
        "v1",
        "v2",
        "v3",
    ]
    assert chat[0]["source"] == "s3://example-demo-models-111122223333-eu-central-1/chat-8b-v1/"
    aliases = {(a["name"], a["alias"]): a["version"] for a in bodies["registered-models/alias"]}
    assert aliases["chat-8b", "examples-canary"] == "1"


def test_kubeflow_gets_a_model_with_versions_and_their_files(ours):
    minilm = as_kubeflow(ours)[0]
    assert minilm["registeredModel"]["name"] == "minilm"
    version = minilm["versions"][0]
    assert version["modelVersion"]["customProperties"]["licence"] == {
        "metadataType": "MetadataStringValue",
        "string_value": "Apache-2.0",
    }
    assert version["modelArtifact"]["uri"] == "s3://example-dev-models-111122223333-eu-central-1/minilm-v1/"
