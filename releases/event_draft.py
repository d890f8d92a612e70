"""An event drafted for a release: what the record says is filled in, what somebody decides is not."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any, Final, Literal, get_args, get_origin

from facts.licences import licence_terms
from releases.draft import changeme
from releases.evaluation import Evaluation
from releases.events import KINDS
from releases.release import Release

_MOST_OF_A_DAY: Final = 99
_GIVEN: Final = frozenset({"kind", "date", "who", "record", "evidence", "licence", "evaluation"})


def draft_event(kind: str, release: Release, record: str, today: date) -> dict[str, Any]:
    """The data of an event on this record, with placeholders. ``kind`` is one of :data:`releases.events.KINDS`."""
    fields = KINDS[kind].model_fields
    data: dict[str, Any] = {
        "kind": kind,
        "date": today,
        "who": changeme("the address of whoever says so"),
        "record": record,
    }
    if kind == "licence-review":
        data["licence"] = release.licence.name
    if kind == "evaluation":
        data["evaluation"] = _measured_again(release, today)
    for name, field in fields.items():
        if field.is_required() and name not in _GIVEN:
            data[name] = changeme(_what(name, field.annotation))
    asked = licence_terms()[release.licence.name].serving
    if kind == "licence-review" and asked:
        data["obligations_met"] = [
            changeme(f"{name}, if it is met: {words}") for name, words in asked.items()
        ]
    data["evidence"] = [changeme("what it rests on: a page, a ticket, a run")]
    return data


def free_name(folder: Path, kind: str, today: date) -> str:
    """The name of the next event of this day and kind.

    Raises:
        ValueError: there are as many of this day and kind as names.
    """
    return free_names(folder, kind, today, 1)[0]


def free_names(folder: Path, kind: str, today: date, number: int) -> list[str]:
    """As :func:`free_name`, of the next several events."""
    names = (f"{today}-{kind}{f'-{n}' if n > 1 else ''}.yaml" for n in range(1, _MOST_OF_A_DAY + 1))
    found = [name for name in names if not (folder / name).exists()][:number]
    if len(found) < number:
        raise ValueError(f"{folder.name} holds {_MOST_OF_A_DAY} events of this day and kind; no name is left")
    return found


def _measured_again(release: Release, today: date) -> Mapping[str, Any]:
    """As the record's first figure, so that suite, floor and direction stay what was agreed."""
    born = release.evaluations[0].model_dump(exclude={"value", "by", "date"}) if release.evaluations else {}
    required = {
        name: changeme(name) for name, field in Evaluation.model_fields.items() if field.is_required()
    }
    return required | born | {"date": today}


def _what(name: str, annotation: Any) -> str:
    if get_origin(annotation) is Literal:
        return " or ".join(get_args(annotation))
    return {date: "a day, such as 2027-01-31"}.get(annotation, f"{name}, in words")
