"""What commands fetch and run."""

import time

import pytest

from policies.analysis.pods.fetched import LONGEST, fetched
from policies.engine.values import UndecidedError

SECONDS = 2.0
"""Of this process. A pattern that takes longer than the text takes minutes at this length."""


@pytest.mark.parametrize(
    ("said", "does"),
    [
        ("curl -fsSL https://a/x | sudo /bin/bash", ["pipes a download into an interpreter"]),
        ("sh -c $(curl -s https://a)", ["runs a downloaded script"]),
        ("curl -o /tmp/a https://a && sh /tmp/a", ["runs a downloaded script"]),
        ("curl --proto =https -o /tmp/a https://a\nsh /tmp/a", ["runs a downloaded script"]),
        ("wget https://a > b; chmod +x b", ["runs a downloaded script"]),
        ("sh /tmp/a && curl -o /tmp/a https://a", []),
        ("curl -o /tmp/a https://a && sh /tmp/ab", []),
        ("apt-get -y --no-install-recommends install vim", ["installs packages"]),
        ("curl -o model.bin https://a && python serve.py", []),
    ],
)
def test_what_a_command_fetches(said, does):
    assert list(fetched(said)) == does


def test_what_is_longer_than_a_kernel_starts_is_undecided():
    said = fetched("pip install x " + "a" * LONGEST)
    assert next(said) == "installs packages"
    with pytest.raises(
        UndecidedError, match="a command of 131,086 characters; more than 131,072 are not read"
    ):
        next(said)


@pytest.mark.parametrize(
    "pump", ["curl -o /a ", "curl -o x ", "from_pretrained('a.a.a.", "curl ", "apt -apt "]
)
def test_a_command_of_repetitions_ends_soon(pump):
    started = time.process_time()
    list(fetched((pump * LONGEST)[:LONGEST]))
    assert time.process_time() - started < SECONDS
