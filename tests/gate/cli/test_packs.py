"""``slipway judge --pack``: what is true of anybody's stack, this platform's conventions, or both."""

import json
from datetime import date

import pytest

from gate.cli.judge import run
from gate.core.errors import GateError
from policies.engine.catalog import PLATFORM, RULES
from policies.packs import PACKS

DAY = date(2026, 11, 28)

BUCKET = {
    "urn": "urn:pulumi:x::p::aws:s3/bucket:Bucket::b",
    "type": "aws:s3/bucket:Bucket",
    "custom": True,
    "inputs": {"forceDestroy": True},
}


def judged(tmp_path, capsys, **options):
    state = tmp_path / "state.json"
    state.write_text(json.dumps({"version": 3, "deployment": {"resources": [BUCKET]}}), encoding="utf-8")
    run([state], DAY, "json", **options)
    report = json.loads(capsys.readouterr().out)
    begins = "packs of rules that were not asked: "
    other = [line.removeprefix(begins) for line in report["not_seen"] if line.startswith(begins)]
    return {finding["rule"] for finding in report["findings"]}, other


def test_a_rule_is_in_one_pack_and_all_asks_each_once():
    assert {rule.id for rule in PACKS["portable"]} == {rule.id for rule in RULES} - PLATFORM
    assert sorted(rule.id for rule in PACKS["all"]) == sorted(rule.id for rule in RULES)


def test_files_are_judged_by_the_portable_pack_unless_asked(tmp_path, capsys):
    portable, other = judged(tmp_path, capsys)
    assert "data-is-protected-from-deletion" in portable
    assert portable & PLATFORM == set()
    assert other == [f"platform: {len(PACKS['platform'])} rules (--pack all)"]


def test_the_platform_pack_asks_its_own_and_more_of_portable_rules(tmp_path, capsys):
    platform, other = judged(tmp_path, capsys, pack="platform")
    assert {"resources-say-who-owns-them", "data-is-protected-from-deletion"} <= platform
    assert "buckets-block-public-access" not in platform
    assert other == [f"portable: {len(PACKS['portable'])} rules (--pack all)"]


def test_both_packs_leave_none_out(tmp_path, capsys):
    found, other = judged(tmp_path, capsys, pack="all")
    assert {"resources-say-who-owns-them", "buckets-block-public-access"} <= found
    assert other == []


def test_a_pack_that_is_none_is_refused_and_so_is_a_rule_of_another(tmp_path, capsys):
    with pytest.raises(GateError, match=r"--pack: should be portable, platform, all \(got 'ours'\)"):
        judged(tmp_path, capsys, pack="ours")
    with pytest.raises(GateError, match="these rules cannot be chosen"):
        judged(tmp_path, capsys, only=["resources-say-who-owns-them"])


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule.on_platform], ids=lambda rule: rule.id)
def test_what_the_platform_pack_asks_more_is_said_in_a_sentence(rule):
    assert rule.id not in PLATFORM, "a convention has one check"
    assert rule.on_platform.asks.endswith(".")
