"""The download program in its image, as a pod runs it: no root, nothing to write to but the volume, S3 on loopback."""

import json

import pytest

from components.models.download import MODEL_DIR
from components.serving.download import storage_container
from runtime.download.order import DIGEST
from tests.runtime.download.conftest import FILES, URI, contents, environment


@pytest.fixture
def download(run, store, names):
    """By the command that the platform's container says."""
    command = storage_container(names)["spec"]["container"]["command"]

    def started(digest):
        done = run(*command, URI, MODEL_DIR, **environment(store), **{DIGEST: digest})
        return done.returncode, [json.loads(line) for line in done.stdout.splitlines()], done.stderr

    return started


def test_the_records_files_stand_in_the_volume(download, store, volume):
    code, events, errors = download(store.put(FILES))
    assert (code, errors) == (0, ""), events
    assert contents(volume) == FILES


def test_files_of_another_digest_are_not_served(download, store, volume):
    store.put({**FILES, "config.json": b"{}"})
    code, events, _ = download("sha256:" + "1" * 64)
    assert code == 4
    assert events[-1]["outcome"] == "other_files"
    assert contents(volume) == {}


@pytest.mark.usefixtures("store")
def test_a_model_that_is_not_there_is_refused(download, volume):
    code, events, _ = download("sha256:" + "1" * 64)
    assert code == 4
    assert events[-1]["problems"] == ["holds no file"]
    assert contents(volume) == {}
