"""Whether a program's own files ask for the time, for chance, or for who runs them: its two runs would differ."""

import ast
import os
import re
import sys
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Final

_JUDGES: Final = frozenset({"gate", "policies", "tests", "tools", ".venv", ".cache", "build"})
_IN_CLUSTER: Final = "runtime"
"""Programs that run in the cluster: none of the program's own files, unless one of those imports them."""
_IMPORTS_RUNTIME: Final = re.compile(rf"^[ \t]*(?:from|import)[ \t]+{_IN_CLUSTER}\b", re.MULTILINE)
_WHOLE: Final = ("time", "random", "secrets", "platform", "getpass", "locale", "tempfile")
"""Modules of which nothing is the same on two machines or twice."""
_TIMELESS: Final = frozenset({"time.sleep", "time.struct_time"})
_SINGLE: Final = frozenset(
    {
        "datetime.date.today",
        "datetime.datetime.now",
        "datetime.datetime.today",
        "datetime.datetime.utcnow",
        "uuid.uuid1",
        "uuid.uuid4",
        "uuid.getnode",
        "os.cpu_count",
        "os.getlogin",
        "os.getpid",
        "os.getppid",
        "os.getuid",
        "os.geteuid",
        "os.uname",
        "os.urandom",
        "socket.gethostname",
        "socket.getfqdn",
        "sys.argv",
        "sys.executable",
        "sys.getprofile",
        "sys.gettrace",
        "sys.modules",
        "sys.orig_argv",
        "sys.platform",
    }
)
_MODULES: Final = "|".join((*_WHOLE, "datetime", "uuid", "os", "socket", "sys"))
_IMPORTS: Final = re.compile(rf"^[ \t]*(?:from|import)[ \t]+(?:{_MODULES})\b", re.MULTILINE)
_CALLS: Final = re.compile(
    "|".join(rf"\b{name}\b" for name in sorted({n.rpartition(".")[2] for n in _SINGLE} | set(_WHOLE)))
)


def asks(root: Path) -> list[str]:
    """A problem for each place in the loaded files of a checkout, the gate's own left out."""
    above = f"{root}{os.sep}"
    found = []
    for module in list(sys.modules.values()):
        if not issubclass(type(module), ModuleType):  # a library in C only says that it is one
            continue
        # Asked in the usual way, a module that is loaded at its first use would be loaded now.
        file = object.__getattribute__(module, "__dict__").get("__file__")
        if isinstance(file, str) and file.startswith(above) and file.endswith(".py"):
            found.append(Path(file))
    found.append(root / "__main__.py")
    apart = [file for file in found if file.is_relative_to(root / _IN_CLUSTER)]
    own = [file for file in found if file not in apart]
    return asks_of([*own, *(apart if _uses_runtime(own, root) else ())], root)


def _uses_runtime(files: Iterable[Path], root: Path) -> bool:
    """Whether a file of the program imports what runs in the cluster; tests and tools do so beside it."""
    return any(
        _IMPORTS_RUNTIME.search(file.read_text(encoding="utf-8"))
        for file in files
        if file.is_relative_to(root) and file.relative_to(root).parts[0] not in _JUDGES and file.exists()
    )


def asks_of(files: Iterable[Path], root: Path) -> list[str]:
    """The same of files that are named; those that are not the program's own are passed over."""
    own = {file for file in files if file.is_relative_to(root) and file.exists()}
    problems = []
    for file in sorted(own):
        shown = file.relative_to(root)
        if shown.parts[0] not in _JUDGES:
            problems += [
                f"{shown}:{line}: the program asks for {name}: a capture follows from the checkout alone"
                for line, name in _asked(file)
            ]
    return problems


@cache
def _asked(file: Path) -> tuple[tuple[int, str], ...]:
    source = file.read_text(encoding="utf-8")
    if not (_IMPORTS.search(source) and _CALLS.search(source)):
        return ()
    return tuple(sorted(set(_places(ast.parse(source)))))


def _places(tree: ast.Module) -> Iterator[tuple[int, str]]:
    names = dict(_imported(tree))
    within: set[int] = set()
    for node in ast.walk(tree):  # the outer part of a.b.c comes before its inner ones
        if id(node) in within or not isinstance(node, ast.Attribute | ast.Name):
            continue
        dotted = _dotted(node, names)
        if dotted and _is_asked(dotted):
            within |= {id(inner) for inner in ast.walk(node)}
            yield node.lineno, dotted


def _imported(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """What a name of the file stands for."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                whole = alias.name if alias.asname else alias.name.partition(".")[0]
                yield alias.asname or whole, whole
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            for alias in node.names:
                yield alias.asname or alias.name, f"{node.module}.{alias.name}"


def _dotted(node: ast.expr, names: dict[str, str]) -> str:
    if isinstance(node, ast.Name):
        return names.get(node.id, "")
    if isinstance(node, ast.Attribute) and (above := _dotted(node.value, names)):
        return f"{above}.{node.attr}"
    return ""


def _is_asked(dotted: str) -> bool:
    first, _, rest = dotted.partition(".")
    return dotted in _SINGLE or (bool(rest) and first in _WHOLE and dotted not in _TIMELESS)
