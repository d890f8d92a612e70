"""What must hold for KMS keys: that they rotate, cannot vanish overnight, and have named users."""

from collections.abc import Iterable, Mapping
from typing import Final

from policies.reading import at, document, flag, listed, mapping, number, text
from policies.record import Graph, Resource
from policies.rule import Rule

KEY: Final = "aws:kms/key:Key"


def _unrotated(key: Resource, _graph: Graph) -> Iterable[str]:
    spec = text(at(key.inputs, "customerMasterKeySpec"), "customerMasterKeySpec") or "SYMMETRIC_DEFAULT"
    if spec != "SYMMETRIC_DEFAULT":  # AWS rotates no other kind
        return
    if not flag(at(key.inputs, "enableKeyRotation"), "enableKeyRotation"):
        yield "enableKeyRotation is off"


def _short_window(key: Resource, _graph: Graph) -> Iterable[str]:
    days = number(at(key.inputs, "deletionWindowInDays"), "deletionWindowInDays")
    if days is not None and days < 14:  # noqa: PLR2004 the sentence below names it
        yield f"a deletion can be taken back for {int(days)} days only; two weeks is the least"


def _key_for_everyone(key: Resource, _graph: Graph) -> Iterable[str]:
    for index, raw in enumerate(listed(at(document(at(key.inputs, "policy")), "Statement"))):
        statement = mapping(raw, "Statement")
        if at(statement, "Effect") != "Allow" or at(statement, "Condition"):
            continue
        principal = at(statement, "Principal")
        named = listed(at(principal, "AWS")) if isinstance(principal, Mapping) else listed(principal)
        if "*" in named:
            yield f"statement {at(statement, 'Sid') or index} lets every AWS account use the key"


RULES: tuple[Rule, ...] = (
    Rule(
        id="keys-rotate",
        applies_to=(KEY,),
        why="Rotation bounds how much one key ever protects, and costs nothing.",
        fix="Set enable_key_rotation to true.",
        check=_unrotated,
    ),
    Rule(
        id="key-deletion-can-be-taken-back",
        applies_to=(KEY,),
        why="What a deleted key encrypted is gone; somebody has to notice in time.",
        fix="Leave deletion_window_in_days at 30.",
        check=_short_window,
    ),
    Rule(
        id="keys-name-their-users",
        applies_to=(KEY,),
        why="A key policy open to everyone makes the key protect nothing.",
        fix="Name accounts, roles or services as principals, or add a condition that does.",
        check=_key_for_everyone,
    ),
)

NEEDS_NO_RULE: dict[str, str] = {
    "aws:kms/alias:Alias": "a name for a key; the key itself is judged",
}
