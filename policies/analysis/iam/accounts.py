"""Whose accounts a graph speaks of: its own ones, as far as that can be told, and others'."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, Final

from policies.analysis.iam.patterns import covers
from policies.analysis.iam.statements import Statement, statements
from policies.engine.graph import Graph, Resource
from policies.engine.values import UndecidedError

_ACCOUNT: Final = re.compile(r"\d{12}")
_WHOLE: Final = re.compile(r"(?:arn:[^:]+:iam::)?(\d{12})(?::root)?")
_QUEUE: Final = re.compile(r"https://[^/]+/(\d{12})/")
_PROVIDER: Final = "pulumi:providers:aws"
_DOCUMENT: Final = re.compile(r"\s*[{\[]")
_NARROWS: Final = (
    "aws:multifactorauthpresent",
    "aws:principalarn",
    "aws:principalorgid",
    "aws:principalorgpaths",
    "aws:principaltag/",
    "aws:sourcearn",
    "aws:sourceip",
    "aws:sourcevpc",
    "aws:userid",
    "sts:externalid",
)
"""Condition keys that leave only some callers of an account, or only callers who know what was agreed with them."""


def homes(graph: Graph) -> frozenset[str]:
    """The accounts a graph's own resources are in; none where nothing tells.

    Resources that exist carry their ARN. Otherwise the account that most ARNs among the inputs are of is it: those
    within documents do not count, since they name others.
    """
    return graph.once(_homes)


def _homes(graph: Graph) -> frozenset[str]:
    made = {found for r in graph for arn in (r.outputs.get("arn"), r.id) if (found := account_of(arn))}
    made |= {queue[1] for r in graph for url in (r.inputs.get("queueUrl"), r.id) if (queue := _queue(url))}
    for provider in graph.of_type(_PROVIDER):
        said = provider.inputs.get("allowedAccountIds")
        made |= set(_ACCOUNT.findall(said if isinstance(said, str) else str(said or "")))
    if made:
        return frozenset(made)
    own = {found for r in graph for found in _kept_here(r)}
    if len(own) == 1:
        return frozenset(own)
    counted = Counter(account for r in graph for account in _named(r)).most_common(2)
    if len(counted) == 2 and counted[0][1] == counted[1][1]:  # noqa: PLR2004 two accounts, named equally often
        return frozenset()
    return frozenset(account for account, _ in counted[:1])


def _queue(url: Any) -> re.Match[str] | None:
    return _QUEUE.match(url) if isinstance(url, str) else None


def _kept_here(resource: Resource) -> Iterator[str]:
    """The accounts of what resource policies are for: a policy that says who may come lies beside its resource."""
    for value in resource.inputs.values():
        is_document = isinstance(value, Mapping) or (isinstance(value, str) and _DOCUMENT.match(value))
        if not is_document or "Principal" not in (value if isinstance(value, str) else str(value)):
            continue
        try:
            found = [s for s in statements(value) if s.principals("AWS") or s.principals("Service")]
            yield from (account for s in found for arn in s.resources if (account := account_of(arn)))
        except UndecidedError:
            continue


def _named(resource: Resource) -> Iterator[str]:
    todo: list[Any] = [resource.inputs]
    while todo:
        value = todo.pop()
        if isinstance(value, Mapping):
            if "Statement" not in value:
                todo.extend(value.values())
        elif isinstance(value, list | tuple):
            todo.extend(value)
        elif isinstance(value, str) and not _DOCUMENT.match(value) and (found := account_of(value)):
            yield found


def account_of(arn: Any) -> str:
    """The account of an ARN; empty where it has none, or is none."""
    parts = arn.split(":", 5) if isinstance(arn, str) and arn.startswith("arn:") else []
    return parts[4] if len(parts) == 6 and _ACCOUNT.fullmatch(parts[4]) else ""  # noqa: PLR2004 arn to resource


def whole_others(statement: Statement, own: frozenset[str]) -> list[str]:
    """Other accounts that a permission lets in as a whole, and under no condition that leaves only some of it."""
    if not statement.allows or not own:
        return []
    found = [account for p in statement.principals("AWS") if (account := whole_account(p))]
    return [account for account in found if account not in own and not _is_narrowed(statement, account)]


def whole_account(principal: str) -> str:
    """The account that a principal stands for as a whole; empty for any other principal."""
    match = _WHOLE.fullmatch(principal)
    return match[1] if match else ""


def _is_narrowed(statement: Statement, account: str) -> bool:
    whole = f"arn:aws:iam::{account}:role/?*"
    return any(
        c.key.startswith(_NARROWS) and not any(covers(value, whole) for value in c.values)
        for c in statement.pinned()
    )
