"""The download against an S3 that truncates, lies, refuses and slows down."""

import threading
import time
from types import SimpleNamespace

import pytest

from runtime.download.outcome import Outcome
from tests.runtime.download.conftest import BUCKET, FILES, PREFIX, URI, answer, first, is_get


def test_the_files_of_the_record_are_put_in_place(store, fetch):
    digest = store.put(FILES)
    outcome, events, found = fetch(digest)
    assert (outcome, found) == (Outcome.DONE, FILES)
    assert [e["event"] for e in events] == ["listed", "done"]
    assert events[-1]["digest"] == digest
    assert events[-1]["bytes"] == sum(len(content) for content in FILES.values())


def test_it_lists_its_prefix_and_gets_objects_and_asks_for_nothing_else(store, fetch):
    """KServe's own initializer asks for the bucket first (HeadBucket), which a role with a prefix forbids."""
    fetch(store.put(FILES))
    mib = 2**20
    assert sorted(store.asked) == sorted([
        f"GET /{BUCKET} {PREFIX}",
        f"GET /{BUCKET}/{PREFIX}config.json bytes=0-21",
        f"GET /{BUCKET}/{PREFIX}onnx/model.onnx bytes=0-{mib - 1}",
        f"GET /{BUCKET}/{PREFIX}onnx/model.onnx bytes={mib}-1399999",
        f"GET /{BUCKET}/{PREFIX}weights.safetensors bytes=0-{mib - 1}",
        f"GET /{BUCKET}/{PREFIX}weights.safetensors bytes={mib}-{2 * mib - 1}",
        f"GET /{BUCKET}/{PREFIX}weights.safetensors bytes={2 * mib}-3071999",
    ])  # fmt: skip


@pytest.mark.parametrize(
    "spoiled",
    [
        {**FILES, "config.json": b'{"model_type": "gpt2"}'},
        {**FILES, "modeling_evil.py": b"import os"},
        {path: content for path, content in FILES.items() if path != "config.json"},
        {("run.py" if path == "config.json" else path): content for path, content in FILES.items()},
    ],
    ids=["a changed byte", "an unknown file", "a missing file", "another name"],
)
def test_other_files_than_the_records_are_refused_and_nothing_stays(store, fetch, spoiled):
    digest = store.put(FILES)
    store.client.delete_object(Bucket=BUCKET, Key=f"{PREFIX}config.json")
    got = store.put(spoiled)
    outcome, events, found = fetch(digest)
    assert (outcome, found) == (Outcome.OTHER_FILES, {})
    assert events[-1]["problems"] == [
        f"{URI}: the files are not those of the record: their digest is {got}, the record says {digest}"
    ]
    assert [e["path"] for e in events if e["event"] == "file"] == sorted(spoiled)


def test_a_neighbour_with_a_longer_name_is_not_fetched(store, fetch):
    store.put({"evil.py": b"x"}, "minilm-v10/")
    outcome, _, found = fetch(store.put(FILES))
    assert (outcome, found) == (Outcome.DONE, FILES)


def test_a_folder_that_a_console_drew_is_no_file(store, fetch):
    digest = store.put(FILES)
    for key in (PREFIX, f"{PREFIX}onnx/"):
        store.client.put_object(Bucket=BUCKET, Key=key, Body=b"")
    assert fetch(digest)[::2] == (Outcome.DONE, FILES)


def test_slow_down_is_waited_for(store, fetch):
    digest = store.put(FILES)
    store.instead = first(9, lambda e: is_get(e, "weights.safetensors"), answer(503, "SlowDown"))
    outcome, events, found = fetch(digest)
    assert (outcome, found) == (Outcome.DONE, FILES)
    again = [e for e in events if e["event"] == "again"]
    assert {e["error"] for e in again} == {"503 SlowDown"}
    assert len(again) == 9


def test_a_store_that_stays_away_is_given_up(store, fetch):
    digest = store.put(FILES)
    store.instead = first(10**6, lambda e: is_get(e, "config.json"), answer(503, "SlowDown"))
    outcome, events, found = fetch(digest)
    assert (outcome, found) == (Outcome.UNREACHABLE, {})
    assert events[-1]["problems"] == [
        "config.json from byte 0: failed 8 times in a row, the last time with 503 SlowDown"
    ]


@pytest.mark.parametrize(
    ("said", "path", "problem"),
    [
        ((403, "AccessDenied"), "", f"{URI}: 403 AccessDenied"),
        ((404, "NoSuchBucket"), "", f"{URI}: 404 NoSuchBucket"),
        ((403, "AccessDenied"), "config.json", "config.json from byte 0: 403 AccessDenied"),
    ],
)
def test_a_refusal_is_final(store, fetch, said, path, problem):
    digest = store.put(FILES)
    store.instead = lambda e: (
        answer(*said) if is_get(e, path) or (not path and e["PATH_INFO"] == f"/{BUCKET}") else None
    )
    outcome, events, found = fetch(digest)
    assert (outcome, found) == (Outcome.DENIED, {})
    assert events[-1] | {"time": ""} == {
        "time": "", "event": "failed", "outcome": "denied", "code": 3, "problems": [problem],
    }  # fmt: skip


def test_an_object_that_breaks_off_is_gone_on_with_from_there(store, fetch):
    digest = store.put(FILES)
    content = FILES["weights.safetensors"]

    def broken(start_response):
        start_response(
            "206 x", [("Content-Length", str(2**20)), ("Content-Range", "bytes 0-1048575/3072000")]
        )
        return [content[:300_000]]

    store.instead = first(
        1, lambda e: is_get(e, "weights.safetensors") and "bytes=0-" in e["HTTP_RANGE"], broken
    )
    outcome, events, found = fetch(digest)
    assert (outcome, found) == (Outcome.DONE, FILES)
    assert [e["what"] for e in events if e["event"] == "again"] == ["weights.safetensors from byte 0"]
    assert f"GET /{BUCKET}/{PREFIX}weights.safetensors bytes=300000-1048575" in store.asked


def test_an_object_that_is_replaced_meanwhile_is_refused(store, fetch):
    digest = store.put(FILES)
    store.instead = first(1, lambda e: is_get(e, "weights.safetensors"), answer(412, "PreconditionFailed"))
    outcome, events, found = fetch(digest)
    assert (outcome, found) == (Outcome.OTHER_FILES, {})
    assert events[-1]["problems"][0].endswith("changed in the bucket while it was fetched")


def test_an_answer_longer_than_the_range_is_refused(store, fetch):
    digest = store.put(FILES)
    store.instead = first(1, lambda e: is_get(e, "config.json"), answer(200, "", b"x" * 5_000))
    outcome, events, _ = fetch(digest)
    assert outcome is Outcome.OTHER_FILES
    assert events[-1]["problems"] == ["config.json: 22 bytes from byte 0 on were asked for, 5000 came"]


def test_an_empty_prefix_is_refused(store, fetch):
    store.put({"x": b"x"}, "minilm-v10/")
    outcome, events, found = fetch("sha256:" + "0" * 64)
    assert (outcome, found) == (Outcome.OTHER_FILES, {})
    assert events[-1]["problems"] == ["holds no file"]


def test_keys_that_climb_are_refused_before_anything_is_fetched(store, fetch):
    digest = store.put({**FILES, "../minilm-v2/x": b"x"})
    outcome, events, found = fetch(digest)
    assert (outcome, found) == (Outcome.OTHER_FILES, {})
    assert events[-1]["problems"] == [f"'{PREFIX}../minilm-v2/x': is no path below a folder"]
    assert store.asked == [f"GET /{BUCKET} {PREFIX}"]


def test_files_that_do_not_fit_are_not_begun(store, fetch, monkeypatch):
    digest = store.put(FILES)
    monkeypatch.setattr("shutil.disk_usage", lambda _: SimpleNamespace(free=10))
    outcome, events, found = fetch(digest)
    assert (outcome, found) == (Outcome.NO_ROOM, {})
    assert events[-1]["problems"][0].endswith("bytes are missing, 10 are free")
    assert store.asked == [f"GET /{BUCKET} {PREFIX}"]


def test_a_stop_is_heeded_while_a_worker_waits_for_an_answer(store, fetch):
    digest = store.put(FILES)
    stop = threading.Event()

    def hangs(start_response):
        stop.set()
        time.sleep(5)
        return answer(503, "SlowDown")(start_response)

    store.instead = first(1, lambda e: is_get(e, "config.json"), hangs)
    began = time.monotonic()
    outcome, events, found = fetch(digest, stop)
    assert (outcome, found) == (Outcome.STOPPED, {})
    assert time.monotonic() - began < 4
    assert events[-1]["problems"] == ["told to stop; what was fetched stays for the next start"]
