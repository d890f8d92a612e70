"""The AWS resources of a graph as ``terraform show -json`` would print a plan, for tools that read only that."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gate.checkov.terraform_types import MAPS, SINGULAR, TYPES
from policies.engine.graph import Graph, Resource, Unknown

_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


@dataclass(frozen=True)
class Plan:
    """The plan's data, which resource stands at which address, and the types that have no translation."""

    data: Mapping[str, Any]
    addresses: Mapping[str, str]
    untranslated: Mapping[str, int]


def as_plan(graph: Graph) -> Plan:
    """Translate every AWS resource that has a Terraform type."""
    addresses: dict[str, str] = {}
    taken: set[str] = set()
    for resource in graph:
        if resource.type in TYPES:
            address = _address(resource)
            while address in taken:  # names that differ only in a character Terraform does not have
                address += "_"
            taken.add(address)
            addresses[resource.urn] = address
    untranslated: dict[str, int] = {}
    for resource in graph:
        if resource.type.startswith("aws:") and resource.type not in TYPES:
            untranslated[resource.type] = untranslated.get(resource.type, 0) + 1
    ours = [r for r in graph if r.urn in addresses]
    resources = [_planned(r, addresses) for r in ours]
    changes = [
        {
            **{k: v for k, v in planned.items() if k != "values"},
            "change": {
                "actions": ["create"],
                "before": None,
                "after": planned["values"],
                "after_unknown": {},
                "before_sensitive": False,
                "after_sensitive": {},
            },
        }
        for planned in resources
    ]
    configuration = [_configured(r, addresses) for r in ours]
    data = {
        "format_version": "1.2",
        "terraform_version": "1.9.0",
        "planned_values": {"root_module": {"resources": resources}},
        "resource_changes": changes,
        "configuration": {
            "provider_config": {"aws": {"name": "aws", "full_name": "registry.terraform.io/hashicorp/aws"}},
            "root_module": {"resources": configuration},
        },
    }
    return Plan(data=data, addresses={a: u for u, a in addresses.items()}, untranslated=untranslated)


def _address(resource: Resource) -> str:
    return f"{TYPES[resource.type]}.{re.sub(r'[^A-Za-z0-9_-]', '_', resource.name)}"


def _planned(resource: Resource, addresses: Mapping[str, str]) -> dict[str, Any]:
    kind, _, name = addresses[resource.urn].partition(".")
    values = {_attribute(k): _value(k, v) for k, v in sorted(resource.inputs.items()) if v is not None}
    return {
        "address": addresses[resource.urn],
        "mode": "managed",
        "type": kind,
        "name": name,
        "provider_name": "registry.terraform.io/hashicorp/aws",
        "schema_version": 0,
        "values": values,
    }


def _attribute(key: str) -> str:
    return SINGULAR.get(key) or _HUMP.sub("_", key).lower()


def _value(key: str, value: Any) -> Any:
    if isinstance(value, Unknown):
        return None
    if isinstance(value, Mapping):
        if key in MAPS:
            return dict(value)
        return [{_attribute(k): _value(k, v) for k, v in sorted(value.items()) if v is not None}]
    if isinstance(value, Sequence) and not isinstance(value, str):
        flat: list[Any] = []
        for item in value:
            translated = _value(key, item)
            flat.extend(translated) if isinstance(item, Mapping) else flat.append(translated)
        return flat
    return value


def _configured(resource: Resource, addresses: Mapping[str, str]) -> dict[str, Any]:
    """Which attribute refers to which resource: without it checks that follow a reference pass or fail blindly."""
    kind, _, name = addresses[resource.urn].partition(".")
    expressions: dict[str, Any] = {}
    for prop, urns in sorted(resource.property_dependencies.items()):
        found = sorted(addresses[u] for u in urns if u in addresses)
        if found:
            expressions[_attribute(prop)] = {"references": [part for a in found for part in (f"{a}.id", a)]}
    return {
        "address": addresses[resource.urn],
        "mode": "managed",
        "type": kind,
        "name": name,
        "provider_config_key": "aws",
        "expressions": expressions,
        "schema_version": 0,
    }
