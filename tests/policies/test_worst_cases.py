"""No regular expression that sees foreign text takes longer than the text: a stranger's file must not stop the gate."""

import re
import time

from tests.worst_cases import patterns, pumped

LENGTH = 20_000
SECONDS = 0.8
"""Of this process, for one search. At this length what grows with the square of it takes two and more."""


def slowest(pattern, *, searched=True, length=LENGTH, enough=SECONDS):
    worst = 0.0
    for text in pumped(pattern.pattern, length):
        started = time.process_time()
        (pattern.search if searched else pattern.fullmatch)(text)
        worst = max(worst, time.process_time() - started)
        if worst > enough:
            break
    return worst


def test_every_pattern_ends_soon_on_its_worst_texts():
    known = list(patterns())
    assert len(known) > 100
    slow = [name for name, pattern, searched in known if slowest(pattern, searched=searched) > SECONDS]
    assert slow == []


def test_the_generator_finds_what_is_slow():
    """Each of these stood here before, or is like one that did: at a tenth of the length it takes a hundredth of it."""
    for slow in (
        re.compile(r"\$\{([^}]*)\}"),
        re.compile(r"([A-Za-z][A-Za-z0-9_.-]*)[ \t]*[=:]"),
    ):
        short, long = (slowest(slow, length=length, enough=5) for length in (500, 4000))
        assert long > 20 * short, slow.pattern
