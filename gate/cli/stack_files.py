"""What stack files say of models, read as data and kept as text: what the commands that change them begin with."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from facts.explain import did_you_mean
from facts.strict_yaml import YamlProblem, load
from gate.core import standing
from gate.core.errors import GateError
from releases.steps import Shares
from stacks.load import PROJECT, stack_names

SETTINGS: Final = ("config", f"{PROJECT}:settings")


@dataclass(frozen=True)
class Chosen:
    """What a stack file says of one model, and its text."""

    root: Path
    stack: str
    model: str
    text: str
    settings: Mapping[str, Any]

    @property
    def file(self) -> str:
        return f"stacks/Pulumi.{self.stack}.yaml"

    @property
    def path(self) -> tuple[str, ...]:
        return (*SETTINGS, "models", self.model)

    @property
    def versions(self) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self.settings["versions"]
        return found

    @property
    def shares(self) -> Shares:
        return Shares(**self.settings["traffic"])

    def since(self, share_of: Callable[[Shares], int]) -> datetime | None:
        """When the share that it has now was committed; None while it is not."""

        def at(content: bytes) -> int | None:
            try:
                models = settings_of(content.decode("utf-8"), self.file)["models"]
                return share_of(Shares(**models[self.model]["traffic"]))
            except (GateError, KeyError, TypeError, UnicodeDecodeError):
                return None

        return standing.since(self.root, self.file, at, share_of(self.shares))


def choose(root: Path, stack: str, model: str) -> Chosen:
    """A stack file and its entry of a model.

    Raises:
        GateError: there is no such stack, its file cannot be read, or it does not run the model.
    """
    text = stack_text(root, stack)
    said = settings_of(text, f"stacks/Pulumi.{stack}.yaml").get("models")
    models: Mapping[str, Any] = said if isinstance(said, Mapping) else {}
    known = sorted(models)
    if model not in known:
        hint = did_you_mean(model, known, "there are") or "slipway model new enters one"
        raise GateError(f"stack {stack} runs no model {model!r}; {hint}")
    found = Chosen(root, stack, model, text, models[model])
    try:
        is_whole = isinstance(found.versions, Mapping) and bool(found.shares.stable)
    except (KeyError, TypeError):
        is_whole = False
    if not is_whole:
        raise GateError(f"{found.file}: models.{model}: slipway config check says what is wrong")
    return found


def stack_text(root: Path, stack: str) -> str:
    """The text of a stack file.

    Raises:
        GateError: there is none.
    """
    known = stack_names(root / "stacks")
    if stack not in known:
        raise GateError(f"{stack}: no such stack; there are {', '.join(known)}")
    try:
        return (root / "stacks" / f"Pulumi.{stack}.yaml").read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise GateError(f"stacks/Pulumi.{stack}.yaml cannot be read:", [str(error)]) from None


def settings_in(root: Path, stack: str) -> Mapping[str, Any]:
    """What a stack file holds under its one key, as data."""
    return settings_of(stack_text(root, stack), f"stacks/Pulumi.{stack}.yaml")


def settings_of(text: str, file: str) -> Mapping[str, Any]:
    """What the text of a stack file holds under its one key.

    Raises:
        GateError: it cannot be read, or holds nothing there.
    """
    try:
        data = load(text, file)
        found = data[SETTINGS[0]][SETTINGS[1]]
    except YamlProblem as problem:
        raise GateError("the stack file cannot be read:", [str(problem)]) from None
    except (KeyError, TypeError):
        raise GateError(f"{file}: {'.'.join(SETTINGS)}: is required") from None
    return found if isinstance(found, Mapping) else {}


def stacks_with(root: Path, model: str, version: str) -> list[str]:
    """The stacks whose files list a version, by a look at what they say, not at whether they are right."""
    found = []
    for stack in stack_names(root / "stacks"):
        try:
            models = settings_in(root, stack).get("models") or {}
        except GateError:
            continue  # its own preview says what is wrong with it
        if version in ((models.get(model) or {}).get("versions") or {}):
            found.append(stack)
    return found
