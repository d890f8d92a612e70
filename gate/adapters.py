"""What others wrote, as records: state exports, previews and Kubernetes manifests."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml

from gate.errors import GateError
from gate.manifest_text import DamageError, documents, plain_json
from gate.structs import SECRET_SIGNATURE, SIGNATURE, is_unknown_mark
from policies.record import UNKNOWN, Graph, Resource

SUFFIXES = (".json", ".yaml", ".yml")
_KIND = re.compile(r"[A-Za-z][A-Za-z0-9]{0,62}")
_API_VERSION = re.compile(r"(?:[a-z0-9](?:[a-z0-9.-]{0,252})/)?[a-z][a-z0-9]{0,62}")
_LONGEST = 80


def read_paths(paths: Sequence[Path]) -> Graph:
    """Every resource and object in files and folders.

    Raises:
        GateError: a file cannot be read or is nothing known; the problems of all files are listed.
    """
    problems: list[str] = []
    found: dict[str, Resource] = {}
    files = list(_files(paths, problems))
    for path, shown in files:
        try:
            for resource in _resources(path, shown):
                urn, again = resource.urn, 2
                while urn in found:
                    urn, again = f"{resource.urn}~{again}", again + 1
                found[urn] = replace(resource, urn=urn)
        except DamageError as damage:
            problems.append(f"{shown}: {damage}")
        except (OSError, UnicodeDecodeError, ValueError, RecursionError, yaml.YAMLError) as error:
            said = str(error).splitlines() or [type(error).__name__]
            problems.append(f"{shown}: cannot be read: {said[0]}")
    if not problems and not found:
        problems.append("there is nothing to judge in these files")
    if problems:
        raise GateError("these files cannot be judged:", problems)
    return Graph(found.values())


def _files(paths: Sequence[Path], problems: list[str]) -> Iterator[tuple[Path, str]]:
    for path in paths:
        if path.is_dir():
            inside = sorted(
                p for p in path.rglob("*") if p.suffix in SUFFIXES and not p.is_symlink() and p.is_file()
            )
            if not inside:
                problems.append(f"{path}: holds no {', '.join(SUFFIXES)} file")
            yield from ((p, str(p)) for p in inside)
        elif path.is_file():
            yield path, str(path)
        else:
            there = "is no regular file" if path.exists() else "there is no such file or folder"
            problems.append(f"{path}: {there}")


def _resources(path: Path, shown: str) -> Iterator[Resource]:
    for document in documents(path):
        if document is None:
            continue
        if not isinstance(document, Mapping):
            raise DamageError(f"expected a mapping, got {type(document).__name__}")
        if isinstance(document.get("deployment"), Mapping) and "resources" in document["deployment"]:
            yield from _states(_list(document["deployment"], "resources"))
        elif "steps" in document and "kind" not in document:
            steps = _list(document, "steps")
            if not all(isinstance(step, Mapping) for step in steps):
                raise DamageError("steps: expected mappings")
            yield from _states([step["newState"] for step in steps if step.get("newState") is not None])
        elif "kind" in document and "apiVersion" in document:
            yield from _objects(document, shown)
        else:
            raise DamageError(
                "is neither a state export, nor a preview, nor a Kubernetes object (no apiVersion and kind)"
            )


def _cut(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."


def _list(document: Mapping[str, Any], key: str) -> list[Any]:
    found = document.get(key)
    if not isinstance(found, list):
        raise DamageError(f"{key}: expected a list, got {type(found).__name__}")
    return found


def _objects(document: Mapping[str, Any], shown: str) -> Iterator[Resource]:
    kind, api_version = document["kind"], document["apiVersion"]
    if not isinstance(kind, str) or not _KIND.fullmatch(kind):
        raise DamageError(f"kind: expected a name such as Deployment (got {_cut(kind)})")
    if not isinstance(api_version, str) or not _API_VERSION.fullmatch(api_version):
        raise DamageError(f"apiVersion: expected a version such as apps/v1 (got {_cut(api_version)})")
    if kind == "List" or (kind.endswith("List") and "items" in document):
        for item in _list(document, "items"):
            if not isinstance(item, Mapping):
                raise DamageError("items: expected objects")
            # Items of a typed list may leave out what the list says.
            filled = (
                {"apiVersion": api_version, "kind": kind.removesuffix("List"), **item}
                if kind != "List"
                else item
            )
            if "kind" not in filled or "apiVersion" not in filled:
                raise DamageError("items: an object has no apiVersion or kind")
            yield from _objects(filled, shown)
        return
    metadata = document.get("metadata")
    metadata = metadata if isinstance(metadata, Mapping) else {}
    name = str(metadata.get("name") or metadata.get("generateName") or "unnamed")
    source = f"{shown}#{kind}/{metadata.get('namespace') or 'default'}/{name}"
    group = api_version if "/" in api_version else f"core/{api_version}"
    yield Resource(urn=source, type=f"kubernetes:{group}:{kind}", name=name, inputs=document, source=source)


def _states(states: Sequence[Any]) -> Iterator[Resource]:
    """Resources of a state; what only waits to be deleted is none any more."""
    for state in states:
        if not isinstance(state, Mapping) or not all(isinstance(state.get(k), str) for k in ("urn", "type")):
            raise DamageError("a resource of the state has no urn or type")
        if not state.get("delete"):
            yield _of_state(state)


def _of_state(state: Mapping[str, Any]) -> Resource:
    urn = state["urn"]
    secrets: set[str] = set()
    inputs = _opened(state.get("inputs") or {}, "", secrets)
    outputs = _opened(state.get("outputs") or {}, "", set())
    if not isinstance(inputs, dict) or not isinstance(outputs, dict):
        raise DamageError(f"{urn}: inputs and outputs should be mappings")
    if "tagsAll" in outputs:
        inputs.setdefault("tagsAll", outputs["tagsAll"])
    dependencies = state.get("propertyDependencies") or {}
    if not isinstance(dependencies, Mapping):
        raise DamageError(f"{urn}: propertyDependencies: expected a mapping")
    return Resource(
        urn=urn,
        type=state["type"],
        name=urn.rpartition("::")[2],
        inputs=inputs,
        outputs=outputs,
        id=str(state.get("id") or ""),
        custom=bool(state.get("custom")),
        parent=str(state.get("parent") or ""),
        provider=str(state.get("provider") or ""),
        dependencies=_urns(urn, "dependencies", state.get("dependencies")),
        property_dependencies={
            k: _urns(urn, f"propertyDependencies.{k}", v) for k, v in dependencies.items()
        },
        protect=bool(state.get("protect")),
        retain_on_delete=bool(state.get("retainOnDelete")),
        secret_properties=frozenset(secrets),
    )


def _urns(urn: str, key: str, value: Any) -> frozenset[str]:
    if not isinstance(value, list | None) or not all(isinstance(item, str) for item in value or ()):
        raise DamageError(f"{urn}: {key}: expected a list of URNs")
    return frozenset(value or ())


def _opened(value: Any, path: str, secrets: set[str]) -> Any:
    """Plain data; what is encrypted or not known yet becomes UNKNOWN, and what was secret is remembered."""
    if isinstance(value, str):
        return UNKNOWN if is_unknown_mark(value) else value
    if isinstance(value, Mapping):
        if value.get(SIGNATURE) == SECRET_SIGNATURE:
            secrets.add(path)
            plaintext = value.get("plaintext")
            if isinstance(plaintext, str):
                return _opened(plain_json(plaintext), path, secrets)
            return _opened(value["value"], path, secrets) if "value" in value else UNKNOWN
        return {k: _opened(v, f"{path}.{k}" if path else k, secrets) for k, v in value.items()}
    if isinstance(value, list):
        return [_opened(item, f"{path}.{i}", secrets) for i, item in enumerate(value)]
    return value
