"""Resources of two sides: added, removed, changed, made anew, renamed."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from facts.replacements import Replacement, replacements
from gate.difference.record import Change, Kind, ResourceChange

_LONGEST: Final = 160
_ALIKE: Final = 0.7
"""Share of equal properties from which a removed and an added resource count as one that was renamed."""
_NAMED: Final = ("metadata.name", "metadata.namespace")
"""What no Kubernetes object can change in place."""
_NONE: Final = Replacement(anew_on=[], loses="")

Recorded = Mapping[str, Any]
"""A resource as report.json holds it."""


def resource_changes(before: Sequence[Recorded], after: Sequence[Recorded]) -> list[ResourceChange]:
    """Every difference between two lists of resources, sorted by component and name."""
    old, new = _by_urn(before), _by_urn(after)
    removed = [r for urn, r in old.items() if urn not in new]
    added = [r for urn, r in new.items() if urn not in old]
    found = list(_renames(removed, added))
    found.extend(_gone(r) for r in removed)
    found.extend(_plain("added", r) for r in added)
    found.extend(change for urn in old.keys() & new.keys() for change in _changed(old[urn], new[urn]))
    return sorted(found, key=lambda c: (c.component, c.type, c.name, c.kind))


def _by_urn(resources: Sequence[Recorded]) -> dict[str, Recorded]:
    """Without components and providers: what they hold is compared itself."""
    return {r["urn"]: r for r in resources if not r["type"].startswith(("slipway:", "pulumi:"))}


def _plain(kind: Kind, resource: Recorded, **more: Any) -> ResourceChange:
    return ResourceChange(
        kind=kind,
        component=resource["component"],
        type=resource["type"],
        name=resource["name"],
        position=resource.get("position", ""),
        **more,
    )


def _gone(resource: Recorded) -> ResourceChange:
    loses = replacements().get(resource["type"], _NONE).loses
    return _plain("removed", resource, endangers=loses, was_protected=_is_protected(resource))


def _is_protected(resource: Recorded) -> bool:
    return bool(resource.get("protect"))


def _renames(removed: list[Recorded], added: list[Recorded]) -> Iterator[ResourceChange]:
    """Pairs the two lists have in common under another URN; what is paired leaves both lists."""
    for new in list(added):
        candidates = [(likeness(old, new), old) for old in removed if old["type"] == new["type"]]
        share, old = max(candidates, key=lambda pair: (pair[0], pair[1]["urn"]), default=(0.0, None))
        if old is None:
            continue
        known = old["urn"] in new.get("aliases", ()) or old["name"] in new.get("aliases", ())
        if not known and share < _ALIKE:
            continue
        removed.remove(old)
        added.remove(new)
        changes = tuple(property_changes(old["inputs"], new["inputs"]))
        loses = replacements().get(new["type"], _NONE).loses
        yield _plain(
            "moved" if known else "renamed",
            new,
            was=old["name"],
            changes=changes,
            endangers="" if known else loses,
            was_protected=not known and _is_protected(old),
        )


def likeness(old: Recorded, new: Recorded) -> float:
    """The share of properties two resources have in common, from 0 to 1."""
    mine, theirs = dict(_leaves(old["inputs"])), dict(_leaves(new["inputs"]))
    if not mine and not theirs:
        return 1.0
    same = len([path for path, value in mine.items() if theirs.get(path) == value])
    return same / max(len(mine), len(theirs))


def _changed(old: Recorded, new: Recorded) -> Iterator[ResourceChange]:
    changes = tuple(property_changes(old["inputs"], new["inputs"]))
    if not changes:
        return
    cost = replacements().get(new["type"], _NONE)
    on = (*cost.anew_on, *(_NAMED if new["type"].startswith("kubernetes:") else ()))
    anew = any(c.path == path or c.path.startswith(f"{path}.") for c in changes for path in on)
    kind: Kind = "replaced" if anew else "changed"
    yield _plain(
        kind,
        new,
        changes=changes,
        endangers=cost.loses if anew else "",
        was_protected=anew and _is_protected(old),
    )


def property_changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    """Every leaf that differs; JSON texts are compared inside, and tags with the provider's defaults."""
    old, new = dict(_leaves(_merged(before))), dict(_leaves(_merged(after)))
    for path in sorted(old.keys() | new.keys()):
        if old.get(path) != new.get(path):
            yield Change(path=path, before=_text(old.get(path)), after=_text(new.get(path)))


def _merged(inputs: Mapping[str, Any]) -> Mapping[str, Any]:
    if "tagsAll" not in inputs:
        return inputs
    return {**{k: v for k, v in inputs.items() if k != "tagsAll"}, "tags": inputs["tagsAll"]}


def _leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, str) and value[:1] in {"{", "["}:
        try:
            value = json.loads(value)
        except ValueError:
            yield path, value
            return
    if isinstance(value, Mapping) and value:
        for key, item in value.items():
            yield from _leaves(item, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list) and value:
        for index, item in enumerate(value):
            yield from _leaves(item, f"{path}.{index}")
    else:
        yield path, value


def _text(value: Any) -> str:
    if value is None:
        return ""
    text = value if isinstance(value, str) else json.dumps(value)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..."
