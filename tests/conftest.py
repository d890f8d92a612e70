"""What every test may use: one recorder, one way to use it."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from components.foundation.names import Names
from gate.capture.capture import Captured, capture
from gate.capture.outputs import Account
from policies.engine.graph import Resource

ROOT = Path(__file__).parent.parent

# The same inputs in every run, and no clock: a busy machine is no failure. ``make fuzz`` tries more.
settings.register_profile(
    "repeatable",
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("repeatable")


class Made:
    """What a component registered, as plain data. Mocks cannot prove that AWS accepts any of it."""

    def __init__(self, captured: Captured) -> None:
        self.captured = captured
        self.graph = captured.graph
        self.exports = captured.exports

    def all(self, type_: str) -> list[Resource]:
        return self.graph.of_type(type_)

    def only(self, type_: str) -> Resource:
        found = self.all(type_)
        assert len(found) == 1, f"{len(found)} of {type_}: {[r.name for r in found]}"
        return found[0]

    def named(self, name: str) -> Resource:
        found = [r for r in self.graph if r.name == name and r.custom]
        assert len(found) == 1, f"{len(found)} named {name}; there are {sorted(r.name for r in self.graph)}"
        return found[0]

    def children(self, name: str) -> list[tuple[str, str]]:
        """(type, name) of everything custom below the component of this name."""
        return sorted((r.type, r.name) for r in self.graph if r.custom and self.graph.component_of(r) == name)


@pytest.fixture
def names() -> Names:
    return Names(organisation="example", environment="test", account="111122223333", region="eu-central-1")


@pytest.fixture
def deploy() -> Callable[[Callable[[], object]], Made]:
    """Run a callable that creates components; return what it registered."""

    def run(program: Callable[[], object]) -> Made:
        account = Account(id="111122223333", region="eu-central-1")
        return Made(capture(program, stack="test", account=account, root=ROOT))

    return run
