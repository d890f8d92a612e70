"""What a program asks of the machine it is captured on, or does there: each is a problem of its own.

What a capture declares must follow from the checkout alone: a branch on a variable, or on a file that is there, is
judged on one side only. Commands, connections and changes of files are refused before they happen.
"""

import os
import sys
import sysconfig
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any, Final

import pulumi.config
import pulumi.runtime.config

from gate.core.errors import CaptureError

_SDKS: Final = ("pulumi", "pydantic", "google", "grpc")
"""Pinned libraries that read settings of their own, and whose answers reach no resource unseen."""
_BEGIN: Final = "_call"
"""The gate's own function that calls a program, which may be nothing but a function of somebody else's."""
_NEVER_PINNED: Final = frozenset({".git", ".cache", "build"})
_WRITES: Final = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_ACTIONS: Final = {
    "subprocess.Popen": "runs the command {0}",
    "os.system": "runs the command {0}",
    "os.exec": "runs the command {0}",
    "os.posix_spawn": "runs the command {0}",
    "os.spawn": "runs the command {1}",
    "os.fork": "makes another process",
    "os.forkpty": "makes another process",
    "os.kill": "sends a signal to process {0}",
    "socket.connect": "connects to {1}",
    "socket.bind": "listens on {1}",
    "socket.sendto": "sends to {1}",
    "socket.sendmsg": "sends to {1}",
    "socket.getaddrinfo": "asks for the address of {0}",
    "socket.gethostbyname": "asks for the address of {0}",
    "socket.gethostbyaddr": "asks for the name of {0}",
    "ctypes.dlopen": "loads the library {0}",
    "os.putenv": "sets the environment variable {0}",
    "os.unsetenv": "takes away the environment variable {0}",
    "os.chdir": "leaves its folder for {0}",
    "os.remove": "removes {0}",
    "os.rmdir": "removes {0}",
    "os.mkdir": "makes the folder {0}",
    "os.rename": "moves {0}",
    "os.link": "links {0}",
    "os.symlink": "links {0}",
    "os.truncate": "cuts {0} off",
    "os.chmod": "changes who may use {0}",
    "os.chown": "changes whose {0} is",
}
"""Audit events of CPython 3.11 and later, and what each does."""
_LOOKS: Final = {"os.listdir": "lists", "os.scandir": "lists"}
_watching: list["Surroundings"] = []
"""Whoever watches now. A hook cannot be taken out of an interpreter again: without one here it does nothing."""
_is_hooked: list[bool] = []


class Surroundings:
    """Watches one program; ``problems`` is filled."""

    def __init__(
        self, problems: list[str], root: Path, folders: Sequence[Path], config: Mapping[str, str]
    ) -> None:
        self._problems = problems
        self._root = root
        self._config = config
        self._library = str(Path(sysconfig.get_path("stdlib")))
        self._packages = str(Path(sysconfig.get_path("purelib")))
        found = {root, *folders, Path(sys.prefix), Path(sys.base_prefix), *map(Path, sys.path)}
        self._readable = tuple(
            sorted(f"{path.absolute()}{os.sep}" for path in found if len(path.absolute().parts) > 1)
        )

    @contextmanager
    def watched(self) -> Iterator[None]:
        """While the program runs, what it asks is noted and what it does is refused."""
        if not _is_hooked:
            sys.addaudithook(_heard)
            _is_hooked.append(True)
        environ = type(os.environ)
        replaced: list[tuple[Any, str, Any]] = [
            (os, "stat", self._looking(os.stat)),
            (os, "lstat", self._looking(os.lstat)),
            (os, "access", self._looking(os.access)),
            (environ, "__getitem__", self._reading(environ.__getitem__)),
            (environ, "__iter__", self._listing(environ.__iter__)),
            (pulumi.config, "get_config", self._configured),
            (pulumi.runtime.config, "get_config", self._configured),
        ]
        before = [(owner, name, getattr(owner, name)) for owner, name, _ in replaced]
        for owner, name, value in replaced:
            setattr(owner, name, value)
        _watching.append(self)
        try:
            yield
        finally:
            _watching.remove(self)
            for owner, name, value in before:
                setattr(owner, name, value)

    def heard(self, event: str, arguments: tuple[Any, ...], frame: FrameType) -> None:
        """One audit event.

        Raises:
            CaptureError: it would run, send or change something.
        """
        if event == "open":
            self._opened(arguments, frame)
        elif event in _LOOKS:
            self._looked_at(arguments[0], frame, _LOOKS[event])
        elif (asker := self._asker(frame)) is not None:
            shown = [_shown(argument) for argument in arguments]
            self._refuse(asker, _ACTIONS[event].format(*shown))

    def _opened(self, arguments: tuple[Any, ...], frame: FrameType) -> None:
        path, _, flags = arguments
        if isinstance(path, int):
            return
        if isinstance(flags, int) and flags & _WRITES and (asker := self._asker(frame)) is not None:
            self._refuse(asker, f"writes {_shown(path)}")
        self._looked_at(path, frame, "reads")

    def _looked_at(self, path: Any, frame: FrameType, how: str) -> None:
        if path is None or isinstance(path, int) or self._is_pinned(os.path.abspath(os.fsdecode(path))):  # noqa: PTH100 a Path would cost more than what it looks at
            return
        asker = self._asker(frame)
        if asker is not None:
            self._note(asker, f"{how} {_shown(path)}, which is no file of the checkout")

    def _is_pinned(self, path: str) -> bool:
        """Whether a path is of the checkout, or of the interpreter and what is installed for it."""
        inside = f"{path}{os.sep}"
        if inside.startswith(f"{self._root}{os.sep}"):
            first = inside[len(str(self._root)) + 1 :].partition(os.sep)[0]
            return first not in _NEVER_PINNED
        # Whoever looks for a file walks up to the root: that a folder above is there says nothing.
        return inside.startswith(self._readable) or any(one.startswith(inside) for one in self._readable)

    def _looking(self, look: Callable[..., Any]) -> Callable[..., Any]:
        def noted(path: Any, *args: Any, **kwargs: Any) -> Any:
            if not isinstance(path, int):
                self._looked_at(path, sys._getframe(1), "looks for")  # noqa: SLF001 the one way to a caller
            return look(path, *args, **kwargs)

        return noted

    def _reading(self, read: Callable[..., Any]) -> Callable[..., Any]:
        def noted(environ: Any, key: Any) -> Any:
            asker = self._asker(sys._getframe(1))  # noqa: SLF001 as above
            if asker is not None:
                self._note(asker, f"reads the environment variable {_shown(key)}")
            return read(environ, key)

        return noted

    def _listing(self, names: Callable[..., Any]) -> Callable[..., Any]:
        def noted(environ: Any) -> Any:
            asker = self._asker(sys._getframe(1))  # noqa: SLF001 as above
            if asker is not None:
                self._note(asker, "reads all environment variables")
            return names(environ)

        return noted

    def _configured(self, key: str) -> Any:
        """What the stack's file says, and nothing that an engine or a shell may add to it."""
        if key not in self._config:
            asker = _beyond(sys._getframe(1), "pulumi.config", "pulumi.runtime.config")  # noqa: SLF001 as above
            if asker is not None and not _is_of(asker, _SDKS):
                known = ", ".join(sorted(self._config)) or "none"
                self._note(
                    asker, f"reads the configuration key {key}, which a stack file cannot hold ({known} can)"
                )
        return self._config.get(key)

    def _asker(self, frame: FrameType | None) -> FrameType | None:
        """The program's own line that is behind it; none where a pinned library does it for itself."""
        while frame is not None:
            file = frame.f_code.co_filename
            if file.startswith("<frozen importlib"):
                return None  # whoever is imported loads itself
            if file.startswith(self._packages):
                if _is_of(frame, _SDKS):
                    return None
            elif file.startswith(f"{self._root}{os.sep}") and not file.startswith(self._library):
                is_begun = frame.f_code.co_name == _BEGIN
                return None if _is_of(frame, ("gate",)) and not is_begun else frame
            elif not file.startswith((self._library, "<")):
                return frame
            frame = frame.f_back
        return None

    def _note(self, asker: FrameType, what: str) -> str:
        path = Path(asker.f_code.co_filename)
        shown = path.relative_to(self._root) if path.is_relative_to(self._root) else Path(path.name)
        line = f"{shown}:{asker.f_lineno}: the program {what}: a capture follows from the checkout alone"
        self._problems.append(line)
        return line

    def _refuse(self, asker: FrameType, what: str) -> None:
        raise CaptureError(self._note(asker, what))


def _heard(event: str, arguments: tuple[Any, ...]) -> None:
    if _watching and (event == "open" or event in _ACTIONS or event in _LOOKS):
        _watching[-1].heard(event, arguments, sys._getframe(1))  # noqa: SLF001 as above


def _beyond(frame: FrameType | None, *modules: str) -> FrameType | None:
    while frame is not None and frame.f_globals.get("__name__") in modules:
        frame = frame.f_back
    return frame


def _is_of(frame: FrameType, packages: Sequence[str]) -> bool:
    name = str(frame.f_globals.get("__name__"))
    return any(name == package or name.startswith((f"{package}.", f"{package}_")) for package in packages)


def _shown(value: Any) -> str:
    """An argument of an event in a line: bytes decoded, lists as they were typed, long ones cut."""
    if isinstance(value, bytes):
        value = os.fsdecode(value)
    if isinstance(value, list | tuple):
        value = " ".join(map(_shown, value))
    text = str(value)
    return text if len(text) <= 120 else f"{text[:119]}…"  # noqa: PLR2004 a line of a report
