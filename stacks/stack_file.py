"""What Pulumi reads of a stack file beside the settings, and which of it nobody judges."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

from pydantic import BaseModel, ValidationError

from facts.explain import did_you_mean, explain, placeholders
from facts.strict_yaml import load

_TAGS: Final = "pulumi:tags"
_TOP: Final = frozenset({"config", "secretsprovider", "encryptedkey", "encryptionsalt"})
"""The configuration, and how Pulumi encrypts."""


@lru_cache(maxsize=128)
def parsed(text: str, name: str) -> Any:
    """The data of a stack file, the same object for the same text: each is read for every stack beside it.

    Raises:
        YamlProblem: it is no YAML that people may write here.
    """
    return load(text, name)


def unknown_keys(data: Mapping[str, Any], key: str) -> list[str]:
    """A line for each key that changes a stack past its settings, which stand under ``key``.

    A provider's own configuration, and environments that are imported (``environment``), would reach the program or
    its providers and no rule.
    """
    return [
        *(
            f"config.{name}: unknown key; {did_you_mean(str(name), [key], 'settings stand under')}"
            for name in data["config"]
            if name not in {key, _TAGS}
        ),
        *(
            f"{name}: unknown key; what it adds to the configuration or the environment is judged by nobody"
            for name in data
            if name not in _TOP
        ),
    ]


def wrong_values(raw: Mapping[str, Any], error: ValidationError, model: type[BaseModel]) -> list[str]:
    """What validation says, but for values that only wait to be replaced."""
    waiting = list(placeholders(raw))
    paths = tuple(f"{line.partition(': ')[0]}: " for line in waiting)
    return [*waiting, *(line for line in explain(error, model) if not line.startswith(paths))]
