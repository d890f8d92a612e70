"""Where an engine takes its model from when it is told a name instead of a folder: a hub, at every start."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from policies.engine.values import at, sequence, text

_REPOSITORY: Final = re.compile(r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*")
"""ORGANISATION/NAME; a folder of a container begins with a slash or a dot."""
_SHORT: Final = re.compile(r"[A-Za-z0-9][\w.-]*")
"""What an option that always means a hub may name too: the oldest models have no organisation."""
_NAMES_A_REPOSITORY: Final = frozenset(
    {
        *("--model-id", "--model_id", "--pretrained-model-name-or-path", "--pretrained_model_name_or_path"),
        *("--hf-repo", "-hf", "-hfr"),
    }
)
_NAMES_A_MODEL: Final = frozenset(
    {"--model", "--model-path", "--model_path", "--model-name-or-path", "--model_name_or_path"}
)
"""Options that mean a hub only where the program is an engine of language models."""
_VARIABLES: Final = frozenset({"MODEL_ID", "HF_MODEL_ID", "HF_MODEL", "HUGGINGFACE_MODEL_ID"})
_ENGINE: Final = re.compile(r"vllm|sglang|text-generation|text-embeddings|lmdeploy|llm-d-cuda", re.IGNORECASE)
_SERVED: Final = re.compile(r"\bvllm\s+serve\s+(\S+)")
_OFFLINE: Final = ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE")
_ON: Final = frozenset({"1", "true", "yes", "on"})
"""What the Hugging Face libraries take for true (huggingface_hub constants.py, read 2026-11-25)."""


class Asked(NamedTuple):
    """What a container takes from a hub, and where in the container that stands."""

    place: str
    what: str
    value: str


def variable_place(container: Mapping[str, Any], name: str) -> str:
    """Where a variable stands in its container; one that does not, by its name."""
    for index, variable in enumerate(sequence(at(container, "env"), "env")):
        if at(variable, "name") == name:
            return f"env[{index}].value"
    return f"env[{name}]"


def variables(container: Mapping[str, Any]) -> Mapping[str, str]:
    """Variables with a value of their own; one that is taken from elsewhere is empty."""
    return {
        text(at(variable, "name"), "env.name"): text(at(variable, "value"), "env.value")
        for variable in sequence(at(container, "env"), "env")
    }


def words(container: Mapping[str, Any]) -> list[str]:
    return [word for _, word in placed_words(container)]


def placed_words(container: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The same, each with its place in the container."""
    return [
        (f"{part}[{index}]", text(word, part))
        for part in ("command", "args")
        for index, word in enumerate(sequence(at(container, part), part))
    ]


def is_offline(container: Mapping[str, Any]) -> bool:
    """Whether the libraries of its engine are told to ask no hub."""
    return tells_offline(variables(container))


def tells_offline(told: Mapping[str, Any]) -> bool:
    """Whether variables tell the libraries to ask no hub."""
    return any(str(told.get(name, "")).lower() in _ON for name in _OFFLINE)


def is_repository(name: str) -> bool:
    """Whether it is ORGANISATION/NAME, and neither a path nor an address."""
    return bool(_REPOSITORY.fullmatch(name))


def asked(container: Mapping[str, Any]) -> Iterator[Asked]:
    """What a container takes from a hub, or that it is told to ask one."""
    told = variables(container)
    if is_offline(container):
        return
    for name in _OFFLINE:
        if told.get(name):
            place = variable_place(container, name)
            yield Asked(place, f"may ask a hub ({name} is {told[name]})", told[name])
    for place, source, model in _models(container, told):
        name = model.partition(":")[0]
        if _REPOSITORY.fullmatch(name) or (source in _NAMES_A_REPOSITORY and _SHORT.fullmatch(name)):
            yield Asked(place, f"takes {model} from a hub ({source})", model)


def _models(container: Mapping[str, Any], told: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    said = words(container)
    is_engine = bool(_ENGINE.search(" ".join([text(at(container, "image"), "image"), *said])))
    options = _NAMES_A_REPOSITORY | (_NAMES_A_MODEL if is_engine else frozenset())
    parts = [(place, part) for place, word in placed_words(container) for part in word.split()]
    for index, (place, part) in enumerate(parts):
        option, has_value, value = part.partition("=")
        if option in options:
            following = parts[index + 1] if index + 1 < len(parts) else (place, "")
            yield (place, option, value) if has_value else (following[0], option, following[1])
    served = _SERVED.search(" ".join(said))
    if served is not None:
        yield next(place for place, part in parts if part == served[1]), "vllm serve", served[1]
    for name in sorted(_VARIABLES & told.keys()):
        yield variable_place(container, name), name, told[name]
