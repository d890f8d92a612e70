"""What several rules ask of IAM documents."""

from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any, Final

from policies.reading import at, document, listed, mapping, text

_NARROWS_WHO: Final = (
    "aws:principalaccount",
    "aws:principalarn",
    "aws:principalorgid",
    "aws:principalorgpaths",
    "aws:principaltag/",
    "aws:sourceaccount",
    "aws:sourcearn",
    "aws:sourceorgid",
    "aws:sourceorgpaths",
    "aws:sourceowner",
    "aws:sourcevpc",
    "aws:sourcevpce",
    "kms:calleraccount",
)
"""Condition keys that say who calls; a transport, a time or a region does not."""


def statements(value: Any, path: str = "policy") -> Iterator[tuple[str, Mapping[str, Any]]]:
    """A name and a body for each statement of a document, which IAM lets people write as one or as a list."""
    for index, raw in enumerate(listed(at(document(value, path), "Statement"), path)):
        statement = mapping(raw, path)
        yield text(at(statement, "Sid")) or f"statement {index}", statement


def allows(statement: Mapping[str, Any]) -> bool:
    return text(at(statement, "Effect")) == "Allow"


def actions(statement: Mapping[str, Any]) -> list[str]:
    return [text(action, "Action") for action in listed(at(statement, "Action"), "Action")]


def resources(statement: Mapping[str, Any]) -> list[str]:
    return [text(resource, "Resource") for resource in listed(at(statement, "Resource"), "Resource")]


def principals(statement: Mapping[str, Any], kind: str) -> list[str]:
    """Principals of one kind (``AWS``, ``Service``, ``Federated``); a bare ``*`` is one of kind ``AWS``."""
    principal = at(statement, "Principal")
    if not isinstance(principal, Mapping):
        return [text(p, "Principal") for p in listed(principal, "Principal")] if kind == "AWS" else []
    return [text(p, f"Principal.{kind}") for p in listed(at(principal, kind), f"Principal.{kind}")]


def conditions(statement: Mapping[str, Any]) -> list[tuple[str, str, Sequence[Any]]]:
    """Operator, key (both in lower case, as IAM compares them) and values of each test."""
    tests = mapping(at(statement, "Condition"), "Condition")
    return [
        (operator.lower(), key.lower(), listed(wanted, key))
        for operator, keys in tests.items()
        for key, wanted in mapping(keys, f"Condition.{operator}").items()
    ]


def narrows(operator: str, values: Sequence[Any]) -> bool:
    """Whether a test refuses anybody: it must want a value, and not just any."""
    positive = (
        "not" not in operator and "ifexists" not in operator and not operator.startswith("forallvalues")
    )
    return positive and operator != "null" and all(str(value).strip("*") for value in values)


def names_callers(statement: Mapping[str, Any]) -> bool:
    """Whether conditions say who may call where the principal does not."""
    return any(key.startswith(_NARROWS_WHO) and narrows(op, vals) for op, key, vals in conditions(statement))


def is_open(statement: Mapping[str, Any]) -> bool:
    """Whether a statement of a resource's or a role's policy lets anybody in."""
    if not allows(statement):
        return False
    is_everyone = "*" in principals(statement, "AWS") or at(statement, "NotPrincipal") is not None
    return is_everyone and not names_callers(statement)


def covers(pattern: str, action: str) -> bool:
    """Whether an action, or a pattern of actions, lies within a pattern."""
    return fnmatchcase(action.lower(), pattern.lower())
