"""``slipway judge --checkov``: checkov is asked about files of others, and what both find is told once."""

import json
from datetime import date
from pathlib import Path

from gate.cli.judge import run

KEY = Path(__file__).parents[2] / "corpus" / "aws" / "bad" / "kms-norotate.json"
ONLY = ["kms-keys-rotate", "checkov:CKV_AWS_7"]


def test_checkov_is_asked_on_request_and_its_finding_told_once(capsys):
    assert run([KEY], date(2026, 11, 29), "json", ONLY, checkov=True) == 0
    (found,) = json.loads(capsys.readouterr().out)["findings"]
    assert (found["rule"], found["witnesses"]) == ("kms-keys-rotate", ["checkov:CKV_AWS_7"])


def test_without_it_the_report_says_that_it_was_not_asked(capsys):
    assert run([KEY], date(2026, 11, 29), "json", ["kms-keys-rotate"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert [found["witnesses"] for found in said["findings"]] == [[]]
    assert any("--checkov asks it" in line for line in said["not_seen"])
