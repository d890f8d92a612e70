"""Waivers that excuse nothing: what they accepted is mended, so they go too."""

from collections.abc import Sequence

from gate.evaluate.apply_waivers import load_waivers, part
from gate.evaluate.preview import Options, Previewed
from policies.engine.waiver import ANY, Waiver
from stacks.load import stack_names


def unused_waivers(previews: Sequence[Previewed], options: Options) -> list[str]:
    """Waivers whose stacks here were all previewed and that excused nothing; checkov's only if it was asked."""
    used = frozenset().union(*(p.used_waivers for p in previews))
    stacks = {p.stack for p in previews if not p.problem}
    here = set(stack_names(options.organisation / "stacks"))
    return [
        line
        for name, waiver in load_waivers(options.root / "policies" / "waivers.yaml").items()
        if _speaks_of(waiver, here, options)
        and _speaks_of(waiver, here, options) <= stacks
        and (options.asks_checkov or not waiver.rule.startswith("checkov:"))
        and options.selection.takes(waiver.rule)
        for line in _unused(name, waiver, used)
    ]


def _speaks_of(waiver: Waiver, here: set[str], options: Options) -> set[str]:
    """The stacks here that it names; one for all stacks has to be of use in those of this checkout only.

    Accepted types are of no stack: what accepts one for the bootstrap is of no use elsewhere.
    """
    if waiver.resource == ANY or (waiver.stacks == "all" and options.organisation != options.root):
        return set()
    return {stack for stack in here if waiver.holds_in(stack)}


def _unused(name: str, waiver: Waiver, used: frozenset[str]) -> list[str]:
    if name not in used:
        return [f"waiver {name} of {waiver.owner} excuses nothing in {waiver.where}: remove it"]
    return [
        f"waiver {name} of {waiver.owner} excuses a finding that is gone: {label}: {finding}: remove it"
        for label, finding in waiver.parts()
        if waiver.chart is not None and part(name, label, finding) not in used
    ]
