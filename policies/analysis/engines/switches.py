"""Switches of engines that let whoever reaches the server do more than ask the model."""

from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from facts.engines import Switch, engines
from policies.analysis.engines.scripts import commands
from policies.analysis.engines.started import Started, engine_of
from policies.analysis.kserve.model_hubs import placed_words, variable_place, variables, words

_OFF: Final = frozenset({"", "0", "false", "no", "off"})


class Opened(NamedTuple):
    """A switch that is on, and where in its container it stands."""

    place: str
    what: str
    value: str


def opened(container: Mapping[str, Any]) -> Iterator[Opened]:
    """What a container's variables and options open; a variable is one engine's own and says enough by its name."""
    told = {**variables(container)}
    for _, seen in commands(words(container), told):
        told |= seen
    found = engine_of(container)
    for facts in engines().engines.values():
        for switch in facts.switches:
            if switch.variable and _is_on(switch, told.get(switch.variable)):
                value = told[switch.variable]
                place = _variable_place(container, switch.variable)
                yield Opened(place, f"{switch.variable}={value} lets callers {switch.lets}", value)
    for switch in found.engine.switches if found else ():
        if found and switch.option and _is_set(switch, found):
            place = _option_place(container, switch.option)
            yield Opened(place, f"{switch.option} lets callers {switch.lets}", switch.option)


def _variable_place(container: Mapping[str, Any], name: str) -> str:
    """In the container's variables, or in the script that sets it."""
    return variable_place(container, name) if name in variables(container) else _option_place(container, name)


def _option_place(container: Mapping[str, Any], option: str) -> str:
    """The word of a program that names an option; a list that names it otherwise, as a whole."""
    said = (
        place for place, word in placed_words(container) if option in word.replace("_", "-") or option in word
    )
    return next(said, "args")


def _is_on(switch: Switch, value: str | None) -> bool:
    """A value that is taken from elsewhere is read as empty, which is off."""
    if value is None or value.startswith("$"):
        return False
    if switch.when:
        return value.strip() in switch.when
    return bool(value) if switch.any else value.strip().lower() not in _OFF


def _is_set(switch: Switch, engine: Started) -> bool:
    value = engine.value([switch.option])
    if value is None or (switch.guards and all(engine.value([g]) for g in switch.guards)):
        return False
    if switch.when:
        return value in switch.when
    if switch.is_flag:  # what stands after a bare flag is the next option's, or the model's name
        return value.lower() not in _OFF - {""}
    return bool(value) and value not in switch.unless
