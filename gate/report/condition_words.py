"""A condition of a policy as people say it."""

import re
from typing import Final

_KEYS: Final = {
    "aws:PrincipalArn": "who asks",
    "aws:PrincipalOrgID": "the organisation of who asks",
    "aws:RequestedRegion": "the region",
    "aws:SecureTransport": "whether TLS is used",
    "aws:SourceAccount": "the account it is for",
    "aws:SourceArn": "what it is for",
    "aws:SourceIp": "the address",
    "iam:PassedToService": "the service that gets the role",
    "kms:ResourceAliases": "the key's aliases",
    "kms:ViaService": "the service that uses the key",
    "s3:prefix": "the listed prefix",
}
"""Keys that reviewers meet often (AWS service authorization reference, read 2026-11); others stay as written."""
_TAGS: Final = {
    "aws:PrincipalTag": "the asking identity's tag",
    "aws:RequestTag": "the new tag",
    "aws:ResourceTag": "the resource's tag",
}
_OPERATORS: Final = {
    "StringEquals": "is",
    "StringLike": "is like",
    "StringNotEquals": "is not",
    "StringNotLike": "is not like",
    "ArnEquals": "is",
    "ArnLike": "is like",
    "ArnNotEquals": "is not",
    "ArnNotLike": "is not like",
    "Bool": "is",
    "Null": "is absent:",
    "IpAddress": "is within",
    "NotIpAddress": "is not within",
}
_SOME: Final = {"": "", "ForAnyValue": "one of ", "ForAllValues": "each of "}
_ACCOUNT_TAG: Final = "${aws:PrincipalTag/kubernetes-service-account}"
_WRITTEN: Final = re.compile(
    r"^(?P<key>\S+) (?:(?P<some>[A-Za-z]+):)?(?P<operator>[A-Za-z]+) (?P<values>.+)$", re.DOTALL
)


def in_words(written: str) -> str:
    """A condition ``key operator values`` as a clause; as it is written where its operator has no word."""
    found = _WRITTEN.match(written)
    if found is None:
        return written
    plain, some = found["operator"].removesuffix("IfExists"), found["some"] or ""
    word = _OPERATORS.get(plain)
    if word is None or some not in _SOME:
        return written
    absent = " or is not there" if found["operator"].endswith("IfExists") else ""
    return f"{_SOME[some]}{_key(found['key'])} {word} {own_account(found['values'].replace(', ', ' or '))}{absent}"


def _key(key: str) -> str:
    kind, _, tag = key.partition("/")
    return f"{_TAGS[kind]} {tag}" if tag and kind in _TAGS else _KEYS.get(key, key)


def own_account(text: str) -> str:
    """A text with the tag that stands for the asking pod's account named as what it is."""
    return text.replace(_ACCOUNT_TAG, "(its own service account)")
