"""What must hold for secrets, wherever they are kept: under our key, recoverable, and never written down."""

import re
from collections.abc import Iterable
from functools import partial
from typing import Final

from policies.analysis.secrets.documents import is_plain, is_suspect, settings
from policies.analysis.secrets.placeholders import is_no_secret
from policies.analysis.secrets.shapes import in_text, spotted
from policies.engine.base64_text import decoded
from policies.engine.graph import Graph, Resource
from policies.engine.property_paths import below
from policies.engine.rule import Offence, Rule, Variant
from policies.engine.values import at, mapping, number, text

SECRET: Final = "aws:secretsmanager/secret:Secret"  # noqa: S105 a type of resource
SECRET_VERSION: Final = "aws:secretsmanager/secretVersion:SecretVersion"  # noqa: S105 a type of resource
PARAMETER: Final = "aws:ssm/parameter:Parameter"
KUBERNETES_SECRET: Final = "kubernetes:core/v1:Secret"  # noqa: S105 a type of resource
_CERTIFICATE: Final = "-----BEGIN CERTIFICATE-----"
_PRIVATE: Final = "PRIVATE KEY-----"
_PLACE: Final = re.compile(
    r"\$\{[^{}]+\}|\$\([^()]+\)|\$[A-Z_]+|<[^<>]+>|\{\{[^{}]+\}\}|vault:.+|(?:change|replace)[-_]?me\S*",
    re.IGNORECASE,
)
"""What is filled in before it is applied."""
_TOKEN: Final = "kubernetes.io/service-account-token"  # noqa: S105 a type of secret
_TOKEN_OF: Final = "kubernetes.io/service-account.name"  # noqa: S105 the name of an annotation
_KEY_PROPERTY: Final = {SECRET: "kmsKeyId", PARAMETER: "keyId"}
_VALUES: Final = {
    SECRET_VERSION: ("secretString", "secretBinary"),
    PARAMETER: ("value",),
    KUBERNETES_SECRET: ("data", "stringData"),
}


def _is_plain_parameter(resource: Resource) -> bool:
    """A parameter that does not claim to be a secret."""
    return resource.type == PARAMETER and text(at(resource.inputs, "type"), "type") != "SecureString"


def _not_our_key(secret: Resource, _graph: Graph) -> Iterable[Offence]:
    if _is_plain_parameter(secret):
        return
    name = _KEY_PROPERTY[secret.type]
    key = text(at(secret.inputs, name), name)
    if not key or "alias/aws/" in key:
        yield Offence(
            path=name, problem="is AWS's own key, whose policy nobody can change", value=key or None
        )


def _gone_at_once(secret: Resource, _graph: Graph) -> Iterable[Offence]:
    if number(at(secret.inputs, "recoveryWindowInDays"), "recoveryWindowInDays") == 0:
        yield Offence(path="recoveryWindowInDays", problem="is 0: a deletion cannot be taken back", value=0)


def _written_down(holder: Resource, _graph: Graph, *, may_be_encrypted: bool = True) -> Iterable[Offence]:
    if _is_plain_parameter(holder):
        return
    # Pulumi keeps a secret encrypted in files and states. Our stack files hold names of secrets only.
    encrypted = holder.secret_properties if may_be_encrypted else frozenset[str]()
    for name in _VALUES[holder.type]:
        if holder.property_dependencies.get(name) or name in encrypted:
            continue  # made by another resource, and written nowhere
        value = at(holder.inputs, name)
        if holder.type == KUBERNETES_SECRET:
            yield from (
                Offence(path=below(name, key), problem="stands in plain text")
                for key, one in mapping(value, name).items()
                if f"{name}.{key}" not in encrypted
                and _is_secret(key, text(one, key), is_encoded=name == "data")
            )
        elif text(value, name):
            yield Offence(path=name, problem="stands in plain text")


def _is_secret(key: str, said: str, *, is_encoded: bool) -> bool:
    """Whether a value is more than a place for one, a certificate, or settings that hold no credential."""
    read = decoded(said) if is_encoded else said
    if is_plain(key, read) or is_no_secret(key, read) or _is_harmless_file(read):
        return False
    is_public = _CERTIFICATE in read and _PRIVATE not in read
    return bool(read) and not is_public and not any(_PLACE.fullmatch(one.strip()) for one in (said, read))


def _is_harmless_file(said: str) -> bool:
    found = settings(said)
    return (
        found is not None
        and not any(True for _ in in_text(said))
        and not any(
            any(True for _ in spotted(name, value))
            or (is_suspect(name, value) and not is_no_secret(name, value))
            for name, value in found
        )
    )


def _standing_token(secret: Resource, _graph: Graph) -> Iterable[Offence]:
    path = "metadata.annotations"
    notes = mapping(at(secret.inputs, path), path)
    if text(at(secret.inputs, "type"), "type") == _TOKEN:
        account = text(notes.get(_TOKEN_OF), _TOKEN_OF) or "a service account"
        yield Offence(path="type", problem=f"is a token of {account} that never ends", value=_TOKEN)


RULES: tuple[Rule, ...] = (
    Rule(
        id="secret-recovery-window-set",
        severity="medium",
        aliases=("secret-deletion-can-be-taken-back",),
        applies_to=(SECRET,),
        why="A secret deleted by mistake takes down everything that reads it.",
        fix="Leave recovery_window_in_days at 30.",
        check=_gone_at_once,
    ),
    Rule(
        id="secrets-not-in-plain-text",
        severity="critical",
        aliases=("secrets-are-not-written-down",),
        applies_to=(SECRET_VERSION, PARAMETER, KUBERNETES_SECRET),
        why="What stands in a program or a manifest is in its history, its state and every copy; base64 hides nothing.",
        fix="Name a secret that something else fills, or take the value from the resource that makes it.",
        check=_written_down,
        on_platform=Variant(
            "Not even encrypted in a stack file: it names the secret.",
            partial(_written_down, may_be_encrypted=False),
        ),
        reads_graph=True,
    ),
    Rule(
        id="service-accounts-have-no-standing-tokens",
        severity="medium",
        applies_to=(KUBERNETES_SECRET,),
        why="Whoever reads it once is that account until somebody finds out.",
        fix="Use projected tokens, which end (TokenRequest); outside the cluster, an identity of AWS.",
        check=_standing_token,
    ),
)

PLATFORM: tuple[Rule, ...] = (
    Rule(
        id="secrets-use-cmk",
        severity="medium",
        aliases=("secrets-are-under-our-key",),
        applies_to=(SECRET, PARAMETER),
        why="A key of our own can be closed in an incident, and each use of it is on record.",
        fix="Name a KMS key of this account.",
        check=_not_our_key,
    ),
)
