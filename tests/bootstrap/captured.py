"""The committed bootstrap, captured once a test process."""

from functools import cache

from gate.capture.capture import Captured
from gate.capture.chosen import chosen
from gate.capture.stacks import capture_stack
from gate.core.checkout import ROOT


@cache
def bootstrap() -> Captured:
    (account,) = chosen(["account"], ROOT / "bootstrap")
    return capture_stack(account, {})
