"""A record that was read, of a model or of an agent, and what happened to it since."""

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from releases.agent import Agent
from releases.evaluation import Evaluation
from releases.events import AnyEvent, Appended
from releases.release import Release
from releases.state import ReleaseState, fold


@dataclass(frozen=True)
class LoadedRecord:
    """Digest and events of one record. Whoever derives from it says what it is and where it stands."""

    record_digest: str
    appended: tuple[Appended, ...]

    @property
    @abstractmethod
    def file(self) -> str:
        """The record's file, as messages name it."""

    @property
    @abstractmethod
    def record(self) -> Release | Agent:
        """What was read."""

    @property
    def has_licence(self) -> bool:
        """Whether somebody must accept a licence before it may run."""
        return isinstance(self.record, Release)

    @property
    def events(self) -> tuple[AnyEvent, ...]:
        """In the order in which they were said."""
        return tuple(appended.event for appended in self.appended)

    @property
    def events_folder(self) -> str:
        """The folder of its events, as messages name it."""
        return f"{self.file.rpartition('/')[0]}/events"

    @cached_property
    def state(self) -> ReleaseState:
        """What is true of it now."""
        return fold(self.record_digest, self.appended, self._at_birth, has_licence=self.has_licence)

    @property
    def _at_birth(self) -> Sequence[Evaluation]:
        """A model's record states figures; an agent's states floors alone."""
        return self.record.evaluations if isinstance(self.record, Release) else ()

    def where(self, said: AnyEvent | Evaluation) -> str:
        """The file that says so, and the place in it where a record's own figure stands."""
        for index, born in enumerate(self._at_birth):
            if born is said:
                return f"{self.file}: evaluations.{index}"
        for appended in self.appended:
            if said is appended.event:
                return f"{self.events_folder}/{appended.name}"
            if said is getattr(appended.event, "evaluation", None):
                return f"{self.events_folder}/{appended.name}: evaluation"
        return self.events_folder
