"""Which texts of a release's values a chart only hands on, found by rendering it with other texts there."""

import copy
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from facts.chart_contents import Open
from policies.analysis.charts.values import leaves, token
from tools.charts.renderer import RenderError

Objects = list[dict[str, Any]]
Render = Callable[[Mapping[str, Any]], Objects]
_WORD: Final = "slipway{}x"
_NUMBER: Final = "70{:05d}07"


def open_places(values: Mapping[str, Any], rendered: Objects, render: Render) -> dict[str, Open]:
    """The places whose text stands, unchanged, wherever it stands in what is rendered; anything may stand in ``any``.

    A chart that decides by a text (``if eq .Values.mode "daemonset"``) renders something else with another one, or
    fails: that place is not open. A place is tried with one word and one number: a chart that knows a third text is
    not found out.
    """
    texts = {place: value for place, value in leaves(values) if isinstance(value, str) and value}
    words = _standing(sorted(texts), texts, _WORD, (values, rendered, render))
    numbers = set(_standing(words, texts, _NUMBER, (values, rendered, render)))
    return {place: "any" if place in numbers else "text" for place in words}


def _standing(
    places: Sequence[str],
    texts: Mapping[str, str],
    form: str,
    case: tuple[Mapping[str, Any], Objects, Render],
) -> list[str]:
    """The places that may be replaced: all at once where that works, or else each half on its own."""
    if not places or _is_handed_on(places, texts, form, case):
        return list(places)
    if len(places) == 1:
        return []
    middle = len(places) // 2
    found = [
        place for half in (places[:middle], places[middle:]) for place in _standing(half, texts, form, case)
    ]
    if found and not _is_handed_on(found, texts, form, case):
        raise RenderError(f"places that are open alone and not together: {', '.join(found)}")
    return found


def _is_handed_on(
    places: Sequence[str],
    texts: Mapping[str, str],
    form: str,
    case: tuple[Mapping[str, Any], Objects, Render],
) -> bool:
    values, rendered, render = case
    marks = {place: form.format(number) for number, place in enumerate(places)}
    try:
        other = render(replaced(values, marks))
        return marked(other, {mark: texts[place] for place, mark in marks.items()}) == rendered
    except (RenderError, ValueError):  # refused, or a number that stands without quotes
        return False


def marked(objects: Objects, texts: Mapping[str, str]) -> Objects:
    """Objects with a text in the place of each mark."""
    written = json.dumps(objects)
    for mark, text in texts.items():
        written = written.replace(mark, json.dumps(text)[1:-1])
    made: Objects = json.loads(written)
    return made


def with_tokens(values: Mapping[str, Any], places: Sequence[str], render: Render) -> Objects:
    """What is rendered, with a token for the text of each open place."""
    marks = {place: _WORD.format(number) for number, place in enumerate(places)}
    return marked(render(replaced(values, marks)), {mark: token(place) for place, mark in marks.items()})


def replaced(values: Mapping[str, Any], texts: Mapping[str, str]) -> dict[str, Any]:
    """Values with other texts at some places."""
    made = copy.deepcopy(dict(values))
    for place, text in texts.items():
        *way, last = [step.replace("\0", ".") for step in place.replace("\\.", "\0").split(".")]
        inner: Any = made
        for step in way:
            inner = inner[int(step)] if isinstance(inner, list) else inner[step]
        inner[int(last) if isinstance(inner, list) else last] = text
    return made
