"""Whom the policy of a resource, or of a role, lets in."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final

from policies.analysis.iam.conditions import Condition
from policies.analysis.iam.statements import Statement, each, statements
from policies.engine.rule import Offence
from policies.engine.values import UndecidedError

_WHO: Final = (
    "aws:principalaccount",
    "aws:principalarn",
    "aws:principalorgid",
    "aws:principalorgpaths",
    "aws:principaltag/",
    "aws:sourceaccount",
    "aws:sourcearn",
    "aws:sourceip",
    "aws:sourceorgid",
    "aws:sourceorgpaths",
    "aws:sourceowner",
    "aws:sourcevpc",
    "aws:sourcevpce",
    "aws:userid",
    "elasticfilesystem:accessedviamounttarget",
    "elasticfilesystem:accesspointarn",
    "kms:calleraccount",
    "s3:dataaccesspointaccount",
    "s3:dataaccesspointarn",
)
"""Condition keys that say who calls, or from where; a transport, a time or a region does not."""
SOURCES: Final = (
    "aws:sourceaccount",
    "aws:sourcearn",
    "aws:sourceorgid",
    "aws:sourceorgpaths",
    "kms:calleraccount",
    "kms:encryptioncontext:",
)
"""Condition keys that say for whom a service acts."""
_OF_AWS: Final = frozenset({"aws:principalisawsservice", "aws:viaawsservice"})


def _is_who(condition: Condition) -> bool:
    return condition.key.startswith(_WHO)


def names_callers(statement: Statement) -> bool:
    """Whether conditions say who may call where the principal does not."""
    return any(_is_who(c) for c in statement.pinned())


def open_statements(value: Any, path: str = "policy") -> Iterator[Statement]:
    """The statements that let anybody in, of any account, and that no other statement refuses to strangers."""
    return unrefused(value, lambda s: s.is_for_everyone and not names_callers(s), path)


def lets_everyone_in(statement: Statement, problem: str) -> Offence:
    """That a statement is for everyone, at the principal that says so."""
    path, said = statement.place_of_everyone()
    return Offence(path=path, problem=problem, value=said or None)


def unrefused(
    value: Any, is_wanted: Callable[[Statement], bool], path: str = "policy"
) -> Iterator[Statement]:
    """The permissions of a kind that no other statement of the document refuses to strangers."""
    refusals: list[Statement] = []
    found: list[Statement] = []

    def sort(statement: Statement) -> Iterable[Statement]:
        if not statement.allows:
            refusals.append(statement)
        elif is_wanted(statement):
            found.append(statement)
        return ()

    missing: UndecidedError | None = None
    try:
        yield from each(statements(value, path), sort)
    except UndecidedError as error:  # raised again: what was found is told first
        missing = error
    yield from (s for s in found if not any(_refuses_strangers(r, s) for r in refusals))
    if missing is not None:
        raise missing


def _refuses_strangers(refusal: Statement, statement: Statement) -> bool:
    """Whether a refusal leaves of a permission only what callers of certain kinds may do."""
    try:
        if not refusal.is_for_everyone or not _within(statement, refusal):
            return False
        tests = [c for c in refusal.conditions if c.key not in _OF_AWS]
        return all(_is_who(c) and c.spares_few for c in tests) and (bool(tests) or refusal.spares_principals)
    except UndecidedError:  # one that cannot be read refuses nobody
        return False


def _within(statement: Statement, refusal: Statement) -> bool:
    if statement.not_actions is not None or statement.not_resources is not None:
        return refusal.takes("*") and refusal.is_on("*")
    return all(refusal.takes(a) for a in statement.actions) and all(
        refusal.is_on(r) for r in statement.resources or ("*",)
    )


def accounts(statement: Statement, keys: Iterable[str]) -> list[str]:
    """The texts that name accounts: principals, and values of conditions in their place."""
    named = list(statement.principals("AWS"))
    for condition in statement.pinned():
        if condition.key in keys:
            named.extend(condition.values)
    return named
