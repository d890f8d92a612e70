"""What credentials look like, and the names that say their value is one."""

import re
from collections.abc import Iterator
from typing import Final

from policies.analysis.secrets.placeholders import is_no_secret, is_sample

_KNOWN: Final = (
    ("a private key", re.compile(r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----")),
    ("an access key of AWS", re.compile(r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b")),
    ("a token of Hugging Face", re.compile(r"\bhf_[A-Za-z0-9]{16,}\b")),
    ("a token of GitHub", re.compile(r"\bgh[pousr]_[A-Za-z0-9]{30,}\b|\bgithub_pat_[A-Za-z0-9_]{30,}")),
    (
        "a key of a model provider",
        re.compile(r"\bsk-(?:(?:proj|ant|svcacct|admin|or)-[A-Za-z0-9_-]{20,}|[A-Za-z0-9]{20,})"),
    ),
    ("a token of Slack", re.compile(r"\bxox[abprs]-[A-Za-z0-9-]{10,}")),
    ("a signed token", re.compile(r"\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}")),
    ("a password in an address", re.compile(r"\b[a-z][a-z0-9+.-]*://[^/\s:@${}]*:[^/\s:@${}]{3,}@")),
)
"""What credentials look like, wherever they stand."""
_PERHAPS: Final = re.compile(r"PRIVATE KEY|AKIA|ASIA|hf_|gh[pousr]_|github_pat_|sk-|xox|eyJ|://")
"""What one of them begins with: most texts of an object need no closer look."""
_NAMED: Final = re.compile(
    r"(?:^|[_.-])(?:passwd|pwd|pass|passphrase|secret|token|credentials?|api_?key|private_?key|access_?key|auth_?key|"
    r"encryption_?key|client_?secret|secret_?key)$|password$|requirepass$|masterauth$",
    re.IGNORECASE,
)
"""Names that say their value is a credential: only at their end, since TOKEN_TTL and PASSWORD_FILE hold none."""
_OF_TEXT: Final = re.compile(
    r"(?:^|_)(?:bos|eos|pad|unk|sep|cls|mask|stop|end|start|special|image|audio|video)_token$", re.IGNORECASE
)
"""Tokens of a vocabulary, which engines are told by these names."""
_REFERRING: Final = re.compile(r"(?:^|_)(?:tls|ssl|ca|cert|certificate|pull|registry)_secret$", re.IGNORECASE)
_OBJECT: Final = re.compile(r"[a-z0-9](?:[-a-z0-9./]*[a-z0-9])?")
"""Secrets of a kind that only a Secret holds: a short name stands for the object."""
_WORDS: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_HARMLESS: Final = re.compile(
    r"^(?:|\d+[a-z]*|true|false|none|null|yes|no|required|optional|disabled?|enabled?|/.*|arn:.*|.*[$<{].*|x+|\*+|"
    r"change-?me.*|replace-?me.*|redacted|projects/.*|vault:.*|https?://[^@]*)$",
    re.IGNORECASE,
)
"""Values that are no credential: amounts, switches, paths, references and placeholders."""
_ASSIGNED: Final = re.compile(
    r"""(?m)(?<![A-Za-z0-9_])([A-Za-z][A-Za-z0-9_.-]{0,100})[ \t]{0,40}[=:][ \t]{0,40}["']?([^\s"']+)"""
)


def looks_like_one(value: str) -> bool:
    """Whether a value is a credential whatever its name says."""
    return any(True for _ in shapes(value))


def shapes(value: str) -> Iterator[str]:
    """The sorts of credentials a value has the shape of, samples of them left out."""
    if _PERHAPS.search(value):
        for what, pattern in _KNOWN:
            if any(not is_sample(found[0]) for found in pattern.finditer(value)):
                yield what


def spotted(name: str, value: str) -> Iterator[str]:
    """What a value gives away, by what it looks like, or by what its name says it is."""
    found = list(shapes(value))
    if found:
        yield from found
    elif is_named(name, value.strip()) and not (
        _HARMLESS.match(value.strip()) or is_no_secret(name, value) or is_sample(value)
    ):
        yield "a credential, by its name"


def is_named(said: str, value: str = "") -> bool:
    """Whether a name says that its value is a credential."""
    name = _WORDS.sub("_", said).replace("-", "_")
    is_reference = bool(_REFERRING.search(name) and _OBJECT.fullmatch(value))
    return bool(_NAMED.search(name)) and not _OF_TEXT.search(name) and not is_reference


def in_text(value: str) -> Iterator[str]:
    """What a text of several lines gives away: a file, a script."""
    found = set(shapes(value))
    for name, assigned in _ASSIGNED.findall(value):
        found.update(spotted(name, assigned))
    yield from sorted(found)
