"""An S3 on loopback (moto's server) that can be told to misbehave, and keeps a record of what it was asked."""

import hashlib
import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from urllib.parse import parse_qs

import botocore.session
import pytest
from botocore.config import Config
from moto.server import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import make_server

from releases.digest import File, Manifest
from runtime.download import patience as patience_module
from runtime.download.__main__ import main
from runtime.download.listing import STAGING
from runtime.download.order import DIGEST, PART_MIB

BUCKET = "acme-dev-models"
PREFIX = "minilm-v1/"
URI = f"s3://{BUCKET}/{PREFIX}"
FILES = {
    "config.json": b'{"model_type": "bert"}',
    "empty": b"",
    "onnx/model.onnx": b"\x00\x01" * 700_000,
    "weights.safetensors": bytes(range(256)) * 12_000,
}


@dataclass
class Store:
    """The server: its address, what it was asked, and what to answer instead (None: what S3 would)."""

    url: str = ""
    asked: list[str] = field(default_factory=list)
    instead: Callable | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)
    client: object = None

    def put(self, files, prefix=PREFIX):
        for path, content in files.items():
            self.client.put_object(Bucket=BUCKET, Key=prefix + path, Body=content)
        self.asked.clear()
        return digest_of(files)


def digest_of(files):
    return Manifest.of(
        File(path, hashlib.sha256(content).hexdigest()) for path, content in files.items()
    ).digest


def short(environ):
    """A request as a test writes it: method, what for, and the prefix or the range."""
    query = parse_qs(environ["QUERY_STRING"], keep_blank_values=True)
    said = query.get("prefix", [""])[0] or environ.get("HTTP_RANGE", "")
    return f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']} {said}".strip()


@pytest.fixture(scope="module")
def server() -> Iterator[Store]:
    store = Store()
    s3 = DomainDispatcherApplication(create_backend_app)

    def app(environ, start_response):
        with store.lock:
            store.asked.append(short(environ))
            instead = store.instead(environ) if store.instead else None
        return instead(start_response) if instead else s3(environ, start_response)

    http = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=http.serve_forever, daemon=True)
    thread.start()
    store.url = f"http://127.0.0.1:{http.server_port}"
    yield store
    http.shutdown()
    http.server_close()
    thread.join()


@pytest.fixture
def store(server, monkeypatch) -> Store:
    for name, value in environment(server).items():
        monkeypatch.setenv(name, value)
    server.instead = None
    server.client = botocore.session.get_session().create_client(
        "s3", endpoint_url=server.url, config=Config(retries={"total_max_attempts": 1})
    )
    for bucket in server.client.list_buckets()["Buckets"]:
        for page in server.client.get_paginator("list_objects_v2").paginate(Bucket=bucket["Name"]):
            for found in page.get("Contents", ()):
                server.client.delete_object(Bucket=bucket["Name"], Key=found["Key"])
        server.client.delete_bucket(Bucket=bucket["Name"])
    server.client.create_bucket(Bucket=BUCKET)
    server.asked.clear()
    return server


def environment(server):
    return {
        "AWS_ENDPOINT_URL_S3": server.url,
        "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_CONFIG_FILE": "/nonexistent",
        "AWS_SHARED_CREDENTIALS_FILE": "/nonexistent",
        "AWS_EC2_METADATA_DISABLED": "true",
    }


@pytest.fixture(autouse=True)
def _short_waits(monkeypatch):
    monkeypatch.setattr(patience_module, "_LONGEST_WAIT_SECONDS", 0.01)


@pytest.fixture
def fetch(tmp_path, capsys):
    """Runs the program: its outcome, what it logged, and what stands in the target."""

    def run(digest, stop=None):
        target = tmp_path / "models"
        given = {DIGEST: digest, PART_MIB: "1"}
        outcome = main([URI, str(target)], given, stop or threading.Event())
        events = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
        return outcome, events, contents(target)

    return run


def contents(folder):
    """What a server would see; what is not verified yet is in a folder that no server reads."""
    paths = [p.relative_to(folder) for p in folder.rglob("*") if p.is_file()]
    return {p.as_posix(): (folder / p).read_bytes() for p in paths if p.parts[0] != STAGING}


def answer(status, code, body=None):
    """What S3 says instead: an error, or a status with a body."""

    def instead(start_response):
        text = (
            body if body is not None else f"<Error><Code>{code}</Code><Message>m</Message></Error>".encode()
        )
        start_response(
            f"{status} x", [("Content-Length", str(len(text))), ("Content-Type", "application/xml")]
        )
        return [text]

    return instead


def is_get(environ, path=""):
    return environ["REQUEST_METHOD"] == "GET" and environ["PATH_INFO"] == f"/{BUCKET}/{PREFIX}{path}"


def first(times, matches, instead):
    """So many requests that match get another answer."""
    left = [times]

    def fault(environ):
        if left[0] and matches(environ):
            left[0] -= 1
            return instead
        return None

    return fault
