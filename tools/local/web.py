"""Small requests to servers on loopback."""

import json
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import ProxyHandler, Request, build_opener

from tools.local.layout import HOST

# What a laptop sends through a proxy is not meant for servers of its own.
_OPENER = build_opener(ProxyHandler({}))


def is_well(port: int, path: str) -> bool:
    """Whether it answers 200 there."""
    try:
        with _OPENER.open(f"http://{HOST}:{port}{path}", timeout=2) as answer:
            return bool(answer.status == 200)  # noqa: PLR2004 HTTP
    except (OSError, ValueError):
        return False


def get(port: int, path: str, **query: str) -> Any:
    """What it answers, as JSON; nothing where it does not answer so."""
    asked = f"?{urlencode(query)}" if query else ""
    try:
        with _OPENER.open(f"http://{HOST}:{port}{path}{asked}", timeout=5) as answer:
            return json.load(answer)
    except (OSError, ValueError):
        return None


def post(port: int, path: str, body: Any, seconds: float = 15) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body; status 0 where nothing answered."""
    asked = Request(
        f"http://{HOST}:{port}{path}",
        data=json.dumps(body).encode(),
        headers={"Content-Type": "application/json"},
    )
    try:
        with _OPENER.open(asked, timeout=seconds) as answer:
            return answer.status, dict(answer.headers), answer.read()
    except HTTPError as error:
        return error.code, dict(error.headers), error.read()
    except OSError:
        return 0, {}, b""


def first_value(port: int, query: str) -> float | None:
    """What Prometheus says of a query with one result; nothing where it has none."""
    answer = get(port, "/api/v1/query", query=query)
    try:
        return float(answer["data"]["result"][0]["value"][1])
    except (TypeError, KeyError, IndexError, ValueError):
        return None
