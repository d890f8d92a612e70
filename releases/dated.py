"""What a day makes of a release: reviews that run out, sunsets that come. Asked by the gate, which has a date.

``pulumi up`` has none, since two runs must build the same; it runs only behind a passing gate.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Literal

from releases.contradictions import days_of
from releases.loaded import LoadedRecord

NEAR: Final = timedelta(days=30)


@dataclass(frozen=True, kw_only=True)
class Notice:
    """Something that holds on a day; ``mandatory`` ends the preview, ``advisory`` is read."""

    rule: str
    level: Literal["mandatory", "advisory"]
    file: str
    message: str
    fix: str


def notices(loaded: LoadedRecord, today: date) -> Iterator[Notice]:
    """What the gate says of a release that a stack runs."""
    yield from _future(loaded, today)
    yield from _licence(loaded, today)
    yield from _sunset(loaded, today)
    yield from _warnings(loaded)


def _future(loaded: LoadedRecord, today: date) -> Iterator[Notice]:
    """The latest decision of a kind counts, so a mistyped year would outrank every correction."""
    said = [
        (f"{loaded.where(event)}: date", event.date, f"the {event.kind} of {event.date} lies ahead")
        for event in loaded.events
    ]
    said += [(f"{loaded.file}: {field}", day, f"{day} lies ahead") for field, day in days_of(loaded.record)]
    for place, day, message in said:
        if day > today:
            yield Notice(
                rule="release:events-have-happened",
                level="mandatory",
                file=place,
                message=message,
                fix="Write the day on which it happened.",
            )


def _licence(loaded: LoadedRecord, today: date) -> Iterator[Notice]:
    review = loaded.state.licence_review
    if review is None or review.until is None or review.until - NEAR > today:
        return
    over = review.until <= today
    yield Notice(
        rule="release:licence-review-holds",
        level="mandatory" if over else "advisory",
        file=f"{loaded.events_folder}/{review.name}: expires",
        message=f"the licence review of {review.when} {'expired' if over else 'expires'} on {review.until}",
        fix="Read the licence again and append a licence-review event.",
    )


def _sunset(loaded: LoadedRecord, today: date) -> Iterator[Notice]:
    sunset = loaded.state.sunset
    if sunset is None or sunset.ends - NEAR > today:
        return
    over = sunset.ends <= today
    successor = f"; {sunset.successor} is its successor" if sunset.successor else ""
    yield Notice(
        rule="release:sunset-is-ahead",
        level="mandatory" if over else "advisory",
        file=f"{loaded.where(sunset)}: ends",
        message=f"its sunset {'was' if over else 'is'} on {sunset.ends} ({sunset.reason}){successor}",
        fix="Take the version out of the stack; its successor must answer first.",
    )


def _warnings(loaded: LoadedRecord) -> Iterator[Notice]:
    deprecation = loaded.state.deprecation
    if deprecation is not None:
        successor = f"; {deprecation.successor} is its successor" if deprecation.successor else ""
        yield Notice(
            rule="release:nothing-is-deprecated",
            level="advisory",
            file=loaded.where(deprecation),
            message=f"deprecated on {deprecation.date} ({deprecation.reason}){successor}",
            fix="Plan its successor's rollout.",
        )
    for incident in loaded.state.open_incidents:
        yield Notice(
            rule="release:incidents-are-closed",
            level="advisory",
            file=loaded.where(incident),
            message=f"the incident {incident.name} ({incident.severity}) is open since {incident.date}",
            fix="Close it with another incident event of the same name, or roll back.",
        )
