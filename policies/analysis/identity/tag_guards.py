"""Conditions on tags as guards, and whether whoever they hold may write the tag."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from facts.tag_writers import tag_removers, tag_writers
from policies.analysis.iam.conditions import NEGATIVE, Condition
from policies.analysis.iam.effective import grants
from policies.analysis.iam.identities import Identity
from policies.analysis.iam.patterns import covers
from policies.analysis.iam.statements import Statement
from policies.engine.rule import Offence

_OF_RESOURCES: Final = ("resourcetag/", "existingobjecttag/")
_OF_CALLERS: Final = "aws:principaltag/"
_SESSIONS: Final = (
    "aws:principaltag/kubernetes-",
    "aws:principaltag/eks-cluster-",
)
"""What EKS tags sessions with; a tag of the session outweighs one of the role."""
_RESERVED: Final = "aws:"
"""How the keys of tags begin that only AWS writes and removes: a call that names one is refused (Tagging AWS Resources
user guide, "Tag naming limits and requirements", read 2026-11-29)."""
_AT_CREATION: Final = "createaction"


@dataclass(frozen=True)
class _Guard:
    """A statement that a tag decides, and what would undo it: writing the tag, removing it."""

    statement: Statement
    condition: Condition
    tag: str
    by_removing: bool

    @property
    def services(self) -> list[str]:
        named = {a.partition(":")[0].lower() for a in self.statement.actions}
        return sorted(s for s in named if s and not set(s) & {"*", "?"})


def undone_guards(identity: Identity, path: str) -> Iterator[Offence]:
    """Guards that an identity may undo, each with the action that does; ``path`` is where its document stands.

    Raises:
        UndecidedError: a statement cannot be read.
    """
    said: set[str] = set()
    for guard in _guards(identity):
        for action in _ways(identity, guard):
            line = (
                f"{action} undoes the condition on {guard.condition.written.partition(' ')[0]}: "
                f"{_meaning(guard)}"
            )
            if line not in said:
                said.add(line)
                yield Offence(path=path, problem=line)


def _meaning(guard: _Guard) -> str:
    actions = ", ".join(guard.statement.actions[:3]) or "what it is for"
    on = (guard.statement.resources or ("*",))[0]
    if not guard.statement.allows:
        return f"the refusal of {actions} on {on} no longer holds"
    return f"a way to {actions} on all of {on}"


def _guards(identity: Identity) -> Iterator[_Guard]:
    for statement in (s for layer in identity.layers for s in layer):
        for condition in statement.conditions:
            tag = _tag(statement, condition)
            if tag and not tag.startswith(_RESERVED) and not _only_tags(statement):
                yield _Guard(statement, condition, tag, _opens_when_removed(statement, condition))


def _tag(statement: Statement, condition: Condition) -> str:
    """The tag that a condition guards by; an Allow that asks for any value (``Null``) only marks what is one's own."""
    if condition.operator == "null" and statement.allows:
        return ""
    for part in _OF_RESOURCES:
        if part in condition.key:
            return condition.key.partition(part)[2]
    is_callers = condition.key.startswith(_OF_CALLERS) and not condition.key.startswith(_SESSIONS)
    return condition.key.removeprefix(_OF_CALLERS) if is_callers else ""


def _only_tags(statement: Statement) -> bool:
    """Whether a statement is about tags alone: what it holds is the tagging itself."""
    services = {a.partition(":")[0].lower() for a in statement.actions}
    writes = {w.lower() for s in services for w in (*tag_writers(s), *tag_removers(s))}
    return bool(statement.actions) and all(a.lower() in writes for a in statement.actions)


def _opens_when_removed(statement: Statement, condition: Condition) -> bool:
    """Whether a resource without the tag is open: an Allow that holds without it, a Deny that needs it."""
    return condition.holds_where_absent == statement.allows


def _ways(identity: Identity, guard: _Guard) -> Iterator[str]:
    if guard.condition.key.startswith(_OF_CALLERS):
        yield from _on_itself(identity, guard)
        return
    for service in guard.services:
        removing = tag_removers(service) if guard.by_removing else ()
        for action in dict.fromkeys((*tag_writers(service), *removing)):
            for resource in guard.statement.resources or ("*",):
                if _may_write(identity, guard, action, resource):
                    yield action
                    break


def _on_itself(identity: Identity, guard: _Guard) -> Iterator[str]:
    """Tags of callers are those of their role or user: whoever may tag it chooses them."""
    for kind in ("Role", "User"):
        start = f"{kind.lower()}/"
        for name in (n for n in identity.own if n.startswith(start)):
            if _may_write(identity, guard, f"iam:Tag{kind}", f"arn:aws:iam::*:{name}"):
                yield f"iam:Tag{kind}"
                return


def _may_write(identity: Identity, guard: _Guard, action: str, resource: str) -> bool:
    """Whether an identity may do it to some of a resource, under conditions that leave the guard's tag to it."""
    own, *others = identity.layers
    refusals = [s for layer in identity.layers for s in layer if not s.allows and s.takes(action)]
    if any(_refuses(s, guard.tag) for s in refusals):
        return False
    able = (s for s in own if s.allows and s.takes(action) and _leaves_it(s, guard, action))
    return any(
        grants(replace(identity, layers=((s, *(r for r in own if not r.allows)), *others)), action, resource)
        for s in able
    )


def _refuses(refusal: Statement, tag: str) -> bool:
    """Whether a refusal is about writing this tag."""
    return any(
        (
            c.key == "aws:tagkeys"
            and c.operator not in NEGATIVE
            and any(covers(v.lower(), tag) for v in c.values)
        )
        or (c.key == f"aws:requesttag/{tag}" and c.operator == "null" and "false" in c.values)
        for c in refusal.conditions
    )


def _leaves_it(statement: Statement, guard: _Guard, action: str) -> bool:
    """Whether a permission lets this tag be written on what does not have it, or removed from what has it."""
    for condition in statement.conditions:
        key = condition.key
        if key.endswith(_AT_CREATION):
            return False
        if key == "aws:tagkeys" and _spares(condition, guard.tag):
            return False
        written = key == f"aws:requesttag/{guard.tag}"
        if written and condition.operator == "null" and "true" in condition.values:
            return False
        # What has the tag's right value already may be tagged again: nothing else becomes reachable.
        if any(part in key for part in _OF_RESOURCES) and not condition.holds_where_absent:
            return False
        if written and _never_opens(condition, guard) and "untag" not in action.lower():
            return False
    return True


def _spares(condition: Condition, tag: str) -> bool:
    """Whether a condition on the keys that are written leaves this one out."""
    named = any(covers(value.lower(), tag) for value in condition.values)
    return named if condition.operator in NEGATIVE else not named


def _never_opens(condition: Condition, guard: _Guard) -> bool:
    """Whether only values may be written that the guard does not ask for."""
    if condition.operator not in {"stringequals", "stringlike"} or guard.condition.operator != "stringequals":
        return False
    if "$" in "".join((*condition.values, *guard.condition.values)) or not guard.statement.allows:
        return False
    return not any(covers(value, wanted) for value in condition.values for wanted in guard.condition.values)
