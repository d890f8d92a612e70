"""The registry in the words of MLflow's and Kubeflow Hub's own interfaces, for who keeps models there.

Both write a request body a thing, in the order in which it is sent; ids that a server gives are left to who sends them.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from gate.registry.content import Content, Row

_TOLD: Final = (
    "state", "owner", "provenance", "task", "engine", "licence", "data_class", "digest", "format", "record", "file",
)  # fmt: skip
"""What is said of a version beside its name and its files."""
_GONE: Final = frozenset({"revoked", "sunset"})


def as_mlflow(content: Content) -> dict[str, Any]:
    """Bodies of MLflow's REST interface (2.0): registered models, their versions, and an alias for each stack.

    MLflow numbers versions itself from 1, in the order in which they are sent.
    """
    versions = [
        {
            "name": row["name"],
            "source": _files(content, row),
            "description": f"{row['name']} {row['version']}: {row['state']}",
            "tags": [
                {"key": f"slipway.{key}", "value": str(row[key])} for key in ("version", *_TOLD) if row[key]
            ],
        }
        for row in _models(content)
    ]
    return {
        "registered-models/create": [
            {
                "name": name,
                "description": _described(rows),
                "tags": [{"key": "slipway.owner", "value": rows[-1]["owner"]}],
            }
            for name, rows in _by_name(content).items()
        ],
        "model-versions/create": versions,
        "registered-models/alias": [
            {"name": row["name"], "alias": row["stack"], "version": str(_place(content, row))}
            for row in _stable(content)
        ],
    }


def as_kubeflow(content: Content) -> list[dict[str, Any]]:
    """Bodies of Kubeflow Hub's model registry (v1alpha3): a model, and for each version itself and its files."""
    return [
        {
            "registeredModel": {
                "name": name,
                "owner": rows[-1]["owner"],
                "description": _described(rows),
                "state": "LIVE" if any(row["state"] not in _GONE for row in rows) else "ARCHIVED",
            },
            "versions": [_kubeflow_version(row, _files(content, row)) for row in rows],
        }
        for name, rows in _by_name(content).items()
    ]


def _kubeflow_version(row: Row, files: str) -> dict[str, Any]:
    told = {
        key: {"metadataType": "MetadataStringValue", "string_value": str(row[key])}
        for key in _TOLD
        if row[key]
    }
    return {
        "modelVersion": {
            "name": row["version"],
            "author": row["owner"],
            "state": "ARCHIVED" if row["state"] in _GONE else "LIVE",
            "customProperties": told,
        },
        "modelArtifact": {
            "artifactType": "model-artifact",
            "name": f"{row['name']}-{row['version']}",
            "uri": files,
            "modelFormatName": row["format"],
            "state": "UNKNOWN" if row["state"] in _GONE else "LIVE",
        },
    }


FORMATS: Final[Mapping[str, Callable[[Content], Any]]] = {
    "json": lambda content: content.as_data(),
    "mlflow": as_mlflow,
    "kubeflow": as_kubeflow,
}


def _models(content: Content) -> list[Row]:
    """Versions of models by name and number; MLflow and Kubeflow know no agents."""
    found = [row for row in content.tables["releases"] if row["kind"] == "model"]
    return sorted(found, key=lambda row: (row["name"], int(row["version"][1:])))


def _by_name(content: Content) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in _models(content):
        found.setdefault(row["name"], []).append(row)
    return found


def _described(rows: Sequence[Row]) -> str:
    latest = rows[-1]
    return f"{latest['task']}, of {latest['owner']}, under {latest['licence']}"


def _stable(content: Content) -> list[Row]:
    """The version that answers most in each stack; of two that answer as much the older one."""
    found: dict[tuple[str, str], Row] = {}
    for row in sorted(_served(content), key=lambda r: (-r["share"], int(r["version"][1:]))):
        found.setdefault((row["name"], row["stack"]), row)
    return [found[key] for key in sorted(found)]


def _place(content: Content, row: Row) -> int:
    """The number MLflow gives it."""
    versions = [one["version"] for one in _by_name(content)[row["name"]]]
    return versions.index(row["version"]) + 1


def _files(content: Content, row: Row) -> str:
    """Where its files are: in the bucket of the first stack that serves it; as its record says, where none does."""
    served = [
        one["files"]
        for one in _served(content)
        if (one["name"], one["version"]) == (row["name"], row["version"])
    ]
    return str(served[0] if served else row["uri"])


def _served(content: Content) -> list[Row]:
    """The versions of models that stacks serve: neither registry has a word for agents."""
    return [row for row in content.tables["serving"] if row["kind"] == "model"]
