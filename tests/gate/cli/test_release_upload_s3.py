"""Files reach an S3 on loopback (moto's server) by the AWS CLI, and by its library where no CLI is installed."""

import base64
import hashlib
import io
import shutil
from functools import partial

import botocore.session
import pytest
from botocore.config import Config

from tests.gate.cli.aws_command import aws
from tests.gate.cli.organisation import files
from tests.gate.cli.test_release_upload import BUCKET, released, upload
from tests.runtime.download.conftest import answer, environment, server

__all__ = ["server"]
DONE = "minilm/v2: the store of dev holds the recorded files, and nothing else"
NAMES = ["README.md", "config.json", "model.safetensors", "modules.json", "sentence_bert_config.json"]
REFUSED = "the store was not reached, or refuses:\n  aws s3api"


def as_s3_does(environ):
    """What moto leaves out: S3 compares a digest that came with a body, and keeps it beside the file."""
    given = environ.get("HTTP_X_AMZ_CHECKSUM_SHA256")
    if environ["REQUEST_METHOD"] != "PUT" or given is None:
        return None
    body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
    environ |= {"wsgi.input": io.BytesIO(body), "HTTP_X_AMZ_SDK_CHECKSUM_ALGORITHM": "SHA256"}
    is_it = base64.b64encode(hashlib.sha256(body).digest()).decode() == given
    return None if is_it else answer(400, "BadDigest")


def damaged(environ, name):
    """One byte of a body on its way is another."""
    if environ["REQUEST_METHOD"] == "PUT" and environ["PATH_INFO"].endswith(name):
        body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
        environ["wsgi.input"] = io.BytesIO(bytes([body[0] ^ 1]) + body[1:])
    return as_s3_does(environ)


@pytest.fixture
def store(server, monkeypatch):
    for name, value in (environment(server) | {"AWS_MAX_ATTEMPTS": "1", "AWS_PAGER": ""}).items():
        monkeypatch.setenv(name, value)
    server.instead = as_s3_does
    server.client = botocore.session.get_session().create_client(
        "s3", endpoint_url=server.url, config=Config(retries={"total_max_attempts": 1})
    )
    server.client.create_bucket(Bucket=BUCKET)
    yield server
    server.instead = None
    for found in server.client.list_objects_v2(Bucket=BUCKET).get("Contents", ()):
        server.client.delete_object(Bucket=BUCKET, Key=found["Key"])
    server.client.delete_bucket(Bucket=BUCKET)


def by_library(monkeypatch, store):
    monkeypatch.setattr("gate.cli.release_upload._try", lambda command: aws(store.client, command))


@pytest.fixture
def mine(tmp_path, monkeypatch, store):
    by_library(monkeypatch, store)
    return released(tmp_path, monkeypatch)


def there(store):
    listed = store.client.list_objects_v2(Bucket=BUCKET).get("Contents", ())
    return [found["Key"].removeprefix("minilm-v2/") for found in listed]


def puts(store):
    return [asked for asked in store.asked if asked.startswith("PUT ")]


def test_what_was_recorded_lies_there_with_its_digest(mine, store):
    code, out = upload(mine, "--run")
    assert (code, out.splitlines()[-1], out.count("put s3://")) == (0, DONE, 5), out
    assert_recorded(mine.parent, store)
    store.asked.clear()
    code, out = upload(mine, "--run")
    assert (code, out.splitlines()[-1], out.count("is there already"), puts(store)) == (0, DONE, 5, [])


@pytest.mark.skipif(shutil.which("aws") is None, reason="no AWS CLI is installed; its library was tried")
def test_the_aws_cli_itself_does_the_same(tmp_path, monkeypatch, store):
    mine = released(tmp_path, monkeypatch)
    store.client.put_object(
        Bucket=BUCKET, Key="minilm-v2/config.json", Body=b"{}", ChecksumAlgorithm="SHA256"
    )
    code, out = upload(mine, "--run")
    assert (code, out.count("put s3://"), out.count("config.json: holds another file (SHA-256 ")) == (
        1,
        4,
        1,
    ), out
    store.client.delete_object(Bucket=BUCKET, Key="minilm-v2/config.json")
    content = (tmp_path / "files/config.json").read_bytes()
    store.client.put_object(
        Bucket=BUCKET, Key="minilm-v2/config.json", Body=content, ChecksumAlgorithm="SHA256"
    )
    assert_recorded(tmp_path, store)


def assert_recorded(folder, store):
    assert there(store) == NAMES
    for name in NAMES:
        content = (folder / "files" / name).read_bytes()
        found = store.client.get_object(Bucket=BUCKET, Key=f"minilm-v2/{name}", ChecksumMode="ENABLED")
        assert found["Body"].read() == content
        assert base64.b64decode(found["ChecksumSHA256"]) == hashlib.sha256(content).digest()


def test_a_byte_that_changes_on_the_way_is_refused_and_the_next_try_goes_on(mine, store):
    store.instead = lambda environ: damaged(environ, "model.safetensors")
    code, out = upload(mine, "--run")
    assert (code, out.startswith(f"{REFUSED} put-object: An error occurred (BadDigest)")) == (2, True)
    assert out.splitlines()[2:] == ["  2 of 5 files are there; the same command goes on with the others"]
    assert there(store) == NAMES[:2]
    store.instead = as_s3_does
    store.asked.clear()
    code, out = upload(mine, "--run")
    assert (code, out.splitlines()[-1], len(puts(store)), there(store)) == (0, DONE, 3, NAMES)


def test_a_byte_that_is_another_there_is_seen(mine, store):
    assert upload(mine, "--run")[0] == 0
    content = (mine.parent / "files/config.json").read_bytes()
    other = bytes([content[0] ^ 1]) + content[1:]
    store.client.put_object(
        Bucket=BUCKET, Key="minilm-v2/config.json", Body=other, ChecksumAlgorithm="SHA256"
    )
    code, out = upload(mine, "--run")
    assert (code, out.count("config.json: holds another file (SHA-256 "), out.count("\nno  ")) == (1, 1, 1)


def test_what_came_there_meanwhile_is_not_replaced(mine, store):
    store.client.put_object(Bucket=BUCKET, Key="minilm-v2/README.md", Body=b"somebody else's")
    listing = b'<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"></ListBucketResult>'
    store.instead = lambda environ: (
        answer(200, "", listing) if environ["REQUEST_METHOD"] == "GET" else as_s3_does(environ)
    )
    code, out = upload(mine, "--run")
    assert (code, "(PreconditionFailed) when calling the PutObject" in out) == (2, True)
    store.instead = None
    assert (
        store.client.get_object(Bucket=BUCKET, Key="minilm-v2/README.md")["Body"].read() == b"somebody else's"
    )


def test_no_bucket_is_one_message(mine, store):
    store.client.delete_bucket(Bucket=BUCKET)
    code, out = upload(mine, "--run")
    store.client.create_bucket(Bucket=BUCKET)
    assert (code, out.startswith(f"{REFUSED} list-objects-v2: An error occurred (NoSuchBucket)")) == (2, True)
    assert out.splitlines()[2:] == ["  the bucket is made with the stack: bring it up first"]


@pytest.mark.parametrize("method", ["GET", "PUT"])
def test_a_role_that_may_not_is_one_message(mine, store, method):
    store.instead = lambda environ: (
        answer(403, "AccessDenied") if environ["REQUEST_METHOD"] == method else as_s3_does(environ)
    )
    code, out = upload(mine, "--run")
    assert (code, out.startswith(REFUSED), there_then(store)) == (2, True, [])
    assert "  become the stack's publisher first (docs/deploy.md)" in out.splitlines()


def there_then(store):
    store.instead = as_s3_does
    return there(store)


@pytest.fixture
def large(tmp_path, monkeypatch, store):
    """A release with a file that S3 takes in two parts."""
    monkeypatch.setattr("gate.cli.uploaded_file._ONE_PUT_BYTES", 2**20)
    by_library(monkeypatch, store)
    folder = files(tmp_path / "files")
    (folder / "vocab.txt").write_bytes(bytes(range(251)) * 40_000)
    return released(tmp_path, monkeypatch)


def test_a_large_file_is_compared_part_by_part(large, store):
    code, out = upload(large, "--run")
    assert (code, out.splitlines()[-1]) == (0, DONE), out
    store.asked.clear()
    code, out = upload(large, "--run")
    assert (code, out.count("is there already"), puts(store)) == (0, 6, [])
    content = (large.parent / "files/vocab.txt").read_bytes()
    (large.parent / "other").write_bytes(content[:-1] + b"x")
    store.client.delete_object(Bucket=BUCKET, Key="minilm-v2/vocab.txt")
    place = f"s3://{BUCKET}/minilm-v2/vocab.txt"
    assert aws(store.client, ["aws", "s3", "cp", str(large.parent / "other"), place]).returncode == 0
    code, out = upload(large, "--run")
    assert (code, out.count("vocab.txt: holds another file (SHA-256 "), out.count("\nno  ")) == (1, 1, 1)


def test_a_large_file_that_was_cut_off_leaves_nothing_and_is_sent_again(large, store):
    store.instead = lambda environ: (
        answer(503, "SlowDown") if "partNumber=2" in environ["QUERY_STRING"] else as_s3_does(environ)
    )
    code, out = upload(large, "--run")
    assert (code, "(SlowDown) when calling the UploadPart" in out, out.splitlines()[-1]) == (
        2,
        True,
        "  5 of 6 files are there; the same command goes on with the others",
    ), out
    store.instead = as_s3_does
    assert there(store) == NAMES
    assert store.client.list_multipart_uploads(Bucket=BUCKET).get("Uploads", []) == []
    code, out = upload(large, "--run")
    assert (code, out.splitlines()[-1], out.count("put s3://")) == (0, DONE, 1), out


def test_a_large_file_that_changes_while_it_is_sent_is_seen(large, store):
    """By who may read what lies there, and by who may not."""
    file = large.parent / "files/vocab.txt"
    content = file.read_bytes()

    def changing(environ, *, may_read):
        if "uploads" in environ["QUERY_STRING"]:
            file.write_bytes(b"x" + content[1:])
        if environ["REQUEST_METHOD"] == "HEAD" and not may_read:
            return answer(403, "", b"")
        return as_s3_does(environ)

    for may_read in (False, True):
        file.write_bytes(content)
        store.instead = partial(changing, may_read=may_read)
        code, out = upload(large, "--run")
        store.instead = as_s3_does
        assert (code, "vocab.txt was changed while it was uploaded; take a new version" in out) == (
            1,
            True,
        ), out
        for name in there(store):
            store.client.delete_object(Bucket=BUCKET, Key=f"minilm-v2/{name}")
