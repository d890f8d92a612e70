"""Loading a folder of releases: the committed ones, and every way a folder can be wrong."""

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from releases.load import ReleaseError, find, load_record, load_releases, record_digest
from releases.state import Decision
from tests.releases.records import record

NAME = "releases/models/minilm/v1"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """One good release with both its events."""
    data = record()
    write(tmp_path / "minilm" / "v1" / "release.yaml", data)
    for kind, decision in (("licence-review", "accepted"), ("approval", "approved")):
        write(tmp_path / "minilm" / "v1" / "events" / f"2026-11-23-{kind}.yaml", event(kind, decision))
    return tmp_path


def event(kind: str, decision: str, **changes: Any) -> dict[str, Any]:
    data: dict[str, Any] = {
        "kind": kind,
        "date": date(2026, 11, 23),
        "who": "somebody@example.com",
        "record": record_digest(record()),
        "decision": decision,
        "evidence": ["the model card"],
    }
    if kind == "licence-review":
        data["licence"] = "Apache-2.0"
    return {**data, **changes}


def write(path: Path, data: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(data if isinstance(data, str) else yaml.safe_dump(data, sort_keys=False))


def problems(folder: Path) -> list[str]:
    with pytest.raises(ReleaseError) as caught:
        load_releases(folder)
    return caught.value.problems


def test_the_committed_releases_are_approved_under_reviewed_licences() -> None:
    releases = load_releases()

    assert {model: sorted(versions) for model, versions in releases.items()} == {
        "minilm": ["v1"],
        "support-chat": ["v1"],
    }
    assert [find(releases, m, "v1").release.provenance for m in releases] == ["genuine", "illustrative"]
    assert all(find(releases, m, "v1").state.is_approved for m in releases)


def test_a_good_folder_is_read_with_its_state(folder: Path) -> None:
    loaded = find(load_releases(folder), "minilm", "v1")

    assert loaded.file == f"{NAME}/release.yaml"
    assert [e.kind for e in loaded.events] == ["approval", "licence-review"]
    assert loaded.state.approval == Decision(
        granted=True, who="somebody@example.com", when=date(2026, 11, 23)
    )


def test_a_release_without_events_is_read_and_not_approved(folder: Path) -> None:
    for path in (folder / "minilm" / "v1" / "events").iterdir():
        path.unlink()

    assert not find(load_releases(folder), "minilm", "v1").state.is_approved


def test_comments_and_layout_of_a_record_may_change(folder: Path) -> None:
    path = folder / "minilm" / "v1" / "release.yaml"
    path.write_text("# a comment\n" + yaml.safe_dump(record(), sort_keys=True, default_flow_style=True))

    assert find(load_releases(folder), "minilm", "v1").state.is_approved


def test_a_record_edited_after_its_approval_is_named(folder: Path) -> None:
    write(folder / "minilm" / "v1" / "release.yaml", record(change={"bounds.replicas.maximum": 60}))
    old = record_digest(record())
    new = record_digest(record(change={"bounds.replicas.maximum": 60}))

    assert problems(folder) == [
        f"{NAME}/events/2026-11-23-{kind}.yaml: record: should be {new}, "
        f"the digest of the record beside it (got {old!r}); an event that is not merged yet takes this digest; "
        "if it is merged, the record must not change: take its change back and write a new version"
        for kind in ("approval", "licence-review")
    ]


def test_all_problems_of_all_files_are_reported_at_once(folder: Path) -> None:
    write(folder / "minilm" / "v1" / "release.yaml", record(change={"needs.cpu": 0, "owner": "CHANGEME"}))
    write(
        folder / "minilm" / "v1" / "events" / "2026-11-23-approval.yaml",
        event("approval", "maybe", who="CHANGEME"),
    )
    write(folder / "other" / "v1" / "release.yaml", "model: a\nmodel: b\n")

    assert problems(folder) == [
        f"{NAME}/release.yaml: owner: replace the placeholder (got 'CHANGEME')",
        f"{NAME}/release.yaml: needs.cpu: should be at least 1 (got 0)",
        f"{NAME}/events/2026-11-23-approval.yaml: who: replace the placeholder (got 'CHANGEME')",
        f"{NAME}/events/2026-11-23-approval.yaml: decision: should be 'approved' or 'refused' (got 'maybe')",
        "releases/models/other/v1/release.yaml: line 2, column 1: the key 'model' stands here twice",
    ]


def add(path: str, data: Any) -> Callable[[Path], None]:
    return lambda folder: write(folder / path, data)


EVENTS = "minilm/v1/events"


def events_become_a_file(folder: Path) -> None:
    shutil.rmtree(folder / EVENTS)
    (folder / EVENTS).write_text("kind: revocation\n")


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        pytest.param(
            add("minilm/v2/release.yaml", record(change={"artifact.uri": "s3://{model_bucket}/minilm-v1/"})),
            ["releases/models/minilm/v2/release.yaml: version: should be 'v2', as its folder (got 'v1')"],
            id="folder-of-another-version",
        ),
        pytest.param(
            add("bert/v1/release.yaml", record()),
            ["releases/models/bert/v1/release.yaml: model: should be 'bert', as its folder (got 'minilm')"],
            id="folder-of-another-model",
        ),
        pytest.param(
            add("minilm/v2/relese.yaml", record()),
            [
                "releases/models/minilm/v2/relese.yaml: unknown file; did you mean release.yaml?",
                "releases/models/minilm/v2/release.yaml: is missing",
            ],
            id="misspelt-file",
        ),
        pytest.param(
            add("README.md", "hello"),
            ["releases/models/README.md: should be a folder named after a model"],
            id="stray-file",
        ),
        pytest.param(
            add("minilm/notes.txt", "hello"),
            ["releases/models/minilm/notes.txt: should be a folder named after a version"],
            id="stray-file-of-a-model",
        ),
        pytest.param(
            add(f"{EVENTS}/2026-11-24-approval.yaml", event("approval", "approved")),
            [
                (
                    f"{NAME}/events/2026-11-24-approval.yaml: its name should be 2026-11-23-approval.yaml, "
                    "as its date and kind"
                )
            ],
            id="name-of-another-date",
        ),
        pytest.param(
            add(f"{EVENTS}/2026-11-23-aproval.yaml", event("aproval", "approved")),
            [
                (
                    f"{NAME}/events/2026-11-23-aproval.yaml: kind: should be one of approval, "
                    "decision, deprecation, drift, evaluation, incident, licence-review, revocation, rollout, "
                    "sunset (got 'aproval')"
                ),
            ],
            id="unknown-kind",
        ),
        pytest.param(
            add(f"{EVENTS}/2026-11-23-approval.yaml", "- approved\n"),
            [f"{NAME}/events/2026-11-23-approval.yaml: should hold a mapping"],
            id="no-mapping",
        ),
        pytest.param(
            add(f"{EVENTS}/2026-11-23-approval.yaml", event("approval", "approved", evidence=[])),
            [f"{NAME}/events/2026-11-23-approval.yaml: evidence: should have at least 1 item, not 0"],
            id="no-evidence",
        ),
        pytest.param(
            add(f"{EVENTS}/2026-11-23-approval.yaml", event("approval", "approved", licence="MIT")),
            [
                (
                    f"{NAME}/events/2026-11-23-approval.yaml: licence: unknown key; "
                    "did you mean evidence? (got 'MIT')"
                )
            ],
            id="unknown-key-in-an-event",
        ),
        pytest.param(
            add(
                f"{EVENTS}/2026-11-23-licence-review.yaml", event("licence-review", "accepted", licence="MIT")
            ),
            [
                (
                    f"{NAME}/events/2026-11-23-licence-review.yaml: licence: should be 'Apache-2.0', "
                    "as in the record (got 'MIT')"
                )
            ],
            id="review-of-another-licence",
        ),
        pytest.param(
            add("odd/v1/release.yaml", {**record(change={"model": "odd"}), 1: "x"}),
            [
                "releases/models/odd/v1/release.yaml: 1: the key should be text (got 1)",
            ],
            id="key-that-is-no-text",
        ),
        pytest.param(
            add(f"{EVENTS}/2026-11-24-revocation.yml", "kind: revocation\n"),
            [f"{NAME}/events/2026-11-24-revocation.yml: unknown file; an event stands in <date>-<kind>.yaml"],
            id="event-nobody-would-read",
        ),
        pytest.param(
            events_become_a_file,
            [f"{NAME}/events: should be a folder"],
            id="events-are-a-file",
        ),
        pytest.param(
            lambda folder: (folder / "minilm/v1/release.yaml").write_bytes(b"\xff\xfe"),
            [f"{NAME}/release.yaml: cannot be read: UnicodeDecodeError"],
            id="not-text",
        ),
    ],
)
def test_what_is_wrong_is_named(folder: Path, spoil: Callable[[Path], object], said: list[str]) -> None:
    spoil(folder)

    found = problems(folder)
    assert [line for line in found if "minilm/v2/release.yaml: artifact" not in line] == said


def test_no_folder_is_a_problem(tmp_path: Path) -> None:
    assert problems(tmp_path / "models") == ["releases/models: there is no such folder"]


def test_a_model_without_version_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "minilm").mkdir()

    assert problems(tmp_path) == ["releases/models/minilm: holds no version"]


@pytest.mark.parametrize(
    ("model", "version", "said"),
    [
        ("minlm", "v1", "releases/models: no model 'minlm'; did you mean minilm?"),
        ("llama", "v1", "releases/models: no model 'llama'; there are minilm"),
        ("minilm", "v2", "releases/models: no version 'v2' of minilm; there are v1"),
    ],
)
def test_what_is_not_there_is_not_found(folder: Path, model: str, version: str, said: str) -> None:
    with pytest.raises(ReleaseError) as caught:
        find(load_releases(folder), model, version)
    assert caught.value.problems == [said]


def test_the_error_counts_its_problems() -> None:
    assert str(ReleaseError(["a: b"])) == "releases have 1 problem:\n  a: b"
    assert str(ReleaseError(["a: b", "c: d"])) == "releases have 2 problems:\n  a: b\n  c: d"


def test_a_record_is_read_whatever_its_events_say(folder: Path) -> None:
    write(folder / EVENTS / "2026-11-23-approval.yaml", "- nonsense")
    release, digest = load_record(folder / "minilm" / "v1")
    assert (release.model, digest) == ("minilm", record_digest(record()))


def test_a_record_that_is_missing_or_wrong_is_named(folder: Path) -> None:
    with pytest.raises(
        ReleaseError, match=r"minilm/v2/release.yaml: is missing; slipway release new drafts one$"
    ):
        load_record(folder / "minilm" / "v2")
    write(folder / "minilm" / "v1" / "release.yaml", record(change={"owner": "CHANGEME"}))
    with pytest.raises(ReleaseError) as refused:
        load_record(folder / "minilm" / "v1")
    assert refused.value.problems == [f"{NAME}/release.yaml: owner: replace the placeholder (got 'CHANGEME')"]
