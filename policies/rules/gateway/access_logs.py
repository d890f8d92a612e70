"""What must hold for logs of proxies: a line tells who called and what came of it, not how to call in their name."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from policies.analysis.gateway.objects import DEFINITION
from policies.engine.graph import Graph, Resource
from policies.engine.rule import Offence, Rule
from policies.engine.values import known

_CREDENTIALS: Final = (
    *("authorization", "proxy-authorization", "cookie", "x-api-key", "api-key", "x-goog-api-key"),
    *("x-amz-security-token", "x-auth-token", "set-cookie"),
)
_PRINTED: Final = re.compile(
    rf"%(?:REQ|RESP|TRAILER)\((?:[\w:-]+\?)?(?P<header>{'|'.join(_CREDENTIALS)})(?:\?[\w:-]+)?\)(?::\d+)?%",
    re.IGNORECASE,
)
"""Envoy, "Command operators" of access logs, read 2026-11: a header, another one where it is missing, a length."""
_A_LOG: Final = re.compile(r"access_?log", re.IGNORECASE)
_LOGS: Final = re.compile(r"log", re.IGNORECASE)


def _printed(found: Resource, _graph: Graph) -> Iterable[Offence]:
    if found.type == DEFINITION:  # a schema prints nothing
        return []
    return list({(said.path, said.value): said for said in _look(found.inputs, "", is_log=False)}.values())


def _look(value: Any, path: str, *, is_log: bool) -> Iterator[Offence]:
    """Texts below a key that names a log, or that hold such a configuration: elsewhere a header is passed on."""
    known(value, path)
    if isinstance(value, str):
        if is_log or _A_LOG.search(value):
            for printed in _PRINTED.finditer(value):
                header = printed["header"].lower()
                yield Offence(path=path, problem=f"the header {header} is kept", value=header)
    elif isinstance(value, Mapping):
        for key, below in value.items():
            if key != "metadata":
                yield from _look(
                    below, f"{path}.{key}".lstrip("."), is_log=is_log or bool(_LOGS.search(str(key)))
                )
    elif isinstance(value, list | tuple):
        for index, below in enumerate(value):
            yield from _look(below, f"{path}[{index}]", is_log=is_log)


RULES: tuple[Rule, ...] = (
    Rule(
        id="access-logs-hold-no-credentials",
        severity="medium",
        applies_to=("kubernetes:*",),
        why="Whoever reads the log could call in the caller's name.",
        fix="Log the subject of the token, or who the proxy says has called, instead of the header.",
        check=_printed,
    ),
)
