"""What touches the world, one protocol a part; each has an implementation of its own and one in memory for tests."""

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from runtime.loops.contract import (
    Appendix,
    Decision,
    Figures,
    Histogram,
    Question,
    ReleaseFacts,
    Shares,
    Statement,
)
from runtime.loops.requests import EvaluationRequest


class SharesMovedError(Exception):
    """Somebody else wrote the shares meanwhile: what stands is not what was expected."""

    def __init__(self, model: str, expected: Shares, found: Shares) -> None:
        self.expected, self.found = expected, found
        super().__init__(f"{model}: shares are {found}, not {expected} as expected; somebody else wrote them")


class UnavailableError(Exception):
    """A part of the world did not answer. It is asked again; it is never taken for a zero or a yes."""


class SharesPort(Protocol):
    """Who answers which share of a model's requests."""

    def read(self, model: str) -> Shares:
        """What stands now; versions without a share may be absent."""
        ...

    def write(self, model: str, shares: Shares, expected: Shares) -> None:
        """Make ``shares`` stand if ``expected`` stands.

        Writing what stands already succeeds. Where something else stands nothing is written, and
        SharesMovedError is raised.
        """
        ...


class FiguresPort(Protocol):
    """What Prometheus counted."""

    def read(self, model: str, version: str, window_seconds: float) -> Figures:
        """Of one version over the last seconds. Raises UnavailableError where Prometheus or the series is away."""
        ...

    def budget_left(self, model: str) -> dict[str, float]:
        """What is left of each objective's error budget; empty where the model promises nothing."""
        ...

    def histogram(self, model: str, version: str, signal: str, window_seconds: float) -> Histogram:
        """How a signal was distributed over the last seconds."""
        ...


class EventsPort(Protocol):
    """The events of releases: only ever appended, signed by who appends."""

    def append(self, appendix: Appendix) -> str:
        """Append and return the name of the file; the same run and step again returns the same name."""
        ...


class ReleasesPort(Protocol):
    """Records and what was said of them."""

    def facts(self, model: str, version: str, today: str) -> ReleaseFacts:
        """As of a day (ISO).

        Raises UnavailableError where they cannot be read, LookupError where there is no record.
        """
        ...


class PolicyPort(Protocol):
    """What is allowed."""

    def decide(self, question: Question) -> Decision:
        """Deny by default; a missing attribute denies."""
        ...


class PeoplePort(Protocol):
    """Who somebody is."""

    def verify(self, statement: Statement) -> str:
        """The person's address. Raises PermissionError where the signature is not the front door's."""
        ...


class ProposalsPort(Protocol):
    """Changes of stack files that people merge."""

    def propose(self, run: str, title: str, change: Mapping[str, Any]) -> str:
        """Make the change that a pull request holds, once a run and title; where it can be read."""
        ...


class ReferencesPort(Protocol):
    """Reference histograms of traffic that a release was approved on."""

    def read(self, digest: str) -> Histogram:
        """The histogram with this digest. Raises LookupError where it is missing or is another."""
        ...


class MeasurerPort(Protocol):
    """What measures a release on data that trainers cannot read."""

    @property
    def identity(self) -> str:
        """Who measures."""
        ...

    def artifact(self, model: str, version: str) -> str:
        """The digest of the files that would be measured."""
        ...

    def readable(self, held_out: str) -> bool:
        """Whether the data with this digest is there for this identity."""
        ...

    def measure(self, request: EvaluationRequest, beat: Callable[[], None]) -> float:
        """The figure; ``beat`` is called every few seconds meanwhile.

        Raises UnavailableError where it could not be had, ValueError where the suite refused.
        """
        ...
