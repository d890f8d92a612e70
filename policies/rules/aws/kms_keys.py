"""What must hold for KMS keys: that they rotate, cannot vanish overnight, and have named users."""

import re
from collections.abc import Iterable
from functools import partial
from typing import Final

from policies.analysis.iam.accounts import whole_account
from policies.analysis.iam.callers import accounts, lets_everyone_in, open_statements
from policies.analysis.iam.statements import Statement, statements
from policies.analysis.platform.lifecycle import is_disposable
from policies.engine.graph import Graph, Resource
from policies.engine.rule import Offence, Rule, Variant
from policies.engine.values import at, flag, number, text

KEY: Final = "aws:kms/key:Key"
KEY_POLICY: Final = "aws:kms/keyPolicy:KeyPolicy"
KEYS: Final = (
    KEY,
    KEY_POLICY,
    "aws:kms/externalKey:ExternalKey",
    "aws:kms/replicaExternalKey:ReplicaExternalKey",
    "aws:kms/replicaKey:ReplicaKey",
)
"""Types that carry a key's policy."""
_ACCOUNT: Final = re.compile(r"(?:^|:)(\d{12})(?:$|:)")
_NAMES_ACCOUNTS: Final = frozenset({"aws:principalaccount", "aws:principalarn", "kms:calleraccount"})


def _unrotated(key: Resource, _graph: Graph) -> Iterable[Offence]:
    spec = text(at(key.inputs, "customerMasterKeySpec"), "customerMasterKeySpec") or "SYMMETRIC_DEFAULT"
    if spec != "SYMMETRIC_DEFAULT":  # AWS rotates no other kind
        return
    value = at(key.inputs, "enableKeyRotation")
    if not flag(value, "enableKeyRotation"):
        yield Offence(path="enableKeyRotation", problem="is off", value=value)


def _short_window(key: Resource, _graph: Graph, *, spares_trials: bool = False) -> Iterable[Offence]:
    if spares_trials and is_disposable(key):
        return
    days = number(at(key.inputs, "deletionWindowInDays"), "deletionWindowInDays")
    if days is not None and days < 14:  # noqa: PLR2004 the sentence below names it
        yield Offence(
            path="deletionWindowInDays",
            problem=f"a deletion can be taken back for {int(days)} days only",
            value=int(days),
            expected="two weeks is the least",
        )


def _key_for_everyone(key: Resource, _graph: Graph) -> Iterable[Offence]:
    for statement in open_statements(at(key.inputs, "policy")):
        yield lets_everyone_in(statement, "every AWS account may use the key")


def _key_for_others(key: Resource, _graph: Graph) -> Iterable[Offence]:
    named = [
        (statement, account)
        for statement in statements(at(key.inputs, "policy"))
        if statement.allows
        for account in sorted(_accounts(statement))
    ]
    # A key that is not made yet has no ARN; then the account that most of its policy is about is its own.
    arn = key.outputs.get("arn") or at(key.inputs, "primaryKeyArn") or at(key.inputs, "keyId")
    own = _ACCOUNT.search(arn) if isinstance(arn, str) else None
    named_accounts = [account for _, account in named]
    home = own[1] if own else max(named_accounts, key=named_accounts.count, default="")
    for statement, account in named:
        if account != home:
            said = next((p for p in statement.principals("AWS") if account in p), None)
            yield Offence(
                path=statement.place("Principal.AWS" if said else "Condition", said or ""),
                problem=f"account {account} may use the key",
                value=said,
            )


def _granted_by_the_account(key: Resource, _graph: Graph) -> Iterable[Offence]:
    """Where the account may use the key anyway, as by AWS's own default policy, a grant adds nothing."""
    found = [s for s in statements(at(key.inputs, "policy")) if s.allows and _is_for_the_account(s)]
    if any(s.takes("kms:Decrypt") and not s.pinned() for s in found):
        return
    for statement in found:
        if statement.takes("kms:CreateGrant") and not statement.pinned():
            yield Offence(
                path=statement.place("Condition"), problem="kms:CreateGrant without kms:GrantIsForAWSResource"
            )


def _is_for_the_account(statement: Statement) -> bool:
    return any(whole_account(principal) for principal in statement.principals("AWS"))


def _accounts(statement: Statement) -> Iterable[str]:
    """The accounts that principals, or conditions in their place, name."""
    return {found[1] for one in accounts(statement, _NAMES_ACCOUNTS) if (found := _ACCOUNT.search(one))}


RULES: tuple[Rule, ...] = (
    Rule(
        id="kms-keys-rotate",
        severity="medium",
        aliases=("keys-rotate",),
        applies_to=(KEY,),
        why="Rotation bounds how much one key ever protects, and costs nothing.",
        fix="Set enable_key_rotation to true.",
        check=_unrotated,
        same_as=("CKV_AWS_7",),
    ),
    Rule(
        id="kms-deletion-window-set",
        severity="medium",
        aliases=("key-deletion-can-be-taken-back",),
        applies_to=(KEY,),
        why="What a deleted key encrypted is gone; somebody has to notice in time.",
        fix="Leave deletion_window_in_days at 30.",
        check=_short_window,
        on_platform=Variant(
            "Keys of a disposable trial that is not production may go sooner.",
            partial(_short_window, spares_trials=True),
        ),
    ),
    Rule(
        id="keys-name-their-users",
        severity="high",
        applies_to=KEYS,
        why="A key policy open to everyone makes the key protect nothing.",
        fix="Name accounts, roles or services as principals, or add a condition that does.",
        check=_key_for_everyone,
        same_as=("CKV_AWS_33",),
    ),
    Rule(
        id="key-grants-are-for-services",
        severity="high",
        applies_to=KEYS,
        why="Who may manage the key but not use it would grant themselves its use.",
        fix="Put kms:CreateGrant into a statement with Bool kms:GrantIsForAWSResource: true, or name its principals.",
        check=_granted_by_the_account,
    ),
    Rule(
        id="keys-stay-in-their-account",
        severity="critical",
        applies_to=KEYS,
        why="Whoever administers the other account decides who there reads what the key protects.",
        fix="Name principals of this account; a key that has to be shared needs a waiver that says with whom.",
        check=_key_for_others,
    ),
)
