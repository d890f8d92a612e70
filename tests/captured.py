"""The committed stacks and the examples, captured once a test process."""

from functools import cache
from pathlib import Path

from gate.capture.capture import Captured
from gate.capture.stacks import capture_stack
from stacks.load import read_stack, stack_names

STACKS = stack_names()
EXAMPLES_FOLDER = Path(__file__).parent.parent / "examples"
EXAMPLES = stack_names(EXAMPLES_FOLDER / "stacks")


@cache
def captured(name: str) -> Captured:
    """What the program declares as this stack, its upstreams captured before it."""
    stack = read_stack(name, EXAMPLES_FOLDER / "stacks") if name in EXAMPLES else read_stack(name)
    upstreams = {}
    above = stack.upstream
    while above is not None:
        upstreams[above.name] = captured(above.name).exports
        above = above.upstream
    return capture_stack(stack, upstreams)
