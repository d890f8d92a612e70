"""Settings of AWS services that open, uncover or lose something, by the rule that judges them."""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from pathlib import Path

from facts.strict import Strict
from facts.strict_yaml import load

_FILE = Path(__file__).parent / "service_settings.yaml"


class Setting(Strict):
    """One value of a type: where it stands, what it has to be, and what follows where it is not."""

    path: str
    means: str
    wants: Sequence[str] = ()
    refuses: Sequence[str] = ()
    least: int | None = None
    unset: str | None = None
    unless: str = ""
    when: str = ""
    covered: str = ""


class ServiceSettings(Strict):
    """The settings of each type that each rule judges."""

    source: str
    read: date
    rules: Mapping[str, Mapping[str, list[Setting]]]


@cache
def service_settings() -> ServiceSettings:
    return ServiceSettings.model_validate(load(_FILE.read_text(encoding="utf-8"), _FILE.name))
