"""Definitions of custom kinds (CRDs) that are objects of ours, as the pinned modules carry them."""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from facts.strict import Strict

_FACTS = Path(__file__).parent


class DefinitionSet(Strict):
    """Where the objects of one set are read: a module by its name among the pins, and a glob of its files."""

    module: str
    files: str


@cache
def definition_sets() -> dict[str, DefinitionSet]:
    text = (_FACTS / "pins" / "crds.yaml").read_text(encoding="utf-8")
    return {
        name: DefinitionSet.model_validate(raw)
        for name, raw in yaml.load(text, Loader=yaml.CSafeLoader).items()
    }


@cache
def definitions(name: str) -> Mapping[str, dict[str, Any]]:
    """The objects of one set by their own names, read on first use; an admission policy and its binding share one."""
    held = json.loads((_FACTS / "crds" / f"{name}.json").read_text(encoding="utf-8"))["objects"]
    return {_key(object_): object_ for object_ in held}


def _key(object_: Mapping[str, Any]) -> str:
    name: str = object_["metadata"]["name"]
    is_definition = object_["kind"] == "CustomResourceDefinition"
    return name if is_definition else f"{name}-{object_['kind'].removeprefix('ValidatingAdmission').lower()}"
