"""What was started, in build/local/state.json: enough to end it, and not to end anything else."""

import json
import os
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from tools.local.errors import LocalError
from tools.local.layout import Ports

_FORM: Final = 1


@dataclass(frozen=True, kw_only=True)
class Started:
    """One process: a number alone may be another program's by now, a number and when it began may not."""

    name: str
    pid: int
    born: str
    command: tuple[str, ...]
    log: str


@dataclass(frozen=True, kw_only=True)
class State:
    """A run: its ports, and its processes in the order in which they were started."""

    ports: Ports
    processes: tuple[Started, ...] = ()
    settings: dict[str, Any] = field(default_factory=dict)

    def named(self, name: str) -> Started | None:
        return next((one for one in self.processes if one.name == name), None)

    def with_process(self, started: Started) -> "State":
        """The same with this one in place of an earlier one of its name."""
        kept = tuple(one for one in self.processes if one.name != started.name)
        return replace(self, processes=(*kept, started))

    def without(self, name: str) -> "State":
        return replace(self, processes=tuple(one for one in self.processes if one.name != name))


def write(path: Path, state: State) -> None:
    """The file holds this state afterwards, or what it held before; never half of one."""
    body = {
        "form": _FORM,
        "ports": state.ports.by_name(),
        "processes": [asdict(one) for one in state.processes],
        "settings": state.settings,
    }
    fresh = path.with_suffix(".new")
    fresh.write_text(json.dumps(body, indent=2) + "\n", encoding="utf-8")
    os.replace(fresh, path)  # noqa: PTH105 the same call on every system


def read(path: Path) -> State | None:
    """What was written; nothing where no run was begun.

    Raises:
        LocalError: the file is none of ours; it says what to do.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    try:
        return _state(json.loads(text))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise LocalError(
            f"{path} cannot be read: {type(error).__name__}: {error}",
            ["end what still runs by hand, then remove the file; logs beside it say which processes"],
        ) from None


def _state(body: Any) -> State:
    if body["form"] != _FORM:
        raise ValueError(f"form should be {_FORM} (got {body['form']})")
    processes = tuple(
        Started(**{**one, "pid": int(one["pid"]), "command": tuple(one["command"])})
        for one in body["processes"]
    )
    return State(ports=Ports(**body["ports"]), processes=processes, settings=dict(body["settings"]))


def require(path: Path) -> State:
    """The run that stands.

    Raises:
        LocalError: there is none, or its file cannot be read.
    """
    found = read(path)
    if found is None:
        raise LocalError("nothing runs: `slipway local up` starts it")
    return found
