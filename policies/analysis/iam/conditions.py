"""Conditions of a statement: which ones hold anybody to anything, and which hold for a session that is known."""

import ipaddress
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from policies.analysis.iam.patterns import covers
from policies.engine.values import UndecidedError, listed, mapping

_POSITIVE: Final = frozenset({
    "stringequals", "stringequalsignorecase", "stringlike", "arnequals", "arnlike", "bool", "binaryequals",
    "ipaddress", "numericequals", "numericlessthan", "numericlessthanequals", "numericgreaterthan",
    "numericgreaterthanequals", "dateequals", "datelessthan", "datelessthanequals", "dategreaterthan",
    "dategreaterthanequals",
})  # fmt: skip
NEGATIVE: Final = frozenset({
    "stringnotequals", "stringnotequalsignorecase", "stringnotlike", "arnnotequals", "arnnotlike",
    "notipaddress", "numericnotequals", "datenotequals",
})  # fmt: skip
"""Operators (IAM user guide, "Condition operators", read 2026-11); a negative one holds where its key is absent."""
_POSITIVE_OF: Final = {
    name: name.replace("not", "", 1) for name in NEGATIVE if not name.startswith(("numeric", "date"))
}
_PATTERNS: Final = frozenset(
    {"stringlike", "stringnotlike", "arnequals", "arnlike", "arnnotequals", "arnnotlike"}
)
ALWAYS_THERE: Final = frozenset({
    "aws:currenttime", "aws:epochtime", "aws:requestedregion", "aws:securetransport", "aws:useragent",
})  # fmt: skip
"""Keys that every request has (IAM user guide, "Global condition context keys", read 2026-11)."""
_ANY: Final[Mapping[str, str]] = {
    "aws:principalaccount": "????????????",
    "aws:principalorgid": "o-*",
    "aws:principalorgpaths": "o-*",
    "aws:sourceaccount": "????????????",
    "aws:sourceorgid": "o-*",
    "aws:sourceorgpaths": "o-*",
    "aws:sourcevpc": "vpc-*",
    "aws:sourcevpce": "vpce-*",
    "kms:calleraccount": "????????????",
}
"""What every value of a key looks like: a pattern as wide as this says nothing."""
_ARNS: Final = frozenset({"aws:principalarn", "aws:sourcearn"})
_LEAST_PREFIX: Final = {4: 8, 6: 32}
"""Address ranges wider than this are the internet, as S3 judges it (user guide, "The meaning of public", 2026-11)."""
_LABEL: Final = re.compile(r"[a-z_]+")
_VARIABLE: Final = re.compile(r"\$\{(\$|[^}$]{0,512})\}")


@dataclass(frozen=True)
class Condition:
    """One test: operator and key in lower case, as IAM compares them, and the values that satisfy it."""

    operator: str
    key: str
    values: tuple[str, ...]
    quantifier: str = ""
    if_exists: bool = False
    written: str = ""

    @property
    def holds_where_absent(self) -> bool:
        """Whether a request without the key passes."""
        if self.operator == "null":
            return "true" in self.values
        if self.quantifier == "foranyvalue":
            return False
        return self.if_exists or self.quantifier == "forallvalues" or self.operator in NEGATIVE

    def pins(self, required: frozenset[str] = frozenset()) -> bool:
        """Whether only requests pass that carry one of certain values; ``required`` are keys that must be there."""
        if self.operator not in _POSITIVE:
            return False
        if self.holds_where_absent and self.key not in required | ALWAYS_THERE:
            return False
        return not any(self._is_anything(value) for value in self.values)

    @property
    def spares_few(self) -> bool:
        """Whether a refusal under it leaves only requests that carry one of certain values."""
        positive = _POSITIVE_OF.get(self.operator)
        if positive is None or self.quantifier == "foranyvalue":
            return False
        return Condition(positive, self.key, self.values).pins()

    def _is_anything(self, value: str) -> bool:
        if self.operator == "ipaddress":
            return _is_wide(value)
        if self.operator not in _PATTERNS:
            return False
        if covers(value, _ANY.get(self.key, "?*")):
            return True
        if self.key in _ARNS:
            return _is_any_arn(value)
        return self.key.endswith(":sub") and _is_any_subject(value)

    def holds(self, context: Mapping[str, str], required: frozenset[str] = frozenset()) -> bool | None:
        """Whether a session with these keys passes; None where that depends on what is not known here."""
        if self.key in context:
            return self._passes(context)
        is_there = self.key in required | ALWAYS_THERE
        if self.operator == "null":
            return "false" in self.values if is_there else None
        if self.operator in _PATTERNS - NEGATIVE and any(covers(value, "*") for value in self.values):
            return True if is_there or self.holds_where_absent else None
        return None

    def _passes(self, context: Mapping[str, str]) -> bool | None:
        said = context[self.key]
        if self.operator == "null":
            return "false" in self.values
        wanted = [substituted(value, context) for value in self.values]
        if any(_VARIABLE.search(value) for value in wanted):
            return None
        is_negative = self.operator in NEGATIVE
        if self.operator in _PATTERNS:
            return is_negative != any(covers(value, said) for value in wanted)
        if self.operator in {"stringequals", "stringnotequals"}:
            return is_negative != (said in wanted)
        if self.operator in {"stringequalsignorecase", "stringnotequalsignorecase", "bool"}:
            return is_negative != (said.lower() in {value.lower() for value in wanted})
        return None


def substituted(value: str, context: Mapping[str, str]) -> str:
    """A value with the policy variables that are known put in (``${aws:PrincipalTag/team}``)."""
    if "${" not in value:
        return value
    return _VARIABLE.sub(
        lambda found: context.get(found[1].partition(",")[0].strip().lower(), found[0]), value
    )


def widened(value: str) -> str:
    """A value with a ``*`` for each variable: what it may come to at most."""
    return _VARIABLE.sub(lambda found: found[1] if found[1] in {"*", "?", "$"} else "*", value)


def parsed(raw: Any) -> Iterable[Condition]:
    """The tests of a ``Condition``.

    Raises:
        UndecidedError: an operator that IAM does not know, or a value that is unknown.
    """
    for written, keys in mapping(raw, "Condition").items():
        quantifier, _, operator = str(written).lower().rpartition(":")
        base = operator.removesuffix("ifexists")
        if base not in _POSITIVE | NEGATIVE | {"null"} or quantifier not in {
            "",
            "forallvalues",
            "foranyvalue",
        }:
            raise UndecidedError(f"Condition: {written} is no operator")
        for key, values in mapping(keys, f"Condition.{written}").items():
            yield Condition(
                base,
                str(key).lower(),
                tuple(_written(value, base) for value in listed(values, str(key))),
                quantifier,
                base != operator,
                f"{key} {written} {', '.join(str(value) for value in listed(values))}",
            )


def _written(value: Any, operator: str) -> str:
    if isinstance(value, bool) or operator in {"bool", "null"}:
        return str(value).lower()
    if isinstance(value, (list, Mapping)) or value is None:
        raise UndecidedError(f"Condition: expected a text, got {type(value).__name__}")
    return str(value)


def required_keys(conditions: Iterable[Condition]) -> frozenset[str]:
    """Keys a request must have for the other tests of the same statement to matter (``Null: false``)."""
    return frozenset(
        c.key
        for c in conditions
        if (c.operator == "null" and set(c.values) == {"false"})
        or (c.operator in _POSITIVE and not c.holds_where_absent)
    )


def _is_wide(value: str) -> bool:
    try:
        found = ipaddress.ip_network(value, strict=False)
    except ValueError:
        raise UndecidedError(f"Condition: {value} is no address range") from None
    return found.prefixlen < _LEAST_PREFIX[found.version] and not found.is_private


def _is_any_arn(value: str) -> bool:
    """An ARN of whichever account; S3 leaves the account out, and names the bucket."""
    parts = value.split(":", 5)
    if len(parts) < 6:  # noqa: PLR2004 arn, partition, service, region, account, resource
        return "*" in value
    if not parts[4]:
        return parts[2] != "s3" or not parts[5].strip("*?")
    return "*" in parts[4] or "?" in parts[4]


def _is_any_subject(value: str) -> bool:
    """A token's subject that leaves open whose repository, project or organisation, or which account, it is."""
    label, _, rest = value.partition(":")
    if not label.strip("*?"):
        return True
    owner = rest.partition("/")[0].partition(":")[0]
    if _LABEL.fullmatch(label) and set(owner) & {"*", "?"}:
        return True
    return covers(value, "system:serviceaccount:*:*")
