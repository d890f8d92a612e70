"""The answers of an audit as one page."""

from collections.abc import Sequence
from datetime import date
from typing import Protocol

from gate.render.page.environment import environment


class Answered(Protocol):
    """A question with its rows."""

    @property
    def id(self) -> str: ...
    @property
    def question(self) -> str: ...
    @property
    def columns(self) -> Sequence[str]: ...
    @property
    def rows(self) -> Sequence[Sequence[str]]: ...
    @property
    def note(self) -> str: ...


def audit_page(answers: Sequence[Answered], today: date) -> str:
    """The page, whole in itself."""
    return environment().get_template("audit.html.j2").render(answers=answers, today=today)
