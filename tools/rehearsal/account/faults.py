"""What goes wrong at a chosen point of an ``up``: whoever rehearses sets it, and the simulated provider keeps to it."""

import json
import os
import threading
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final, Literal

from tools.rehearsal.account.errors import AwsError

When = Literal["before", "after"]
"""``before`` the account has made the resource; ``after``: it has, and the engine has not been told."""
Then = Literal["stop", "crash", "throttle", "half"]
"""``stop``: the provider waits until it is ended, or let go. ``crash``: its process is gone. ``throttle``: this and all
later creations are refused, as when the provider's own patience with AWS is over. ``half``: the resource is there, and
not as it was asked for."""


class HalfMadeError(Exception):
    """The account has made the resource; what should have followed did not happen."""


@dataclass(frozen=True, kw_only=True)
class Point:
    """The ``number``-th creation, of those that match, in one run of the engine."""

    when: When
    type: str = ""
    """Any, if empty; ``name`` too."""
    name: str = ""
    number: int = 1
    then: Then = "stop"

    def matches(self, type_: str, urn: str) -> bool:
        return self.type in {"", type_} and self.name in {"", urn.rpartition("::")[2]}


class Faults:
    """Reads ``fault.json`` in its folder at each call; writes ``reached`` when the point is reached, once.

    Creations are counted by the provider's process, which is a new one in each run of the engine.
    """

    def __init__(self, folder: Path) -> None:
        self._wanted, self._reached = folder / "fault.json", folder / "reached"
        self._go = folder / "go-on"
        self._lock, self._counted = threading.Lock(), 0

    def set(self, point: Point) -> None:
        """From the next run on it goes wrong there."""
        self.clear()
        self._wanted.write_text(json.dumps(asdict(point)), encoding="utf-8")

    def clear(self) -> None:
        for file in (self._wanted, self._reached, self._go):
            file.unlink(missing_ok=True)

    def is_reached(self) -> bool:
        return self._reached.exists()

    def let_go(self) -> None:
        """A provider that stopped goes on."""
        self._go.touch()

    def goes_on(self) -> bool:
        return self._go.exists()

    def before(self, type_: str, urn: str) -> None:
        """A creation is about to be asked for.

        Raises:
            AwsError: AWS throttles.
        """
        self._at("before", type_, urn)

    def after(self, type_: str, urn: str) -> None:
        """The account has made it.

        Raises:
            HalfMadeError: not all of it could be made.
        """
        self._at("after", type_, urn)

    def _at(self, when: When, type_: str, urn: str) -> None:
        if not self._wanted.exists():
            return
        said: Mapping[str, str] = json.loads(self._wanted.read_text(encoding="utf-8"))
        point = Point(**said)  # type: ignore[arg-type] written by `set`
        if point.when != when or not point.matches(type_, urn):
            return
        with self._lock:
            self._counted += 1
            number = self._counted
        if number == point.number or (point.then == "throttle" and number > point.number):
            self._reached.touch()
            _THEN[point.then](self)

    def wait(self) -> None:
        """Until its engine is gone, and this process with it, or it is let go."""
        while not self.goes_on():
            time.sleep(0.05)


def _crash(_faults: Faults) -> None:
    os._exit(1)


def _throttle(_faults: Faults) -> None:
    raise AwsError("ThrottlingException", "Rate exceeded")


def _half(_faults: Faults) -> None:
    raise HalfMadeError("waiting for it to become active: timeout while waiting for state")


_THEN: Final = {"stop": Faults.wait, "crash": _crash, "throttle": _throttle, "half": _half}
