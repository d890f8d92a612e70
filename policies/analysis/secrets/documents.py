"""Whether a file that is kept in a Secret holds a credential: by the names in it, and by what its values look like."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from facts.strict_yaml import YamlProblem, load

_MOST: Final = 200_000
_SETTING: Final = re.compile(r"[ \t]*([A-Za-z][A-Za-z0-9_. -]{0,80}?)[ \t]*=[ \t]*(.*)")
_OTHER: Final = re.compile(r"[ \t]*(?:[#;].*|\[[^\]]{0,200}\][ \t]*)?")
_SECRET_NAME: Final = re.compile(
    r"(?:^|[_.-])(?:auth|key|webhook|hook|dsn|salt|hash|cookie|signature|service_key|routing_key|key_data|api_url)$",
    re.IGNORECASE,
)
_HIDDEN: Final = re.compile(r"secure|secret|credential|auths$", re.IGNORECASE)
"""Names whose whole value is kept from readers (Grafana's secureJsonData, Docker's auths)."""
_RANDOM: Final = re.compile(r"[A-Za-z0-9+/=_~.-]{20,}")
_PLAIN_NAME: Final = re.compile(
    r"(?:^|[_.-])(?:host|hostname|port|user|username|login|region|endpoint|bucket|database|db|dbname|namespace|name|"
    r"type|enabled|mode|ssl_?mode|protocol|scheme|path|version|email|account_id)$",
    re.IGNORECASE,
)
_PLAIN: Final = re.compile(r"[A-Za-z0-9@._:/ -]{0,60}")


def settings(said: str) -> list[tuple[str, str]] | None:
    """Names and values of a file of settings; None where the text is no such file."""
    if len(said) > _MOST or "\n" not in said.strip():
        return None
    lines = said.splitlines()
    if all(_SETTING.fullmatch(line) or _OTHER.fullmatch(line) for line in lines):
        return [(found[1], found[2].strip()) for line in lines if (found := _SETTING.fullmatch(line))]
    try:
        read = load(said, "settings")
    except YamlProblem:
        return None
    return list(_values(read, "")) if isinstance(read, Mapping | list) else None


def named_values(said: str) -> list[tuple[str, str]]:
    """Names and values of a document, also of one line; none where the text is no document."""
    if len(said) > _MOST or not said.lstrip().startswith(("{", "[")):
        return settings(said) or []
    try:
        return list(_values(load(said, "document"), ""))
    except YamlProblem:
        return []


def _values(value: Any, name: str) -> Iterator[tuple[str, str]]:
    """Every text with its name; below a name that hides its value, each has that name."""
    if isinstance(value, Mapping):
        for key, below in value.items():
            own = str(key)
            yield from _values(below, name if _HIDDEN.search(name) else own)
    elif isinstance(value, list):
        for below in value:
            yield from _values(below, name)
    elif value is not None and not isinstance(value, bool):
        yield name, str(value)


def is_suspect(name: str, value: str) -> bool:
    """Whether a setting that no rule knows by its name may be a credential all the same."""
    if not value or value.lower() in {"true", "false", "none", "null"} or value.startswith(("/", "$", "{{")):
        return False
    return bool(_SECRET_NAME.search(name) or _HIDDEN.search(name) or looks_random(value))


def looks_random(value: str) -> bool:
    """Whether a word is as long and as mixed as no name is."""
    return any(
        any(c.isdigit() for c in word) and any(c.isupper() for c in word) and any(c.islower() for c in word)
        for word in _RANDOM.findall(value)
    )


def is_plain(name: str, value: str) -> bool:
    """Whether one value of a Secret is what goes with a credential: a host, a region, the name of a user."""
    said = value.strip()
    return (
        bool(_PLAIN_NAME.search(name) and _PLAIN.fullmatch(said))
        and not looks_random(said)
        and "@" not in said
    )
