"""From what a rule found to the line that caused it: of a stack file or release, or of a component's source.

A component is made from one section of the stack file. Where the value at fault stands on one line of that section,
or of the release behind it, that line is the cause; of several the one whose key is the property's name; otherwise
it is the line where the section begins. Texts of findings are never searched. Of a resource that no section makes,
only its line of source is known.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from gate.render.yaml_lines import Value, values
from policies.engine.evaluate import Finding, Undecided

_SETTINGS: Final = ("config", "slipway:settings")
_MADE_FROM: Final[Mapping[str, str]] = {
    "permissions-boundary": "identity",
    "model-reader": "identity",
    "payload-writer": "identity",
    "cluster-addons": "system_nodes",
    "models-namespace": "workload_namespace",
    "model-deployers": "workload_namespace",
    "cluster-readers": "cluster",
    "aws": "platform",
    "kubernetes": "platform",
}
"""Components whose name is not their section's."""
_KEYED: Final = (("gpu-", "gpu_pools"), ("cpu-", "cpu_pools"), ("model-", "models"))
"""Components that a mapping makes, one an entry."""
_WORD: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


@dataclass(frozen=True, kw_only=True, order=True)
class Place:
    """A line of a file of the project; line 0 is the whole file."""

    file: str
    line: int = 0


class Origins:
    """The lines of one stack's file and of the releases it runs."""

    def __init__(self, stack: str, root: Path) -> None:
        self._root = root
        self._file = f"stacks/Pulumi.{stack}.yaml"
        inside = len(_SETTINGS)
        self._settings = [
            Value(path=v.path[inside:], line=v.line, text=v.text)
            for v in self._values(self._file)
            if v.path[:inside] == _SETTINGS and len(v.path) > inside
        ]
        self._lines = {v.path: v.line for v in self._settings}
        self._releases: dict[str, Sequence[Value]] = {}

    def of(self, component: str, said: Finding | Undecided) -> Place | None:
        """The line that caused a finding on a resource of an outermost component, or None."""
        section = self.section(component)
        if section not in self._lines:
            return None
        own = [v for v in self._settings if v.path[: len(section)] == section]
        found = _holding(said, self._file, own)
        if not found:
            records = self._records(section)
            found = {p for file in records for p in _holding(said, file, self._of_release(file))}
        return found.pop() if len(found) == 1 else Place(file=self._file, line=self._lines[section])

    def section(self, component: str) -> tuple[str, ...]:
        """The path of the settings a component is made from; empty if none is known."""
        if component in _MADE_FROM:
            return (_MADE_FROM[component],)
        for prefix, section in _KEYED:
            entry = component.removeprefix(prefix)
            if entry != component:
                keys = [p[1] for p in self._lines if len(p) == 2 and p[0] == section]  # noqa: PLR2004 section and key
                fitting = [k for k in keys if entry == k or entry.startswith(f"{k}-")]
                if fitting:
                    return self._version((section, max(fitting, key=len)), entry)
        return (component.replace("-", "_"),)

    def _version(self, section: tuple[str, ...], entry: str) -> tuple[str, ...]:
        """The version's own entry where a component is one version of a model."""
        own = (*section, "versions", entry.removeprefix(section[1]).removeprefix("-"))
        return own if own in self._lines else section

    def _records(self, section: tuple[str, ...]) -> list[str]:
        """The release records behind a model's section, or behind one of its versions."""
        if section[0] != "models":
            return []
        model = ("models", section[1])
        single = [v.text for v in self._settings if v.path == (*model, "version")]
        listed = [p[-1] for p in self._lines if p[:-1] == (*model, "versions")]
        wanted = [section[-1]] if len(section) > len(model) else [*single, *listed]
        return [f"releases/models/{section[1]}/{version}/release.yaml" for version in wanted]

    def _of_release(self, file: str) -> Sequence[Value]:
        if file not in self._releases:
            self._releases[file] = self._values(file)
        return self._releases[file]

    def _values(self, file: str) -> list[Value]:
        try:
            return values((self._root / file).read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError):
            return []


def _holding(said: Finding | Undecided, file: str, candidates: Sequence[Value]) -> set[Place]:
    """The lines that hold the value at fault; of several, those whose key is called as the property."""
    if not isinstance(said, Finding) or not said.path:
        return set()
    key = _WORD.sub("_", re.sub(r"\[[^\]]*\]", "", said.path).rpartition(".")[2]).lower()
    wanted = set(_texts(said.value))
    held = [v for v in candidates if v.text and v.text in wanted]
    named = [v for v in (held or candidates) if key in v.path[-2:]]
    lines = {v.line for v in (named or held)}
    return {Place(file=file, line=line) for line in lines}


def _texts(value: object) -> Iterator[str]:
    """A value as YAML writes it."""
    if isinstance(value, bool):
        yield str(value).lower()
    elif isinstance(value, str | int | float):
        yield str(value)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _texts(item)


def source_line(position: str) -> Place | None:
    """``components/network/network.py:99`` as a place."""
    file, _, line = position.rpartition(":")
    return Place(file=file, line=int(line)) if file and line.isdecimal() else None
