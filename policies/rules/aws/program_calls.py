"""What programs call, held against what their identities may do in the end."""

from collections.abc import Iterable
from typing import Final

from policies.analysis.iam.identities import ASSOCIATION
from policies.analysis.identity.calls import refusal
from policies.analysis.identity.programs import ADDON, uses
from policies.engine.graph import Graph, Resource
from policies.engine.rule import Offence, Rule

_ROLE_AT: Final = {ASSOCIATION: "roleArn", ADDON: "podIdentityAssociations"}


def _refused(subject: Resource, graph: Graph) -> Iterable[Offence]:
    said: dict[tuple[str, str], list[str]] = {}
    for use in uses(subject, graph):
        for request in use.requests():
            link = refusal(use, request, graph)
            if link:
                what = f"{request.call} on {request.resource}"
                said.setdefault((use.program, link), []).append(what)
    for (program, link), calls in said.items():
        more = f" and {len(calls) - 1} more calls" if len(calls) > 1 else ""
        yield Offence(
            path=_ROLE_AT[subject.type], problem=f"{program} calls {min(calls)}{more}, refused by {link}"
        )


RULES: tuple[Rule, ...] = (
    Rule(
        id="programs-may-make-their-calls",
        severity="high",
        applies_to=(ASSOCIATION, ADDON),
        why="A program that is refused one call it needs waits, retries or ends, long after the up was green.",
        fix="Allow the call at the link that is named, or run a program that does not make it (facts/calls).",
        check=_refused,
        reads_graph=True,
    ),
)
