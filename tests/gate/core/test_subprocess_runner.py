"""A program that ends its process: with whatever code, it is an error of ours and never our own end."""

import os
import signal
import sys

import pytest

from gate.core.errors import CaptureError, GateError
from gate.core.subprocess_runner import apart


def answer(value):
    return value + 1


def leave(how):
    {
        "_exit": lambda: os._exit(0),
        "exit": lambda: sys.exit(0),
        "kill": lambda: os.kill(os.getpid(), signal.SIGKILL),
    }[how]()


def fail():
    raise CaptureError("no:", ["way"])


def test_it_answers():
    assert apart(answer, 1) == 2


@pytest.mark.parametrize("how", ["_exit", "exit", "kill"])
def test_leaving_is_an_error(how):
    with pytest.raises(GateError, match="the program ended its process before it was judged"):
        apart(leave, how)


def test_an_error_comes_through():
    with pytest.raises(GateError, match="no:\n  way"):
        apart(fail)
