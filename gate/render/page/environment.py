"""How every page is rendered: nobody's text becomes markup, and a name that a template gets wrong is an error."""

from functools import cache
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from gate.core.printable import printable
from gate.report.condition_words import in_words
from gate.report.cost import of_line, usd
from gate.report.report import MEANINGS

_TEMPLATES: Final = Path(__file__).parent.parent / "templates"


@cache
def environment() -> Environment:
    """The environment of all HTML pages."""
    made = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        finalize=_shown,
    )
    made.filters |= {"in_words": in_words, "usd": usd, "units": of_line}
    made.globals["meanings"] = MEANINGS
    made.globals["text_of"] = lambda name: Markup((_TEMPLATES / name).read_text(encoding="utf-8"))  # noqa: S704 our own style and script
    return made


def _shown(value: object) -> object:
    """What comes from files nobody here wrote cannot turn the direction of text or hide in it."""
    return value if isinstance(value, Markup) or not isinstance(value, str) else printable(value)
