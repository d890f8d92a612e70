"""What is measured of a model beside its requests, and what nothing exports: said on its page, not drawn empty."""

from datetime import date
from functools import cache
from pathlib import Path
from typing import Final

from facts.strict import Strict
from facts.strict_yaml import load
from facts.version_figures import answers_of

_FILE: Final = Path(__file__).parent / "model_signals.yaml"
_STREAMED: Final = frozenset({"chat", "text-generation"})
"""Tasks that the AI gateway counts tokens of."""


class ModelSignals(Strict):
    """The whole table; a series is what a query asks for."""

    read: date
    signals: list[str]
    edge: dict[str, str]
    gpu: dict[str, str]
    answers: dict[str, dict[str, str]]


@cache
def model_signals() -> ModelSignals:
    return ModelSignals.model_validate(load(_FILE.read_text(encoding="utf-8"), _FILE.name))


def exported(engine: str, task: str, *, on_gpu: bool) -> dict[str, str]:
    """Each signal with its series, in the order of the table; empty where nothing exports it."""
    table = model_signals()
    found = dict(table.answers[answers_of(engine, task)])
    if task in _STREAMED:
        found |= table.edge
    if on_gpu:
        found |= table.gpu
    return {signal: found.get(signal, "") for signal in table.signals}
