import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.analysis.iam.patterns import canonical, covers, covers_action, meet, overlap

PATTERNS = st.text(alphabet="ab*?", max_size=6)
TEXTS = st.text(alphabet="ab", max_size=6)


def is_of(text, pattern):
    """The same by another way: a regular expression."""
    expression = "".join({"*": ".*", "?": "."}.get(c, re.escape(c)) for c in pattern)
    return re.fullmatch(expression, text) is not None


@pytest.mark.parametrize(
    ("pattern", "other", "is_within"),
    [
        ("s3:*", "s3:GetObject", True),
        ("s3:**", "s3:*", True),
        ("s3:?*", "s3:*", False),
        ("s3:*?", "s3:?*", True),
        ("s3:Get*", "s3:*", False),
        ("*", "", True),
        ("?", "*", False),
        ("a*b*c", "aXbYbZc", True),
        ("a*b*c", "aXc", False),
        ("a[b]c", "abc", False),
    ],
)
def test_what_lies_within(pattern, other, is_within):
    assert covers(pattern, other) is is_within


def test_the_case_of_an_action_says_nothing_and_that_of_an_arn_does():
    assert covers_action("S3:GET*", "s3:getobject")
    assert not covers("arn:aws:s3:::Models/*", "arn:aws:s3:::models/a")


@pytest.mark.parametrize(
    ("one", "other", "shared"),
    [
        ("iam:*", "iam:PassRole", ("iam:PassRole",)),
        ("ec2:Create*", "ec2:*Tags", ("ec2:Create*Tags",)),
        ("a*", "*a", ("a", "a*a")),
        ("s3:Get*", "s3:Put*", ()),
        ("ab?", "a?c", ("abc",)),
    ],
)
def test_what_two_patterns_share(one, other, shared):
    assert meet(one, other) == shared
    assert meet(other, one) == shared


@given(PATTERNS, TEXTS)
def test_a_text_is_within_a_pattern_exactly_when_it_matches(pattern, text):
    assert covers(pattern, text) is is_of(text, pattern)
    assert covers(canonical(pattern), text) is is_of(text, pattern)
    assert overlap(pattern, text) is is_of(text, pattern)


@given(PATTERNS, PATTERNS, TEXTS)
def test_what_is_shared_is_of_both_and_nothing_of_both_is_left_out(one, other, text):
    of_both = is_of(text, one) and is_of(text, other)
    assert any(is_of(text, p) for p in meet(one, other)) is of_both
    assert overlap(one, other) or not of_both
    assert bool(meet(one, other)) is overlap(one, other)


@given(PATTERNS, PATTERNS, TEXTS)
def test_a_pattern_within_another_holds_no_text_that_the_other_does_not(one, other, text):
    if covers(one, other) and is_of(text, other):
        assert is_of(text, one)
