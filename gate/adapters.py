"""What others wrote, as records: state exports, previews and Kubernetes manifests."""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from gate.errors import GateError
from gate.manifest_text import DamageError, documents
from gate.structs import SECRET_SIGNATURE, SIGNATURE, is_unknown_mark
from policies.record import UNKNOWN, Graph, Resource

SUFFIXES = (".json", ".yaml", ".yml")


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
                found[urn] = resource if urn == resource.urn else _renamed(resource, urn)
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


def _renamed(resource: Resource, urn: str) -> Resource:
    return Resource(
        urn=urn, type=resource.type, name=resource.name, inputs=resource.inputs, source=resource.source
    )


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
            problems.append(f"{path}: there is no such file or folder")


def _resources(path: Path, shown: str) -> Iterator[Resource]:
    for document in documents(path):
        if document is None:
            continue
        if not isinstance(document, Mapping):
            raise DamageError(f"expected a mapping, got {type(document).__name__}")
        if isinstance(document.get("deployment"), Mapping) and "resources" in document["deployment"]:
            yield from (_of_state(s) for s in _list(document["deployment"], "resources"))
        elif "steps" in document and "kind" not in document:
            states = (step.get("newState") for step in _list(document, "steps") if isinstance(step, Mapping))
            yield from (_of_state(s) for s in states if s is not None)
        elif "kind" in document and "apiVersion" in document:
            yield from _objects(document, shown)
        else:
            raise DamageError(
                "is neither a state export, nor a preview, nor a Kubernetes object (no apiVersion and kind)"
            )


def _list(document: Mapping[str, Any], key: str) -> list[Any]:
    found = document[key]
    if not isinstance(found, list):
        raise DamageError(f"{key}: expected a list, got {type(found).__name__}")
    return found


def _objects(document: Mapping[str, Any], shown: str) -> Iterator[Resource]:
    kind, api_version = document["kind"], document["apiVersion"]
    if not isinstance(kind, str) or not isinstance(api_version, str):
        raise DamageError("apiVersion and kind: expected text")
    if kind.endswith("List") and isinstance(document.get("items"), list):
        for item in document["items"]:
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


def _of_state(state: Any) -> Resource:
    if (
        not isinstance(state, Mapping)
        or not isinstance(state.get("urn"), str)
        or not isinstance(state.get("type"), str)
    ):
        raise DamageError("a resource of the state has no urn or type")
    inputs = _opened(state.get("inputs") or {})
    outputs = _opened(state.get("outputs") or {})
    if not isinstance(inputs, dict) or not isinstance(outputs, dict):
        raise DamageError(f"{state['urn']}: inputs and outputs should be mappings")
    if "tagsAll" in outputs:
        inputs.setdefault("tagsAll", outputs["tagsAll"])
    dependencies = state.get("propertyDependencies") or {}
    return Resource(
        urn=state["urn"],
        type=state["type"],
        name=state["urn"].rpartition("::")[2],
        inputs=inputs,
        outputs=outputs,
        id=str(state.get("id") or ""),
        custom=bool(state.get("custom")),
        parent=str(state.get("parent") or ""),
        provider=str(state.get("provider") or ""),
        dependencies=frozenset(state.get("dependencies") or ()),
        property_dependencies={k: frozenset(v or ()) for k, v in dependencies.items()},
        protect=bool(state.get("protect")),
        retain_on_delete=bool(state.get("retainOnDelete")),
    )


def _opened(value: Any) -> Any:
    """Plain data; what is encrypted or not known yet becomes UNKNOWN."""
    if isinstance(value, str):
        return UNKNOWN if is_unknown_mark(value) else value
    if isinstance(value, Mapping):
        if value.get(SIGNATURE) == SECRET_SIGNATURE:
            plaintext = value.get("plaintext")
            if isinstance(plaintext, str):
                return _opened(json.loads(plaintext))
            return _opened(value["value"]) if "value" in value else UNKNOWN
        return {k: _opened(v) for k, v in value.items()}
    if isinstance(value, list):
        return [_opened(item) for item in value]
    return value
