"""Releases whose images come from another registry: what was rendered with the charts' own, with the images moved.

A chart writes where its image lies and decides nothing by it, so one rendering serves every registry. Which values say
it stands in ``facts/pins/chart-images.yaml``; ``make charts`` compares what Helm makes of them with what is worked out
here.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from facts.pins import chart_images
from policies.engine.graph import Unknown
from policies.engine.values import at

_DOCKER: Final = "docker.io/"
"""Charts leave it out: an image without a host is Docker Hub's."""
_GONE: Final = object()


@dataclass(frozen=True)
class Moved:
    """A release's values without the places that name images, and what stands there by the chart's own text."""

    values: Mapping[str, Any]
    images: Mapping[str, str] = field(default_factory=dict)

    def applied(self, value: Any) -> Any:
        """A rendered object with its images where the release's values say."""
        if not self.images:
            return value
        if isinstance(value, str):
            return self._text(value)
        if isinstance(value, Mapping):
            return {key: self.applied(item) for key, item in value.items()}
        if isinstance(value, list):
            return [self.applied(item) for item in value]
        return value

    def _text(self, value: str) -> str:
        for own, there in self.images.items():
            value = there.join(re.split(_mark(own), value))
        return value


def _mark(own: str) -> str:
    """Matches a chart's own text where an image begins with it, and nowhere within a longer name."""
    short = own.removeprefix(_DOCKER)
    # A word alone, such as istio, is a name of many things; without its host only a path is an image.
    host = (
        f"(?:{re.escape(_DOCKER)})?" if own != short and "/" in short else re.escape(own.removesuffix(short))
    )
    return rf"(?<![\w./-]){host}{re.escape(short)}(?=[/:@]|$)"


def moved(chart: str, version: str, values: Mapping[str, Any]) -> Moved:
    """What a release's values say of its images, apart; nothing where one of them names something else than a mirror.

    A text that ends with the chart's own (``registry.example.com/docker.io/istio`` for ``docker.io/istio``) is the
    same image in another registry. Any other text is a value like all others.
    """
    images: dict[str, str] = {}
    rest: Any = values
    for place, text in chart_images().get(chart, {}).items():
        own, said = text.replace("{version}", version), at(values, place)
        if isinstance(said, str) and said.endswith(f"/{own}"):
            images[own] = said
            rest = _without(rest, place.split("."))
    return Moved(rest if isinstance(rest, Mapping) else {}, images)


def _without(values: Any, path: list[str]) -> Any:
    """Without one leaf, and without what held nothing else: a component that names no registry has neither."""
    if isinstance(values, Unknown) or not isinstance(values, Mapping):
        return values
    head, *rest = path
    below = _without(values.get(head), rest) if rest else _GONE
    if below is _GONE or below == {}:
        return {key: item for key, item in values.items() if key != head}
    return {**values, head: below}
