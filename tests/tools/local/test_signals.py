"""The signal that is watched for drift."""

from tools.local.load import SENTENCES
from tools.local.signals import EDGES, SERIES, counts, query


def test_sentences_are_counted_by_length():
    assert counts(["a" * 16, "a" * 17, "a" * 500], times=10) == (10, 10, 0, 0, 0, 0, 0, 10)
    assert sum(counts(SENTENCES["usual"])) == len(SENTENCES["usual"])
    assert len(counts([])) == len(EDGES) + 1


def test_what_is_usual_and_what_is_shifted_share_no_bin():
    usual, shifted = counts(SENTENCES["usual"]), counts(SENTENCES["shifted"])
    assert all(a == 0 or b == 0 for a, b in zip(usual, shifted, strict=True))


def test_the_query_asks_for_the_series_that_the_server_tells():
    assert (
        query().replace("{signal}", "input_characters").startswith(f"sum by (le) (increase({SERIES}_bucket")
    )
