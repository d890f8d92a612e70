"""A report as JSON, YAML and Markdown: the same content in other clothes, byte-identical on a second run."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import yaml
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from gate.core.markdown import cell, code
from gate.render.origins import Origins
from gate.render.page.mermaid import as_mermaid
from gate.render.picture.mermaid import as_mermaid as picture_as_mermaid
from gate.render.places import Places
from gate.report.cost import Cost, of_line, usd
from gate.report.report import Report, shown
from policies.engine.graph import Resource

_TEMPLATES = Path(__file__).parent / "templates"
_DEFINITION: Final = "CustomResourceDefinition"


_DEEPEST_INDENT: Final = 5
"""Levels with a line for each value. Below stand schemas of definitions: megabytes, of which no person reads one."""


def as_json(data: Any) -> str:
    """JSON, keys as given: indented to a depth that people read, what is deeper on one line."""
    return f"{_indented(data, 0)}\n"


def _indented(value: Any, depth: int) -> str:
    if not value or depth > _DEEPEST_INDENT or not isinstance(value, dict | list | tuple):
        return json.dumps(value, ensure_ascii=False)
    inner, outer = "\n" + " " * (depth + 1), "\n" + " " * depth
    if isinstance(value, dict):
        lines = (
            f"{json.dumps(key, ensure_ascii=False)}: {_indented(item, depth + 1)}"
            for key, item in value.items()
        )
        return f"{{{inner}{f',{inner}'.join(lines)}{outer}}}"
    return f"[{inner}{f',{inner}'.join(_indented(item, depth + 1) for item in value)}{outer}]"


def as_markdown(report: Report, origins: Origins | None = None) -> str:
    """Verdict first, then what a reviewer acts on, then what to know."""
    labels = {r.urn: r.label for r in report.resources}
    return (
        _markdown()
        .get_template("report.md.j2")
        .render(
            report=report,
            drawn=as_mermaid(report.flows),
            pictured=picture_as_mermaid(report.picture),
            label=lambda urn: labels.get(urn, urn),
            place=Places(report, origins).first,
            **report.summary,
        )
    )


def cost_as_markdown(cost: Cost, subject: str) -> str:
    """What something costs a month, under a heading that names it."""
    return f"# {cell(subject)}\n\n" + _markdown().get_template("cost.md.j2").render(cost=cost)


def _markdown() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        undefined=StrictUndefined,
        autoescape=False,  # noqa: S701 Markdown, not HTML; `cell` neutralises what would break a table
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {"cell": cell, "code": code, "usd": usd, "units": of_line}
    return environment


def manifests(resources: Sequence[Resource]) -> str:
    """Every Kubernetes object the program itself declares, as one multi-document YAML file."""
    return "".join(_document(shown(r)) for r in resources if r.object is not None)


def _document(object_: Any) -> str:
    if object_.get("kind") == _DEFINITION:
        # JSON is YAML, on one line: ten thousand lines of schema take seconds to write and hide what stands around.
        return f"--- {json.dumps(object_, sort_keys=True, ensure_ascii=False)}\n"
    return str(
        yaml.dump(object_, Dumper=yaml.CSafeDumper, sort_keys=True, allow_unicode=True, explicit_start=True)
    )


def state(resources: Sequence[Resource], stack: str) -> dict[str, Any]:
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
