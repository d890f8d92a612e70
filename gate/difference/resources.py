"""Resources of two sides: added, removed, changed, made anew, renamed."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from facts.replacements import Replacement, replacements
from gate.difference.properties import leaves, property_changes
from gate.difference.record import Kind, ResourceChange

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
    held = {id(r): dict(leaves(r["inputs"])) for r in (*removed, *added)}
    for new in list(added):
        alike = [r for r in removed if r["type"] == new["type"]]
        candidates = [(likeness(held[id(old)], held[id(new)]), old) for old in alike]
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


def likeness(mine: Mapping[str, Any], theirs: Mapping[str, Any]) -> float:
    """The share of single values, by their paths, that two resources have in common, from 0 to 1."""
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
    anew = any(c.path == path or c.path.startswith((f"{path}.", f"{path}[")) for c in changes for path in on)
    kind: Kind = "replaced" if anew else "changed"
    yield _plain(
        kind,
        new,
        changes=changes,
        endangers=cost.loses if anew else "",
        was_protected=anew and _is_protected(old),
    )
