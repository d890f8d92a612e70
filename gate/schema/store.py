"""Finding and compiling the schema of a kind; a damaged file is an error, never a pass."""

import hashlib
import importlib.util
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs

from gate.core.errors import GateError

KUBERNETES = "1.35.0"
"""The version of the strict schemas that are read; the cluster runs the same minor version."""
_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]{0,252}")
_DEFINITIONS = "https://kubernetes.io/api/_definitions.json"
_FOLDER = Path(__file__).parent / "definitions"


class ShapeError(GateError):
    """The schemas cannot be read as they were made."""


@dataclass(frozen=True)
class KindSchema:
    """The compiled schema of a kind, the schema itself, and how many of its CEL rules are not evaluated."""

    validator: Any
    schema: Mapping[str, Any]
    cel_rules: int

    def allowed_at(self, error: Any) -> list[str]:
        """The fields that are allowed where the validator met another one."""
        shared = str(error.absolute_keyword_location or "").startswith(_DEFINITIONS)
        node: Any = _definitions() if shared else self.schema
        for step in list(error.schema_path)[:-1]:
            node = node[step]
        return sorted(node.get("properties", ()))


def is_name_of_a_kind(api_version: str, kind: str) -> bool:
    """Whether an API server could serve it; what is asked for becomes a file's name, so paths must not pass."""
    group, _, version = api_version.rpartition("/")
    return all(_PLAIN.fullmatch(part) for part in (group or "core", version, kind))


@cache
def schema_for(api_version: str, kind: str) -> KindSchema | None:
    """The schema of a kind, or None where there is none.

    Raises:
        ShapeError: its file is missing or is not what was made.
    """
    entry = _index().get(f"{api_version} {kind}")
    if entry is not None:
        try:
            file, digest, cel_rules = str(entry["file"]), entry["sha256"], int(entry["cel_rules"])
        except (TypeError, ValueError, KeyError):
            raise ShapeError(
                f"gate/schema/definitions/index.json: the entry of {api_version} {kind} is damaged",
                ["make schemas restores it"],
            ) from None
        return _compiled(_checked(file, digest), cel_rules, file)
    group, _, version = api_version.rpartition("/")
    if not is_name_of_a_kind(api_version, kind):
        return None
    # Kubernetes' files name a group by its first label: networking.k8s.io is networking.
    if group.count(".") and not group.endswith(".k8s.io"):
        return None
    prefix = f"{group.partition('.')[0]}-" if group else ""
    path = _core_folder() / f"{kind.lower()}-{prefix}{version.lower()}.json"
    try:
        return _compiled(path.read_text(encoding="utf-8"), 0, path.name)
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise ShapeError(f"the schema {path.name} cannot be used:", [str(error)]) from None


def custom_kinds() -> list[tuple[str, str]]:
    """The version and the kind of every definition that has a schema here."""
    pairs = (key.partition(" ") for key in _index())
    return [(api_version, kind) for api_version, _, kind in pairs]


@cache
def core_kinds() -> Mapping[tuple[str, str], frozenset[str]]:
    """The versions of Kubernetes' own kinds, by group as its files are named, and by kind in lower case."""
    found: dict[tuple[str, str], set[str]] = {}
    for path in _core_folder().glob("*-*.json"):
        kind, *group, version = path.stem.split("-")
        found.setdefault((group[0] if group else "", kind), set()).add(version)
    return {key: frozenset(versions) for key, versions in found.items()}


@cache
def _index() -> Mapping[str, Any]:
    try:
        found: Mapping[str, Any] = json.loads((_FOLDER / "index.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ShapeError(
            "gate/schema/definitions/index.json cannot be read:", [str(error), "make schemas restores it"]
        ) from None
    if not isinstance(found, dict):
        raise ShapeError("gate/schema/definitions/index.json is no mapping", ["make schemas restores it"])
    return found


def _checked(file: str, digest: str) -> str:
    try:
        raw = (_FOLDER / file).read_bytes()
    except OSError as error:
        raise ShapeError(
            f"gate/schema/definitions/{file} cannot be read:", [str(error), "make schemas restores it"]
        ) from None
    if hashlib.sha256(raw).hexdigest() != digest:
        raise ShapeError(
            f"gate/schema/definitions/{file} is not the file that index.json describes",
            ["make schemas restores it"],
        )
    return raw.decode("utf-8")


@cache
def _core_folder() -> Path:
    # Found without importing the package, whose import takes longer than the whole check.
    spec = importlib.util.find_spec("kubernetes_validate")
    if spec is None or not spec.submodule_search_locations:
        raise ShapeError(
            "the package kubernetes-validate, which carries Kubernetes' schemas, is not installed"
        )
    folder = (
        Path(spec.submodule_search_locations[0]) / "kubernetes-json-schema" / f"v{KUBERNETES}-local-strict"
    )
    if not folder.is_dir():
        raise ShapeError(f"kubernetes-validate carries no schemas of Kubernetes {KUBERNETES}")
    return folder


@cache
def _definitions() -> Any:
    """What Kubernetes' schemas share."""
    path = _core_folder() / "_definitions.json"
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ShapeError(f"the schema {path.name} cannot be used:", [str(error)]) from None


@cache
def _shared_definitions() -> jsonschema_rs.Registry:
    """What Kubernetes' schemas refer to by address; given here, so that nothing is ever fetched."""
    return jsonschema_rs.Registry([(_DEFINITIONS, _definitions())], retriever=_refuse)


def _refuse(uri: str) -> Any:
    raise ShapeError(f"a schema refers to {uri}, which is not part of the installation")


def _compiled(text: str, cel_rules: int, name: str) -> KindSchema:
    try:
        schema = json.loads(text)
        if "_definitions.json" in text:
            validator = jsonschema_rs.validator_for(schema, registry=_shared_definitions())
        else:
            validator = jsonschema_rs.validator_for(schema)
    except (ValueError, jsonschema_rs.ReferencingError) as error:
        raise ShapeError(f"the schema {name} cannot be used:", [str(error)]) from None
    return KindSchema(validator, schema, cel_rules)
