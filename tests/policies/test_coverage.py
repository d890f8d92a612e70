"""Nothing a stack declares goes without a rule or without a word why it needs none."""

from policies.engine.catalog import COVERED, NEEDS_NO_RULE, RULES
from policies.rules.platform.tagging import PLATFORM as TAGGING
from tests.captured import STACKS, captured

DECLARED = {r.type for name in STACKS for r in captured(name).graph if r.custom}
TAGGED = {type_ for rule in TAGGING for type_ in rule.applies_to}
JUDGED = (COVERED - TAGGED) | {type_ for rule in RULES if rule not in TAGGING for type_ in rule.applies_to}
"""By more than their tags, which say nothing of what a resource opens or loses."""


def test_every_type_is_judged_or_needs_no_judging():
    assert sorted(DECLARED - JUDGED - NEEDS_NO_RULE.keys()) == []


def test_what_needs_no_rule_says_why():
    assert sorted(NEEDS_NO_RULE.keys() & JUDGED) == []
    assert [type_ for type_, why in NEEDS_NO_RULE.items() if len(why.split()) < 3] == []
