"""Answers of the registry: what a path and its question get, without a socket. It is only ever read."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any, Final
from urllib.parse import parse_qs, unquote, urlsplit

from gate.registry.content import COLUMNS, kind_of
from gate.registry.index import Index
from gate.render.page.environment import environment

_JSON: Final = "application/json; charset=utf-8"
_HTML: Final = "text/html; charset=utf-8"
_LONGEST: Final = 2000
_ASKED: Final[Mapping[str, tuple[str, ...]]] = {
    "releases": ("kind", "name", "state", "owner", "licence", "task", "engine", "data_class", "digest"),
    "events": ("kind", "name", "version", "event", "who", "date"),
    "evaluations": ("kind", "name", "version", "suite", "metric", "dataset_digest"),
    "lineage": ("kind", "name", "version", "relation", "target"),
    "serving": ("stack", "environment", "account", "region", "kind", "name", "version", "pool"),
}
"""By which columns each table may be asked."""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a client gets."""

    status: int
    body: bytes
    type: str = _JSON


def answer(index: Index, target: str) -> Answer:
    """What a GET of a path with its question gets."""
    if len(target) > _LONGEST:
        return _problem(414, f"should have at most {_LONGEST} characters")
    parts = urlsplit(target)
    path = [unquote(part) for part in parts.path.strip("/").split("/") if part]
    asked = parse_qs(parts.query, keep_blank_values=True)
    match path:
        case []:
            return Answer(status=200, body=_page(index).encode(), type=_HTML)
        case ["api", "v1", table] if table in COLUMNS:
            return _table(index, table, asked)
        case ["api", "v1", "releases", kind, name, number] if kind in {"model", "agent"}:
            return _release(index, kind, name, number)
    plain = {"healthz": {"status": "ok", "as_of": index.as_of}, "openapi.json": description()}
    if len(path) == 1 and path[0] in plain:
        return _said(plain[path[0]])
    return _problem(404, "there is no such path; /openapi.json lists them")


def _table(index: Index, table: str, asked: Mapping[str, Sequence[str]]) -> Answer:
    known = _ASKED[table]
    wrong = [
        f"{key}: unknown; may be {', '.join(known)}" if key not in known else f"{key}: should stand once"
        for key, values in asked.items()
        if key not in known or len(values) > 1
    ]
    if wrong:
        return _problem(400, "; ".join(wrong))
    return _said({"as_of": index.as_of, table: index.rows(table, **{k: v[0] for k, v in asked.items()})})


def _release(index: Index, kind: str, name: str, number: str) -> Answer:
    wanted = {"kind": kind, "name": name, "version": number}
    found = index.rows("releases", **wanted)
    if not found:
        return _problem(404, f"no {kind} {name}/{number}")
    serving = index.rows("serving", kind=kind, name=name, version=number)
    rest = {table: index.rows(table, **wanted) for table in ("events", "evaluations", "lineage")}
    return _said({"as_of": index.as_of, "release": found[0], **rest, "serving": serving})


def _said(data: Any, status: int = 200) -> Answer:
    return Answer(status=status, body=(json.dumps(data, ensure_ascii=False, indent=1) + "\n").encode())


def _problem(status: int, message: str) -> Answer:
    return _said({"error": {"status": status, "message": message}}, status)


def _page(index: Index) -> str:
    serving: dict[tuple[str, str, str], list[str]] = {}
    for row in index.rows("serving"):
        serving.setdefault((row["kind"], row["name"], row["version"]), []).append(
            f"{row['stack']} {row['share']} %"
        )
    return (
        environment()
        .get_template("registry.html.j2")
        .render(
            as_of=index.as_of,
            releases=index.rows("releases"),
            serving=serving,
            events=index.rows("events"),
            lineage=index.rows("lineage"),
        )
    )


def description() -> dict[str, Any]:
    """The API as OpenAPI 3.1."""
    schemas = {
        table: {
            "type": "object",
            "required": list(columns),
            "properties": {
                c: {"type": "object"} if c == "content" else {"type": [kind_of(c), "null"]} for c in columns
            },
        }
        for table, columns in COLUMNS.items()
    }
    schemas["error"] = {
        "type": "object",
        "required": ["error"],
        "properties": {
            "error": {
                "type": "object",
                "required": ["status", "message"],
                "properties": {"status": {"type": "integer"}, "message": {"type": "string"}},
            }
        },
    }
    paths: dict[str, Any] = {f"/api/v1/{table}": _described(table) for table in COLUMNS}
    paths["/api/v1/releases/{kind}/{name}/{version}"] = _described_release()
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Slipway registry",
            "version": version("slipway"),
            "description": "What records, events and stack files say, to be read. Git is the truth.",
        },
        "paths": paths,
        "components": {"schemas": schemas},
    }


def _described(table: str) -> dict[str, Any]:
    ref = {"$ref": f"#/components/schemas/{table}"}
    return {
        "get": {
            "operationId": f"list_{table}",
            "summary": f"Rows of {table}, those alone whose columns have the values asked for",
            "parameters": [
                {"name": column, "in": "query", "required": False, "schema": {"type": "string"}}
                for column in _ASKED[table]
            ],
            "responses": {
                "200": _content({"as_of": {"type": "string"}, table: {"type": "array", "items": ref}}),
                "400": _error("A column that cannot be asked for, or one that stands twice"),
            },
        }
    }


def _described_release() -> dict[str, Any]:
    rows = {
        table: {"type": "array", "items": {"$ref": f"#/components/schemas/{table}"}}
        for table in ("events", "evaluations", "lineage", "serving")
    }
    whole = {"as_of": {"type": "string"}, "release": {"$ref": "#/components/schemas/releases"}, **rows}
    return {
        "get": {
            "operationId": "get_release",
            "summary": "One version with its events, evaluations, lineage and where it is served",
            "parameters": [
                {
                    "name": name,
                    "in": "path",
                    "required": True,
                    "schema": {"type": "string"} | ({"enum": ["model", "agent"]} if name == "kind" else {}),
                }
                for name in ("kind", "name", "version")
            ],
            "responses": {"200": _content(whole), "404": _error("No such version")},
        }
    }


def _content(properties: Mapping[str, Any]) -> dict[str, Any]:
    schema = {"type": "object", "required": list(properties), "properties": dict(properties)}
    return {"description": "What was asked for", "content": {"application/json": {"schema": schema}}}


def _error(words: str) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/error"}
    return {"description": words, "content": {"application/json": {"schema": schema}}}
