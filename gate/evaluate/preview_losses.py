"""What the steps of a preview take away: clusters, keys, stores and networks that it deletes or makes anew."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from facts.replacements import replacements
from policies.engine.evaluate import Finding
from policies.engine.normalize import spelled

RULE: Final = "previews-keep-data-and-traffic"
_REPLACES: Final = frozenset({"replace", "create-replacement", "delete-replaced", "import-replacement"})
_MOST: Final = 5
_FIX: Final = (
    "Keep what exists: undo the change, name the old one in aliases, or set protect; waive it if it is meant."
)


def losses(steps: Sequence[Mapping[str, Any]]) -> list[Finding]:
    """A mandatory finding for every step that loses data or traffic, an advisory one for other deletions."""
    return list(_of(steps))


def _of(steps: Sequence[Mapping[str, Any]]) -> Iterator[Finding]:
    gone = {urn: op for step in steps for urn, op in _gone(step)}
    replaced = {urn for urn, op in gone.items() if op == "replaced"}
    old = {str(step.get("urn")): step.get("oldState") or {} for step in steps if step.get("oldState")}
    why = {str(s.get("urn")): s["replaceReasons"] for s in steps if s.get("replaceReasons")}
    for urn in sorted(gone):
        state = old.get(urn, {})
        type_ = spelled(str(state.get("type") or urn.split("::")[2].rpartition("$")[2]))
        if state.get("external") or not state.get("custom", True) or type_.startswith("pulumi:"):
            continue
        cost = replacements().get(type_)
        op = "replaced" if urn in replaced else "deleted"
        kept = op == "deleted" and state.get("retainOnDelete")
        said = f"is {op}" + (f" because of {', '.join(map(str, why[urn]))}" if urn in why else "")
        loses = f": it loses {cost.loses}" if cost and not kept else ""
        along = _along(urn, gone, old)
        goes = f"; with it go {', '.join(along[:_MOST])}" if along else ""
        yield Finding(
            rule=RULE,
            level="mandatory" if loses else "advisory",
            severity="critical" if loses else "low",
            urn=urn,
            message=f"{type_} {urn.rpartition('::')[2]} {said}{loses}{goes}",
            fix=_FIX,
        )


def _gone(step: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    op = step.get("op")
    if op in _REPLACES:
        yield str(step.get("urn")), "replaced"
    elif op == "delete":
        yield str(step.get("urn")), "deleted"


def _along(urn: str, gone: Mapping[str, str], old: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """What also goes and hangs on a resource, directly or over others."""
    found: set[str] = set()
    todo = [urn]
    while todo:
        current = todo.pop()
        for other in gone:
            state = old.get(other, {})
            above = {*(state.get("dependencies") or ()), state.get("parent")}
            if other != urn and other not in found and current in above:
                found.add(other)
                todo.append(other)
    return sorted(other.rpartition("::")[2] for other in found)
