"""A stack's resources as files that other programs read: Kubernetes YAML, and a state as Pulumi exports it."""

import json
from collections.abc import Sequence
from typing import Any, Final

import yaml

from gate.report.report import shown
from policies.engine.graph import Resource

_DEFINITION: Final = "CustomResourceDefinition"


def as_manifests(resources: Sequence[Resource]) -> str:
    """Every Kubernetes object the program itself declares, as one multi-document YAML file."""
    return "".join(_document(shown(r)) for r in resources if r.object is not None)


def _document(object_: Any) -> str:
    if object_.get("kind") == _DEFINITION:
        # JSON is YAML, on one line: ten thousand lines of schema take seconds to write and hide what stands around.
        return f"--- {json.dumps(object_, sort_keys=True, ensure_ascii=False)}\n"
    return str(
        yaml.dump(object_, Dumper=yaml.CSafeDumper, sort_keys=True, allow_unicode=True, explicit_start=True)
    )


def as_state(resources: Sequence[Resource], stack: str) -> dict[str, Any]:
    """The resources shaped as ``pulumi stack export`` writes them, without times or versions of a real run."""
    project = next((r.urn.split("::")[1] for r in resources), "slipway")
    return {
        "version": 3,
        "deployment": {
            "manifest": {"time": "0001-01-01T00:00:00Z", "magic": "", "version": ""},
            "resources": [
                {
                    "urn": f"urn:pulumi:{stack}::{project}::pulumi:pulumi:Stack::{project}-{stack}",
                    "custom": False,
                    "type": "pulumi:pulumi:Stack",
                },
                *(_state_of(r) for r in _parents_first(resources)),
            ],
        },
    }


def _state_of(resource: Resource) -> dict[str, Any]:
    inputs = shown(resource)
    record: dict[str, Any] = {
        "urn": resource.urn,
        "custom": resource.custom,
        "type": resource.type,
        "inputs": inputs,
        "outputs": {**inputs, **resource.outputs},
        "parent": resource.parent,
        "dependencies": sorted(resource.dependencies),
        "propertyDependencies": {k: sorted(v) for k, v in sorted(resource.property_dependencies.items())},
        "provider": resource.provider,
        "protect": resource.protect,
        "retainOnDelete": resource.retain_on_delete,
    }
    if resource.custom:
        record["id"] = resource.id
    return {
        key: value
        for key, value in record.items()
        if value not in ("", [], {}, False) or key in {"custom", "inputs"}
    }


def _parents_first(resources: Sequence[Resource]) -> list[Resource]:
    """The engine refuses a state in which a resource comes before its parent, provider or dependency."""
    by_urn = {r.urn: r for r in resources}
    ordered: dict[str, Resource] = {}

    def place(resource: Resource, above: frozenset[str]) -> None:
        if resource.urn in ordered or resource.urn in above:
            return
        needed = (resource.parent, resource.provider.rpartition("::")[0], *sorted(resource.dependencies))
        for urn in needed:
            if urn in by_urn:
                place(by_urn[urn], above | {resource.urn})
        ordered[resource.urn] = resource

    for resource in resources:
        place(resource, frozenset())
    return list(ordered.values())
