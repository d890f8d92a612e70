"""Permissions by who has them: what each identity may do at a glance, its statements below."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from gate.report.report import Permission


@dataclass(frozen=True, kw_only=True)
class Holder:
    """One identity with its statements; ``services`` are those it may ask, ``everywhere`` if one names no resource."""

    identity: str
    permissions: Sequence[Permission]
    services: Sequence[str]
    everywhere: bool

    @property
    def kind(self) -> str:
        """``charts`` of a release, ``cluster`` where bindings give all, ``pods`` of an account, else ``roles``."""
        if self.identity.startswith("release "):
            return "charts"
        if all(p.actions and all(a.startswith("kubernetes:") for a in p.actions) for p in self.permissions):
            return "cluster"
        return "pods" if "/" in self.identity else "roles"


def holders(permissions: Iterable[Permission]) -> list[Holder]:
    """Every identity once, by name."""
    found = []
    for identity, group in groupby(sorted(permissions), key=lambda p: p.identity):
        held = list(group)
        allowed = [p for p in held if not p.denied]
        services = {action.partition(":")[0] for p in allowed for action in p.actions if ":" in action}
        found.append(
            Holder(
                identity=identity,
                permissions=held,
                services=sorted(s for s in services if " " not in s),
                everywhere=any("*" in p.resources for p in allowed),
            )
        )
    return found
