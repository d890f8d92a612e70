"""Texts in a bucket, against botocore's own stub: nothing is asked that its model of S3 does not have."""

import io
from datetime import date

import botocore.session
import pytest
from botocore.response import StreamingBody
from botocore.stub import Stubber

from runtime.loops.agents.bucket_store import BucketStore
from runtime.loops.agents.store import canonical, digest_of
from runtime.loops.ports import UnavailableError

DAY = date(2026, 11, 30)
TEXT = {"a": "ü"}
DIGEST = digest_of(TEXT)
NAME = f"{DIGEST.removeprefix('sha256:')}.json"
OF_BUCKET = {"Bucket": "texts"}


@pytest.fixture
def s3():
    client = botocore.session.get_session().create_client(
        "s3",
        region_name="eu-central-1",
        aws_access_key_id="x",
        aws_secret_access_key="y",  # noqa: S106 no secret
    )
    with Stubber(client) as stub:
        stub.client = client
        yield stub
        stub.assert_no_pending_responses()


@pytest.fixture
def store(s3):
    return BucketStore(client=s3.client, bucket="texts", agent="triage", classes=["internal", "public"])


def body(content):
    return {"Body": StreamingBody(io.BytesIO(content), len(content))}


def test_a_text_stands_under_its_agent_its_class_and_its_digest(s3, store):
    put = {"Key": f"triage/internal/{NAME}", "Body": canonical(TEXT), "ContentType": "application/json"}
    s3.add_response("put_object", {}, {**OF_BUCKET, **put})
    assert store.put(TEXT, "internal", DAY) == DIGEST


def test_a_text_is_looked_for_in_the_classes_of_the_record(s3, store):
    s3.add_client_error("get_object", "NoSuchKey", http_status_code=404)
    s3.add_response("get_object", body(canonical(TEXT)), {**OF_BUCKET, "Key": f"triage/public/{NAME}"})
    assert store.get(DIGEST) == TEXT


def test_what_is_gone_or_was_changed_is_said(s3, store):
    for _ in store.classes:
        s3.add_client_error("get_object", "NoSuchKey", http_status_code=404)
    with pytest.raises(LookupError, match="its days are over"):
        store.get(DIGEST)
    s3.add_response("get_object", body(b'{"a": "other"}'), {**OF_BUCKET, "Key": f"triage/internal/{NAME}"})
    with pytest.raises(LookupError, match="was changed after it was stored"):
        store.get(DIGEST)


@pytest.mark.parametrize("operation", ["get_object", "put_object"])
def test_a_bucket_that_refuses_is_asked_again_later(s3, store, operation):
    s3.add_client_error(operation, "AccessDenied", http_status_code=403)
    with pytest.raises(UnavailableError, match=r"texts: .*AccessDenied"):
        store.get(DIGEST) if operation == "get_object" else store.put(TEXT, "public", DAY)
