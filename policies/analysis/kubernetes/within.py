"""Objects that stand inside others: items of a list, manifests in a chart's values, what Kyverno generates.

Whoever brings the outer one brings these too, so they are judged like any other object.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from facts.strict_yaml import YamlProblem, load
from policies.analysis.kubernetes.charts import RELEASE
from policies.engine.graph import Resource
from policies.engine.values import UndecidedError, at, listed, mapping

_KYVERNO: Final = "kubernetes:kyverno.io/"
_DEEPEST: Final = 40
"""Charts' values are a few levels deep; deeper, nothing is looked for (and the values themselves are in the report)."""


def objects_within(resource: Resource) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """(place, object) of every object inside a resource that can be read."""
    if resource.type == RELEASE:
        yield from in_values(resource.inputs.get("values"), "values")
    elif resource.type.endswith("List"):
        yield from _items(resource)
    elif resource.type.startswith(_KYVERNO):
        try:
            yield from _generated(resource)
        except UndecidedError:
            return  # the shape of the policy itself is a finding of its own


def in_values(value: Any, path: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every manifest in a tree of values, written out or as text."""
    if path.count(".") > _DEEPEST:
        return
    if isinstance(value, str):
        for number, object_ in enumerate(_in_text(value)):
            yield f"{path} ({number})", object_
    elif _is_object(value):
        yield path, value
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from in_values(item, f"{path}.{key}")
    elif isinstance(value, list | tuple):
        for number, item in enumerate(value):
            yield from in_values(item, f"{path}.{number}")


def _in_text(value: str) -> Iterator[Mapping[str, Any]]:
    if "apiVersion:" not in value or "kind:" not in value:
        return
    for part in value.split("\n---"):
        try:
            read = load(part, "values")
        except YamlProblem:  # a template, most often: the rule names the place, whatever it makes
            continue
        if _is_object(read):
            yield read


def _is_object(value: Any) -> bool:
    return (
        isinstance(value, Mapping)
        and isinstance(value.get("apiVersion"), str)
        and isinstance(value.get("kind"), str)
        and isinstance(value.get("metadata"), Mapping)
    )


def _items(resource: Resource) -> Iterator[tuple[str, Mapping[str, Any]]]:
    items = resource.inputs.get("items")
    kind = str(resource.inputs.get("kind", "")).removesuffix("List")
    for number, item in enumerate(items if isinstance(items, list | tuple) else ()):
        if isinstance(item, Mapping) and isinstance(item.get("metadata"), Mapping):
            # Items of a typed list may leave out what the list says.
            own = {"apiVersion": resource.inputs.get("apiVersion"), "kind": kind, **item}
            if _is_object(own):
                yield f"items[{number}]", own


def _generated(policy: Resource) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for number, rule in enumerate(listed(at(policy.inputs, "spec.rules"))):
        generate = at(rule, "generate")
        for one in (generate, *listed(at(generate, "foreach"))):
            if not isinstance(one, Mapping) or not isinstance(one.get("kind"), str):
                continue
            data = mapping(one.get("data"), "generate.data")
            own = {"name": one.get("name"), "namespace": one.get("namespace")}
            metadata = {**{key: said for key, said in own.items() if said}, **mapping(data.get("metadata"))}
            made = {**data, "apiVersion": one.get("apiVersion"), "kind": one["kind"], "metadata": metadata}
            if _is_object(made):
                yield f"spec.rules[{number}].generate", made
