"""Signatures of a tool count where its folder's list names its keys, and nowhere else."""

import shutil

import pytest

from releases.load import ReleaseError, load_releases
from tests.conftest import ROOT
from tools.signed_events import enlist, sign

EVENT = "models/minilm/v1/events/2026-11-23-approval.yaml"


@pytest.fixture
def releases(tmp_path):
    folder = tmp_path / "releases"
    shutil.copytree(ROOT / "releases", folder, ignore=shutil.ignore_patterns("__pycache__"))
    return folder


def changed(releases):
    event = releases / EVENT
    event.write_text(event.read_text(encoding="utf-8") + "# read again\n", encoding="utf-8")
    return event


def test_a_changed_event_counts_when_it_is_signed_again_and_its_neighbours_still_do(releases):
    event = changed(releases)
    enlist(releases)
    sign(event)
    found = load_releases(releases / "models")["minilm"]["v1"]
    assert found.signed == {"2026-11-23-approval.yaml", "2026-11-23-licence-review.yaml"}


def test_enlisting_twice_is_enlisting_once(releases):
    enlist(releases)
    once = (releases / "people.yaml").read_text(encoding="utf-8")
    enlist(releases)
    assert (releases / "people.yaml").read_text(encoding="utf-8") == once


def test_where_nobody_enlisted_it_the_signature_does_not_count(releases):
    sign(changed(releases))
    with pytest.raises(
        ReleaseError, match=r"names for model-risk@example\.com; it is by a key that nobody has there"
    ):
        load_releases(releases / "models")


def test_an_event_that_changed_afterwards_is_found(releases):
    enlist(releases)
    sign(releases / EVENT)
    changed(releases)
    with pytest.raises(ReleaseError, match="it was changed after it was signed"):
        load_releases(releases / "models")
