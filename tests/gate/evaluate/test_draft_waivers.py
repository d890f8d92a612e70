"""What a drafted waiver names: path and value where the report holds both, or else the sentence."""

import json
from datetime import date

import pytest
import yaml

from gate.evaluate.draft_waivers import Acceptance, drafts

ACCEPTED = Acceptance(
    reason="A test of drafts, which needs a reason of some length.",
    owner="somebody",
    created=date(2026, 11, 1),
    expires=date(2026, 12, 1),
    stacks=("dev",),
)
KEY = {"urn": "urn:k", "type": "aws:kms/key:Key", "name": "old", "parent": "", "inputs": {}}


def drafted(**finding):
    said = {
        "rule": "kms-keys-rotate",
        "urn": "urn:k",
        "object": "",
        "waiver": "",
        "message": "enableKeyRotation: is off",
        **finding,
    }
    report = {"format": 1, "subject": "stack dev", "resources": [KEY], "findings": [said]}
    (record,) = yaml.safe_load(drafts(json.dumps(report), ["kms-*"], [], ACCEPTED)).values()
    return record["resource"], record["finding"], record.get("value")


@pytest.mark.parametrize(
    ("finding", "expected"),
    [
        ({"path": "enableKeyRotation", "value": False}, ("enableKeyRotation", False)),
        ({"path": "deletionWindowInDays", "value": 7}, ("deletionWindowInDays", 7)),
        ({"path": "policy"}, ("enableKeyRotation: is off", None)),  # what stands there may be a secret
        ({"path": ""}, ("enableKeyRotation: is off", None)),
    ],
)
def test_a_draft_outlives_a_reworded_sentence_where_it_can(finding, expected):
    assert drafted(**finding) == ("aws:kms/key:Key old", *expected)


def test_two_records_of_one_day_are_written_without_anchors():
    finding = {"rule": "kms-keys-rotate", "object": "", "waiver": "", "message": "enableKeyRotation: is off"}
    keys = [KEY, {**KEY, "urn": "urn:l", "name": "other"}]
    found = [{**finding, "urn": key["urn"]} for key in keys]
    report = {"format": 1, "subject": "stack dev", "resources": keys, "findings": found}
    written = drafts(json.dumps(report), ["kms-*"], [], ACCEPTED)
    assert (written.count("created: 2026-11-01"), written.count("&"), written.count("*")) == (2, 0, 0)
