"""Where two people answer for a release, and who of them has had a hand in it."""

import pytest

from releases.four_eyes import makers, no_approvers, reason
from releases.load import LoadedRelease
from releases.people import Decider, People
from releases.release import Release
from tests.releases.events_examples import FIGURE, appended
from tests.releases.records import record
from tests.releases.test_state import RECORD, review

PEOPLE = People(
    people={"licences@example.com": Decider(roles=["reviewer"], same_as=["l.cences@example.com"])}
)


def release(base="embedding-on-cpu", **changes):
    return Release.model_validate(record(base, changes))


def loaded(people, **changes):
    events = (review(1, "accepted").model_copy(update={"who": "l.cences@example.com"}),)
    return LoadedRelease(release(**changes), RECORD, appended(events), frozenset(), people)


@pytest.mark.parametrize(
    ("base", "changes", "said"),
    [
        ("embedding-on-cpu", {}, ""),
        ("embedding-on-cpu", {"rollout": {"four_eyes": True}}, "rollout.four_eyes"),
        ("chat-on-gpu", {}, "data_class confidential"),
    ],
)
def test_a_class_of_data_or_the_record_itself_asks(base, changes, said):
    assert reason(release(base, **changes)) == said


def test_who_measured_and_who_signed_made_it():
    signature = {"identity": "ml@example.com", "issuer": "https://issuer.example.com", "bundle": RECORD}
    artifact = record("embedding-on-cpu")["artifact"] | {"signature": signature}
    assert makers(release(artifact=artifact, evaluations=[FIGURE])) == {FIGURE["by"], "ml@example.com"}


def test_whoever_has_had_a_hand_in_it_is_known_by_every_address():
    assert no_approvers(loaded(PEOPLE, evaluations=[FIGURE]), "ana@example.com") == tuple(
        sorted(["ana@example.com", "l.cences@example.com", "licences@example.com", FIGURE["by"]])
    )
    assert no_approvers(loaded(None, evaluations=[])) == ("l.cences@example.com",)
