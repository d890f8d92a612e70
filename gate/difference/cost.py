"""What a stack costs on two sides, in one line."""

from collections.abc import Iterator, Mapping
from typing import Any


def cost_changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """One sentence where floor or ceiling differ, with the machines that make the difference; else nothing.

    A side without a bill says nothing: a stack that comes or goes is told by its resources, and its report.
    """
    old, new = before.get("cost"), after.get("cost")
    if not old or not new:
        return []
    said = [
        _moved(name, old[name], new[name], missing=bool(old["unknown"] or new["unknown"]))
        for name in ("floor", "ceiling")
        if round(old[name]) != round(new[name])
    ]
    if old["unknown"] != new["unknown"]:
        said.append(f"positions without a price: {len(old['unknown'])} \u2192 {len(new['unknown'])}")
    if not said:
        return []
    why = list(_machines(before, after))
    return [f"{', '.join(said)}{': ' if why else ''}{'; '.join(why)}"]


def _moved(name: str, old: float, new: float, *, missing: bool) -> str:
    sign = "+" if new > old else "-"
    at_least = "at least " if missing else ""
    return f"{name} {at_least}${old:,.0f} \u2192 ${new:,.0f} a month ({sign}${abs(new - old):,.0f})"


def _machines(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    """Pools whose machines are others, or more, or fewer."""
    old, new = _counted(before), _counted(after)
    for pool in sorted(old.keys() | new.keys()):
        was, now = old.get(pool, {}), new.get(pool, {})
        moved = [
            f"{case} {was.get(case, 'none')} \u2192 {now.get(case, 'none')}"
            for case in ("least", "most")
            if was.get(case) != now.get(case)
        ]
        if moved:
            yield f"{pool} {', '.join(moved)}"


def _counted(report: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    found = {}
    for pool in (report.get("capacity") or {}).get("pools", ()):
        found[str(pool["pool"])] = {
            case: f"{pool[case]['machines']} x {pool[case]['machine']}" if pool[case]["machines"] else "none"
            for case in ("least", "most")
            if pool.get(case)
        }
    return found
