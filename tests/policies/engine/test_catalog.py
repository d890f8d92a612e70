"""The catalogue: an id that changes breaks waivers, and a level that sinks lets findings through."""

import json
import re
from functools import partial

import pytest

from gate.evaluate.apply_waivers import load_waivers
from policies.engine.catalog import RULES
from policies.engine.waiver import LONGEST, Waiver
from tests.conftest import ROOT
from tests.make_golden import GOLDEN, rules

WAIVERS = load_waivers(ROOT / "policies" / "waivers.yaml")


def test_ids_and_levels_are_pinned():
    """A rule was added, renamed or weakened; if that is meant, ``python -m tests.make_golden`` and say so."""
    assert (GOLDEN / "rules.txt").read_text(encoding="utf-8") == rules()


def test_ids_are_statements_in_kebab_case():
    assert [r.id for r in RULES if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)+", r.id)] == []


def test_every_rule_says_why_and_what_to_do_in_sentences():
    assert [r.id for r in RULES if not r.applies_to] == []
    assert [
        r.id for r in RULES for said in (r.why, r.fix) if not re.fullmatch(r"(?s)\S.*\s\S+[.)`\"]", said)
    ] == []


def test_no_two_rules_have_one_check():
    """A finding told twice under two ids: one of them takes the other's types, and its id as an alias."""
    found: dict[object, list[str]] = {}
    for rule in RULES:
        check = rule.check
        same = (check.func, check.args, repr(check.keywords)) if isinstance(check, partial) else check
        found.setdefault(same, []).append(rule.id)
    assert [ids for ids in found.values() if len(ids) > 1] == []


def test_no_waiver_lasts_longer_than_half_a_year():
    assert LONGEST.days == 180
    assert {
        name: (w.expires - w.created).days for name, w in WAIVERS.items() if w.expires - w.created > LONGEST
    } == {}


def test_waivers_speak_of_rules_that_exist():
    known = {rule.id for rule in RULES} | {"objects-match-their-schema"}
    assert [
        n for n, w in WAIVERS.items() if w.rule not in known and not w.rule.startswith("checkov:CKV")
    ] == []


@pytest.mark.parametrize(
    ("created", "expires", "said"),
    [
        ("2026-11-23", "2026-11-23", "expires (2026-11-23) is not after created (2026-11-23)"),
        ("2026-11-23", "2027-05-23", "lasts more than 180 days; the latest expiry is 2027-05-22"),
    ],
)
def test_a_waiver_ends_within_half_a_year(created, expires, said):
    record = next(iter(WAIVERS.values())).model_dump(mode="json") | {"created": created, "expires": expires}
    with pytest.raises(ValueError, match=re.escape(said)):
        Waiver.model_validate_json(json.dumps(record))
