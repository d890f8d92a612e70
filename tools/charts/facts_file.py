"""One chart's file in ``facts/charts``: objects once each, and what each set of values makes of the chart."""

import hashlib
import json
from collections.abc import Sequence
from typing import Any, Final

from facts.chart_contents import FOLDER
from policies.analysis.charts.moved import Moved, moved
from policies.analysis.charts.values import closed, filled, leaves, token
from tools.charts.open_places import Objects, open_places, with_tokens
from tools.charts.renderer import Release, RenderError, render
from tools.charts.sources import Source
from tools.charts.trimmed import trimmed

KUBERNETES: Final = "1.35.0"


def written(source: Source, passed: Sequence[tuple[Release, list[str]]]) -> str:
    """The text of a chart's file.

    Raises:
        RenderError: Helm refused the chart or the values.
    """
    objects: dict[str, Any] = {}
    renderings: list[dict[str, Any]] = []
    # One rendering serves every registry, so those with the charts' own images come first.
    for release, stacks in sorted(passed, key=lambda one: bool(_plain(one[0]).images)):
        made, size = _objects(release, source)
        plain = _plain(release)
        known = next((one for one in renderings if _is_of(one, release, plain)), None)
        if known is not None:
            _same(known, objects, release, made)
            known["stacks"] = sorted({*known["stacks"], *stacks})
            continue
        renderings.append(_rendering(release, stacks, source, (made, size), objects))
    first = passed[0][0]
    data = {
        "chart": first.chart,
        "version": first.version,
        "made_from": source.made_from,
        "digest": source.digest,
        "kubernetes": KUBERNETES,
        "renderings": sorted(renderings, key=lambda one: (one["release"], one["stacks"])),
        "objects": dict(sorted(objects.items())),
    }
    return json.dumps(data, indent=1, ensure_ascii=False) + "\n"


def _objects(release: Release, source: Source) -> tuple[Objects, int]:
    made = render(release, source, KUBERNETES)
    return [trimmed(one, release.namespace) for one in made.objects], made.record_bytes


def _rendering(
    release: Release, stacks: list[str], source: Source, made: tuple[Objects, int], objects: dict[str, Any]
) -> dict[str, Any]:
    def again(values: Any) -> Objects:
        other = Release(**{**vars(release), "values": values})
        return _objects(other, source)[0]

    rendered, size = made
    open_ = open_places(release.values, rendered, again)
    names = []
    for one in with_tokens(release.values, list(open_), again):
        name = f"{one['kind']}/{one['metadata']['name']} {_digest(one)}"
        objects[name] = one
        names.append(name)
    return {
        "release": release.name,
        "namespace": release.namespace,
        "skips_definitions": release.skips_definitions,
        "stacks": stacks,
        "open": dict(sorted(open_.items())),
        "closed": closed(release.values, open_),
        "record_bytes": size,
        "objects": sorted(names),
    }


def _digest(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:8]


def _plain(release: Release) -> Moved:
    return moved(release.chart, release.version, release.values)


def _is_of(rendering: dict[str, Any], release: Release, plain: Moved) -> bool:
    return (
        (rendering["release"], rendering["namespace"], rendering["skips_definitions"])
        == (release.name, release.namespace, release.skips_definitions)
    ) and rendering["closed"] in {
        closed(values, rendering["open"]) for values in (release.values, plain.values)
    }


def _same(rendering: dict[str, Any], objects: dict[str, Any], release: Release, made: Objects) -> None:
    """A second stack's values prove the open places: filled in, they must give what Helm makes of them.

    So do images of another registry, moved as ``slipway`` moves them.
    """
    values = dict(leaves(release.values))
    texts = {token(place): values[place] for place in rendering["open"]}
    is_plain = rendering["closed"] == closed(release.values, rendering["open"])
    there = Moved({}) if is_plain else _plain(release)
    by_token = sorted(
        json.dumps(there.applied(filled(objects[name], texts)), sort_keys=True)
        for name in rendering["objects"]
    )
    if by_token != sorted(json.dumps(one, sort_keys=True) for one in made):
        raise RenderError(
            f"{release.chart}: a place taken for open is not, with the values of {rendering['stacks']}"
        )


def path_of(chart: str) -> Any:
    """Where the file of a chart stands."""
    return FOLDER / f"{chart}.json"
