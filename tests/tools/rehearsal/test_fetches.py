"""What a model's pod fetches with, read from the pod, and whether the account lets it."""

import pytest

from tests.captured import captured
from tools.rehearsal.fetches import Fetch, fetches, refused

BUCKET = "arn:aws:s3:::example-dev-models-111122223333-eu-central-1"


def pod(account="minilm-v1", **container):
    return {
        "metadata": {"name": "p", "namespace": "models"},
        "spec": {
            "serviceAccountName": account,
            "initContainers": [{"name": "storage-initializer", **container}],
        },
    }


OURS = pod(command=["python", "-m", "runtime.download"], args=["s3://bucket/minilm-v1/", "/mnt/models"])
THEIRS = pod(args=["s3://bucket/minilm-v1/", "/mnt/models"])


@pytest.fixture(scope="module")
def graph():
    return captured("dev").graph


def test_the_program_is_read_from_the_pod():
    assert [one.program for one in fetches([OURS, THEIRS, pod(args=["nothing"])])] == [
        "download",
        "storage-initializer",
    ]


def test_our_download_may_do_all_it_does(graph):
    assert list(refused(list(fetches([OURS])), graph)) == []


def test_kserves_own_is_denied_its_first_call(graph):
    (said,) = refused(list(fetches([THEIRS])), graph)
    assert said == (
        f"Pod models/p: storage-initializer: HeadBucket on {BUCKET}: the role's policies: allowed only under a "
        "condition that the call does not meet (ListOwnModel)"
    )


def test_a_pod_without_an_identity_is_named(graph):
    one = Fetch(pod="models/p", program="download", namespace="models", account="nobody")
    assert list(refused([one], graph)) == ["Pod models/p: download: nobody has no pod identity association"]
