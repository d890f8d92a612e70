"""Values that cannot be a credential: words that say there is none, and places where one is filled in."""

import re
from typing import Final

_NO_KEY: Final = re.compile(
    r"(?:sk[-_])?(?:empty|dummy|fake|mock|none|null|nil|n/?a|unused|ignored?|anything|whatever|placeholder|"
    r"(?:not?|un)[-_ ]?(?:a[-_ ]?)?(?:api[-_ ]?)?(?:key|token|secret|auth|needed|required|necessary|used|set|real|"
    r"applicable|relevant|important)(?:[-_ ](?:needed|required|necessary|used|set))?)"
    r"(?:[-_ ]?(?:api)?[-_ ]?(?:key|token|secret|value))?",
    re.IGNORECASE,
)
"""What clients of a server that asks for no key send, since their libraries want some."""
_FILLED_IN: Final = re.compile(
    r"(?:your|my|insert|enter|put|add|replace|fill|todo|tbd|example)[-_ ][a-z_ -]{0,60}|"
    r"placeholder|todo|tbd|fixme|redacted|\.{3,}|x{3,}|\*{3,}|<[^<>]{1,100}>|\[[^\[\]]{1,100}\]|"
    r"(?:change|replace)[-_]?(?:me|this|it)\S{0,60}|"
    # Grafana reads a file or a variable where its configuration says so (its docs, "Variable expansion").
    r"\$__(?:file|env)\{[^{}]{1,200}\}",
    re.IGNORECASE,
)
"""What somebody replaces before it is applied."""
_SAMPLE: Final = re.compile(r"x{8,}|\.{3}|your[-_]|<[^<>]{1,100}>", re.IGNORECASE)
_PASSWORD: Final = re.compile(r"pass(?:wd|word|phrase)?$|pwd$|masterauth$", re.IGNORECASE)


def is_no_secret(name: str, value: str) -> bool:
    """Whether a value that stands under a name of a credential is none.

    A password is what a server compares with, so that even ``dummy`` is one; a key that says it is none is none.
    """
    said = value.strip()
    if _FILLED_IN.fullmatch(said):
        return True
    return not _PASSWORD.search(name) and bool(_NO_KEY.fullmatch(said))


def is_sample(found: str) -> bool:
    """Whether what has the shape of a credential is filled in by somebody: a row of x, ``<password>``."""
    return bool(_SAMPLE.search(found))
