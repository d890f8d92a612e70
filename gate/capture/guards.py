"""What a program does that no capture can follow: each is a problem of its own, so that nothing goes unjudged.

This holds against shortcuts and accidents. A program that is written to deceive can undo it: who reviews the program
sees that, and the policy pack judges what the engine is really asked for (docs/gate.md, "What it trusts").
"""

import asyncio
import atexit
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any, Final

from pulumi import Output
from pulumi.runtime.settings import SETTINGS

from gate.capture.own_source import asks
from gate.capture.sdk_patches import name_of, state_of
from gate.capture.surroundings import Surroundings
from gate.capture.untampered import Untampered

_SDK: Final = "pulumi"
_SETTINGS: Final = "pulumi.runtime.settings"
ORGANISATION: Final = "organization"
"""What a backend of one's own (S3) calls every organisation; Pulumi Cloud has names."""


class Watch:
    """Looks at one program while it runs; ``problems`` is filled."""

    def __init__(
        self,
        problems: list[str],
        root: Path,
        monitor: object,
        surroundings: Surroundings,
        *,
        outputs_are_known: bool,
    ) -> None:
        self._problems = problems
        self._root = root
        self._monitor = monitor
        self._surroundings = surroundings
        self._outputs_are_known = outputs_are_known
        self._applied: list[tuple[Any, str]] = []
        self._threads = set(threading.enumerate())
        self.is_preview = _Asked(self)
        self.organisation = _Organisation(ORGANISATION)
        self.organisation.watch = self

    @contextmanager
    def over(self) -> Iterator[None]:
        """While the program runs, what it hands to later is noted."""
        apply, register = Output.apply, atexit.register
        Output.apply = self._noting(apply)  # type: ignore[method-assign]  # put back below
        atexit.register = self._refusing(register)
        try:
            with self._surroundings.watched():
                whole = Untampered()
                yield
                self._problems += whole.changed()
        finally:
            Output.apply, atexit.register = apply, register  # type: ignore[method-assign]  # as it was
        self._problems += asks(self._root)

    def end(self) -> None:
        """Called by the program's own task when all that it began has ended."""
        if SETTINGS.monitor is not self._monitor:
            self._problems.append("the program put another monitor in the place of the one that records it")
        for data, where in self._applied:
            if data.done() and not data.cancelled() and not data.exception() and not data.result().is_known:
                sources = sorted(name_of(resource) for resource in data.result().resources)
                self._problems.append(
                    f"{where}: this apply did not run, since an output of {', '.join(sources) or 'something'} "
                    "has no value: gate/capture/outputs does not compute it"
                )

    def after(self, loop: asyncio.AbstractEventLoop) -> None:
        """Called when the program has ended: what still runs was not seen to its end."""
        for task in asyncio.all_tasks(loop):
            name = getattr(task.get_coro(), "__qualname__", "a task")
            self._problems.append(f"the program ended before {name} did: await what it starts")
        for thread in set(threading.enumerate()) - self._threads:
            self._problems.append(f"the program ended before its thread {thread.name} did: join it")

    def where(self, frame: FrameType) -> str:
        """``file:line`` of a frame, as the report names places."""
        path = Path(frame.f_code.co_filename)
        shown = path.relative_to(self._root) if path.is_relative_to(self._root) else Path(path.name)
        return f"{shown}:{frame.f_lineno}"

    def asked_which_organisation(self, frame: FrameType) -> None:
        self._problems.append(
            f"{self.where(frame)}: the program asks which organisation it is of; what it does in another one is "
            "judged by nobody"
        )

    def asked_whether_preview(self, frame: FrameType) -> None:
        self._problems.append(
            f"{self.where(frame)}: the program asks whether this is a preview; what it does otherwise then is judged "
            "by nobody"
        )

    def _noting(self, apply: Callable[..., Any]) -> Callable[..., Any]:
        def noted(output: Any, func: Callable[[Any], Any], run_with_unknowns: bool = False) -> Any:
            if self._outputs_are_known and not run_with_unknowns:
                caller = sys._getframe(1)  # noqa: SLF001 the one way to a caller
                if not _is_sdks(caller):
                    self._applied.append((state_of(output), self.where(caller)))
            return apply(output, func, run_with_unknowns)

        return noted

    def _refusing(self, register: Callable[..., Any]) -> Callable[..., Any]:
        def refused(func: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
            caller = sys._getframe(1)  # noqa: SLF001 as above
            path = Path(caller.f_code.co_filename)
            if path.is_relative_to(self._root) and ".venv" not in path.relative_to(self._root).parts:
                self._problems.append(
                    f"{self.where(caller)}: what runs at the process's end is not seen here"
                )
            return register(func, *args, **kwargs)

        return refused


class _Asked:
    """Stands for ``dry_run``: true, and tells who asked, unless it was the SDK itself."""

    def __init__(self, watch: Watch) -> None:
        self._watch = watch

    def __bool__(self) -> bool:
        frame: FrameType | None = sys._getframe(1)  # noqa: SLF001 as above
        while frame is not None and frame.f_globals.get("__name__") == _SETTINGS:
            frame = frame.f_back
        if frame is not None and not _is_sdks(frame):
            self._watch.asked_whether_preview(frame)
        return True


class _Organisation(str):
    """The organisation's name: it may stand in names of stacks, and tells who compares it, unless the SDK does."""

    __slots__ = ("watch",)
    watch: Watch

    def __eq__(self, other: object) -> bool:
        self._tell()
        return str(self) == other

    def __ne__(self, other: object) -> bool:
        self._tell()
        return str(self) != other

    def __contains__(self, other: object) -> bool:
        self._tell()
        return isinstance(other, str) and other in str(self)

    def __hash__(self) -> int:
        self._tell()
        return hash(str(self))

    def startswith(self, *args: Any) -> bool:
        """As text does; ``in`` a tuple or a mapping comes to the comparisons above."""
        self._tell()
        return str(self).startswith(*args)

    def __str__(self) -> str:
        return ORGANISATION

    def _tell(self) -> None:
        frame = sys._getframe(2)  # noqa: SLF001 as above
        if not _is_sdks(frame):
            self.watch.asked_which_organisation(frame)


def _is_sdks(frame: FrameType) -> bool:
    return str(frame.f_globals.get("__name__")).startswith(_SDK)
