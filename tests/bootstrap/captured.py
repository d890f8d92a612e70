"""The committed bootstrap, captured once a test process."""

from functools import cache

from gate.capture.capture import Captured
from gate.capture.stacks import ROOT, capture_stack, chosen


@cache
def bootstrap() -> Captured:
    (account,) = chosen(["account"], ROOT / "bootstrap")
    return capture_stack(account, {})
