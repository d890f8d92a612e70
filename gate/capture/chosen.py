"""The stacks a command is asked about: which there are, whether their files are right, and in which order they come."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from bootstrap.project import PROJECT as BOOTSTRAP_PROJECT
from gate.capture.project_file import project_problems
from gate.core.checkout import ROOT
from gate.core.clickable import clickable
from gate.core.errors import GateError
from stacks.load import PROJECT, SettingsError, Stack, read_stack, stack_names, stray_files
from stacks.settings import StackSettings

BOOTSTRAP: Final = "bootstrap"
"""The folder of the program that comes first, with stack files of its own."""


def chosen(names: Sequence[str], root: Path = ROOT) -> list[Stack]:
    """The named stacks, or all of them, upstreams first.

    Raises:
        GateError: a stack does not exist or its file is wrong; the problems of all files are listed.
    """
    known = stack_names(root / "stacks")
    problems = [f"{name}: no such stack; there are {', '.join(known)}" for name in names if name not in known]
    problems += [
        f"stacks/{file}: is read by nobody; a stack's file is called Pulumi.STACK.yaml, STACK being lower-case "
        "letters, digits and dashes"
        for file in stray_files(root / "stacks")
    ]
    problems += _project_problems(root)
    if not known:
        problems.append(f"{root / 'stacks'}: holds no Pulumi.STACK.yaml")
    found: dict[str, Stack] = {}
    read = bootstrap if root == ROOT / BOOTSTRAP else read_stack
    for name in names or known:
        if name not in known:
            continue
        try:
            found[name] = read(name, root / "stacks")
        except SettingsError as error:
            problems.extend(error.lines)
    if problems:
        raise GateError("the stacks cannot be previewed:", clickable(root, dict.fromkeys(problems)))
    return with_upstreams(found.values())


def _project_problems(folder: Path) -> list[str]:
    """Of the project file beside the stacks: this checkout's, its bootstrap's, or another organisation's."""
    own = folder if folder == ROOT / BOOTSTRAP else ROOT
    return project_problems(folder, own, PROJECT if own == ROOT else BOOTSTRAP_PROJECT)


def bootstrap(name: str, folder: Path) -> Stack:
    """The bootstrap of an account as a stack: a platform without sections, made by a program of its own.

    Raises:
        SettingsError: its file is wrong, or that of a stack it names.
    """
    from bootstrap.settings import load_bootstrap, read_settings  # noqa: PLC0415 for few commands

    raw = read_settings(name, folder.parent)
    own = load_bootstrap(name, raw, folder.parent.parent / "stacks").settings
    settings = StackSettings(platform=own.platform.platform)
    return Stack(name=name, settings=settings, raw=raw, folder=folder, project=BOOTSTRAP_PROJECT)


def with_upstreams(stacks: Iterable[Stack]) -> list[Stack]:
    """The stacks and everything they stand on, upstreams first, each once."""
    ordered: dict[str, Stack] = {}

    def place(stack: Stack) -> None:
        if stack.upstream is not None:
            place(stack.upstream)
        ordered.setdefault(stack.name, stack)

    for stack in sorted(stacks, key=lambda s: s.name):
        place(stack)
    return list(ordered.values())
