"""The switch for faults."""

import pytest

from tools.local.faults import Faults, fails, read, write


@pytest.mark.parametrize(
    ("faults", "words"),
    [
        (Faults(), "no fault"),
        (Faults(errors=0.5), "50% of requests fail"),
        (
            Faults(errors=1, slow_ms=300, noise=0.5),
            "100% of requests fail, each answer takes 300 ms more, noise of 0.5 standard deviations on the weights",
        ),
    ],
)
def test_it_says_what_it_does(faults, words):
    assert faults.words == words


def test_failures_are_spread_evenly_and_the_same_in_every_run():
    assert [number for number in range(1, 11) if fails(number, 0.3)] == [4, 7, 10]
    assert [number for number in range(1, 6) if fails(number, 1)] == [1, 2, 3, 4, 5]
    assert not any(fails(number, 0) for number in range(1, 100))


def test_what_is_written_is_read(tmp_path):
    assert read(tmp_path / "v2.json") == Faults()
    write(tmp_path / "v2.json", Faults(errors=0.25, slow_ms=10))
    assert read(tmp_path / "v2.json") == Faults(errors=0.25, slow_ms=10)


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        ({"errors": 1.5}, r"errors should be from 0 to 1 \(got 1.5\)"),
        ({"errors": float("nan")}, r"errors should be from 0 to 1 \(got nan\)"),
        ({"noise": -1}, r"noise should be from 0 to 10 \(got -1\)"),
        ({"slow_ms": 60001}, r"slow_ms should be from 0 to 60000 \(got 60001\)"),
    ],
)
def test_what_is_no_fault_is_refused(wanted, said):
    with pytest.raises(ValueError, match=f"^{said}$"):
        Faults(**wanted)


@pytest.mark.parametrize("text", ["", "[]", '{"error": 1}'])
def test_a_file_that_says_something_else_is_an_error(text, tmp_path):
    (tmp_path / "v2.json").write_text(text)
    with pytest.raises(ValueError, match=r".+"):
        read(tmp_path / "v2.json")
