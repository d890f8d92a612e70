"""What an identity may do in the end: after boundary, session policy, refusals and conditions."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from policies.analysis.iam.conditions import Condition, substituted, widened
from policies.analysis.iam.identities import Identity
from policies.analysis.iam.patterns import covers, covers_action, meet, overlap
from policies.analysis.iam.statements import Statement

Answer = Literal["no", "depends", "yes"]


@dataclass(frozen=True)
class Grant:
    """One action, or a pattern of actions, on one resource, or a pattern of them, and what a request must show."""

    action: str
    resource: str
    conditions: tuple[Condition, ...] = ()
    but_not: tuple[str, ...] = ()
    """What ``NotAction``, ``NotResource`` and partial refusals leave out of it."""


def may(identity: Identity, action: str, resource: str) -> Answer:
    """Whether an identity may do one thing to one thing; ``depends`` on what only the request will show."""
    answer: Answer = "yes"
    for layer in identity.layers:
        refusals = [_truth(s, identity, action, resource) for s in layer if not s.allows]
        grants = [_truth(s, identity, action, resource) for s in layer if s.allows]
        if "yes" in refusals or set(grants) <= {"no"}:
            return "no"
        if "depends" in refusals or "yes" not in grants:
            answer = "depends"
    return answer


def _truth(statement: Statement, identity: Identity, action: str, resource: str) -> Answer:
    """Whether a statement is about this; a variable that is unknown may be anything in a permission."""
    if not statement.takes(action) or not _is_on(statement, identity, resource):
        return "no"
    held = statement.holds(identity.context)
    return "depends" if held is None else "yes" if held else "no"


def _is_on(statement: Statement, identity: Identity, resource: str) -> bool:
    def read(pattern: str) -> str:
        known = substituted(pattern, identity.context)
        return widened(known) if statement.allows else known

    if statement.not_resources is not None:
        return not any(overlap(read(p), resource) for p in statement.not_resources)
    return not statement.resources or any(covers(read(p), resource) for p in statement.resources)


def grants(identity: Identity, action: str = "*", resource: str = "*") -> list[Grant]:
    """Everything an identity may do within a pattern of actions and of resources, each once, in order.

    Raises:
        UndecidedError: a statement is malformed or unknown.
    """
    found = [Grant(action, resource)]
    for layer in identity.layers:
        allowed = [s for s in layer if s.allows and s.holds(identity.context) is not False]
        found = [more for grant in found for s in allowed for more in _shared(grant, s, identity)]
    refusals = [s for layer in identity.layers for s in layer if not s.allows]
    for refusal in refusals:
        found = [left for grant in found for left in _left(grant, refusal, identity)]
    return sorted(set(found), key=lambda g: (g.resource, g.action.lower(), str(g)))


def _shared(grant: Grant, statement: Statement, identity: Identity) -> Iterator[Grant]:
    left_out = [*grant.but_not]
    actions = statement.actions
    if statement.not_actions is not None:
        if any(covers_action(p, grant.action) for p in statement.not_actions):
            return
        left_out.extend(p for p in statement.not_actions if overlap(p.lower(), grant.action.lower()))
        actions = ("*",)
    resources = tuple(substituted(r, identity.context) for r in statement.resources) or ("*",)
    if statement.not_resources is not None:
        if any(covers(p, grant.resource) for p in statement.not_resources):
            return
        left_out.extend(p for p in statement.not_resources if overlap(p, grant.resource))
        resources = ("*",)
    open_ = tuple(
        c for c in statement.conditions if c.holds(identity.context, statement.required) is not True
    )
    for action in actions:
        for same in _meet_actions(grant.action, action):
            if any(covers_action(p, same) for p in left_out):
                continue
            for resource in resources:
                for there in meet(grant.resource, resource):
                    conditions = tuple(dict.fromkeys((*grant.conditions, *open_)))
                    yield Grant(same, there, conditions, tuple(dict.fromkeys(left_out)))


def _meet_actions(one: str, other: str) -> tuple[str, ...]:
    if covers_action(one, other):
        return (other,)
    return (one,) if covers_action(other, one) else meet(one.lower(), other.lower())


def _left(grant: Grant, refusal: Statement, identity: Identity) -> Iterator[Grant]:
    """What a refusal leaves of a grant; one with conditions is for some requests only, and leaves it."""
    if refusal.holds(identity.context) is not True:
        yield grant
        return
    if refusal.takes(grant.action) and _is_on(refusal, identity, grant.resource):
        return
    if refusal.takes(grant.action) and refusal.not_resources is not None:
        spared = {
            m for p in refusal.not_resources for m in meet(grant.resource, substituted(p, identity.context))
        }
        yield from (replace(grant, resource=resource) for resource in sorted(spared))
        return
    refused = [p for p in refusal.actions if overlap(p.lower(), grant.action.lower())]
    if refused and _is_on(refusal, identity, grant.resource):
        grant = Grant(
            grant.action, grant.resource, grant.conditions, tuple(dict.fromkeys((*grant.but_not, *refused)))
        )
    yield grant
