"""Which of the known ways to more permissions are open to an identity."""

from collections.abc import Iterator
from dataclasses import replace
from functools import cache, lru_cache
from typing import Final

from facts.escalation import Escalation, escalations, kinds
from policies.analysis.iam.conditions import Condition, required_keys
from policies.analysis.iam.effective import Grant, grants
from policies.analysis.iam.identities import Identity
from policies.analysis.iam.patterns import covers, covers_action
from policies.analysis.iam.statements import Statement
from policies.engine.values import UndecidedError

_SAYS_WHICH: Final = (
    "cloudformation:rolearn",
    "cloudformation:templateurl",
    "ecs:cluster",
    "eks:accessscope",
    "eks:policyarn",
    "eks:principalarn",
    "iam:permissionsboundary",
    "iam:policyarn",
    "kms:grantisforawsresource",
    "kms:viaservice",
    "ram:requestsallowexternalprincipals",
    "requesttag/",
    "resourcetag/",
)
"""Condition keys, or parts of them, that leave only some targets, or only what a boundary holds."""


def open_ways(identity: Identity) -> Iterator[str]:
    """What each open group of ways leads to, with the actions it takes.

    Raises:
        UndecidedError: a statement cannot be read; after all that follows from the others.
    """
    readable, missing = _readable(identity)
    asked = _asked(readable.layers[0])
    if asked == _known() and any(_is_everything(grant) for grant in grants(readable)):
        yield "every action on everything: there is no more to be had"
        return
    found: dict[str, list[str]] = {}
    for group in escalations():
        for chain in group.chains:
            if asked.issuperset(chain) and _is_open(readable, chain, group):
                found.setdefault(group.means, []).append(" + ".join(chain))
    yield from (f"{', '.join(ways)}: {means}" for means, ways in found.items())
    if missing is not None:
        raise missing


def _is_everything(grant: Grant) -> bool:
    return not (grant.action.strip("*:") or grant.resource.strip("*") or grant.but_not or grant.conditions)


def _readable(identity: Identity) -> tuple[Identity, UndecidedError | None]:
    """An identity with those of its own statements that can be read; what bounds it must be read whole."""
    missing: UndecidedError | None = None
    own = []
    for statement in identity.layers[0]:
        try:
            _read(statement)
        except UndecidedError as error:
            missing = missing or error
        else:
            own.append(statement)
    return replace(identity, layers=(tuple(own), *identity.layers[1:])), missing


def _read(statement: Statement) -> None:
    """Read every part; a part that is kept is not read again."""
    _ = (statement.allows, statement.actions, statement.not_actions)
    _ = (statement.resources, statement.not_resources, statement.conditions)


def _asked(own: tuple[Statement, ...]) -> frozenset[str]:
    """The actions of the table that some statement is about: most identities have none of them."""
    found: set[str] = set()
    for statement in own:
        if not statement.allows:
            continue
        for pattern in statement.actions:
            found |= _within(pattern)
        if statement.not_actions is not None:
            found |= _known().difference(*(_within(pattern) for pattern in statement.not_actions))
    return frozenset(found)


@cache
def _known() -> frozenset[str]:
    return frozenset(action for group in escalations() for chain in group.chains for action in chain)


@lru_cache(maxsize=16384)
def _within(pattern: str) -> frozenset[str]:
    return frozenset(action for action in _known() if covers_action(pattern, action))


def _is_open(identity: Identity, chain: tuple[str, ...], group: Escalation) -> bool:
    first, *others = chain
    for request in group.requests():
        asking = replace(identity, context={**identity.context, **request})
        if any(_is_enough(grant, asking, group) for grant in grants(asking, first)) and all(
            grants(asking, action) for action in others
        ):
            return True
    return False


def _is_enough(grant: Grant, identity: Identity, group: Escalation) -> bool:
    """Whether a grant reaches everything of a kind, or whoever has it, under nothing that picks some of it."""
    is_wide = _reaches_all(grant.resource, kinds()[group.reaches])
    if not is_wide and not (group.on_itself and _reaches_itself(grant.resource, identity)):
        return False
    required = required_keys(grant.conditions)
    picked = any(_is_of_target(c) and c.pins(required) for c in grant.conditions)
    return not picked and not any(_leaves_few(s, grant) for layer in identity.layers for s in layer)


def _reaches_itself(resource: str, identity: Identity) -> bool:
    """Whether a resource is the identity, a group it is of, or a policy it holds."""
    parts = resource.split(":", 5)
    return len(parts) == 6 and any(covers(parts[5], own) for own in identity.own)  # noqa: PLR2004 an ARN's parts


def _is_of_target(condition: Condition) -> bool:
    return any(key in condition.key for key in _SAYS_WHICH)


def _leaves_few(refusal: Statement, grant: Grant) -> bool:
    """Whether a refusal leaves of a grant only targets that carry certain values."""
    if refusal.allows or not refusal.conditions or not refusal.takes(grant.action):
        return False
    return refusal.is_on(grant.resource) and all(
        _is_of_target(c) and c.spares_few for c in refusal.conditions
    )


@lru_cache(maxsize=16384)
def _reaches_all(resource: str, everything: str) -> bool:
    """Whether a resource is all of a kind, in every region and account or in one."""
    _, partition, service, region, account, kind = everything.split(":", 5)
    parts = resource.split(":", 5)
    if len(parts) > 2:  # noqa: PLR2004 a wildcard may stand for all that follows it
        partition = parts[1]
    if len(parts) > 4:  # noqa: PLR2004 arn, partition, service, region
        region = parts[3] if region else ""
    if len(parts) == 6:  # noqa: PLR2004 and account, and what it is there
        account = parts[4]
    whole = f"arn:{partition}:{service}:{region}:{account}:"
    if covers(resource, whole + kind):
        return True
    # role/?* and role/*/* say nothing of a name either.
    prefix = kind.rstrip("*")
    rest = parts[-1].removeprefix(prefix)
    says_nothing = rest != parts[-1] and "*" in rest and not rest.strip("*?/:")
    return says_nothing and covers(":".join(parts[:-1]) + ":", whole)
