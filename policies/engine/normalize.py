"""One name for what several types mean, so that a rule knows a resource in whichever spelling it comes."""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from facts.type_spellings import NativeType, type_spellings
from policies.engine.graph import Resource

_TYPE: Final = re.compile(r"aws:(?P<module>[^/:]+)(?P<rest>/.+)")
_KUBERNETES: Final = "kubernetes:"
_RELEASE: Final = "kubernetes:helm.sh/v3:Release"
_NATIVE: Final = "aws-native:"
_WORDS: Final = re.compile(r"(?<=[a-z])(?=[A-Z])")


def spelled(type_: str) -> str:
    """The type that rules know, of whatever means the same."""
    native = _native(type_)
    if native is not None:
        return native.type
    match = _TYPE.fullmatch(type_)
    module = type_spellings().modules.get(match["module"]) if match else None
    return f"aws:{module}{match['rest']}" if match and module else type_


def respelled(resource: Resource) -> Resource:
    """The resource under the type and with the properties that rules know; its URN stays as it is."""
    if resource.type.startswith(_KUBERNETES):
        type_ = object_type(resource.type, resource.inputs)
        if type_ == resource.type:
            return resource
        return replace(resource, type=type_, is_part=resource.is_part or resource.type == f"{type_}Patch")
    native = _native(resource.type)
    if native is None:
        type_ = spelled(resource.type)
        return resource if type_ == resource.type else replace(resource, type=type_)
    said = _translated(resource.inputs, native)
    if said is None:
        return resource
    waits = {native.keys.get(k, k): urns for k, urns in resource.property_dependencies.items()}
    answered = _translated(resource.outputs, native) or {}
    return replace(resource, type=native.type, inputs=said, outputs=answered, property_dependencies=waits)


def object_type(token: str, object_: Mapping[str, Any]) -> str:
    """The type of the object that reaches the API server, whatever the token says.

    A token is the program's word; ``apiVersion`` and ``kind`` are what is sent. ``ConfigMapPatch`` changes a ConfigMap.
    """
    version, kind = object_.get("apiVersion"), object_.get("kind")
    if isinstance(version, str) and isinstance(kind, str) and version and kind and token != _RELEASE:
        return written_type(version, kind)
    _, _, name = token.rpartition(":")
    whole = name.removesuffix("Patch")
    return f"{token.removesuffix(name)}{whole}" if whole else token


def written_type(version: str, kind: str) -> str:
    """The type as Pulumi names it: ``apps/v1`` and ``Deployment`` are ``kubernetes:apps/v1:Deployment``."""
    return f"{_KUBERNETES}{version if '/' in version else f'core/{version}'}:{kind}"


def _native(type_: str) -> NativeType | None:
    kind = type_.removeprefix(_NATIVE)
    return type_spellings().native.get(kind) if kind != type_ else None


def _translated(inputs: Mapping[str, Any], native: NativeType) -> dict[str, Any] | None:
    """The properties under the names that rules know; None where what holds them all is not known yet."""
    said = dict(inputs)
    for to, path in native.moved.items():
        value = _taken(said, path.split("."))
        if value is None:
            continue
        if not to:
            if not isinstance(value, Mapping):
                return None
            said |= value
            continue
        head, _, rest = to.partition(".")
        said[head] = {rest: value} if rest else value
    renamed: dict[str, Any] = _renamed(said, native.keys)
    for key in native.kebab:
        if isinstance(renamed.get(key), str):
            renamed[key] = _WORDS.sub("-", renamed[key]).lower()
    if isinstance(renamed.get("tags"), list):
        renamed["tags"] = {t.get("key"): t.get("value") for t in renamed["tags"] if isinstance(t, Mapping)}
    return renamed


def _taken(value: Any, path: list[str]) -> Any:
    """What stands at a path; ``*`` is every item of a list that has it; an unknown on the way is the answer."""
    if not path or value is None:
        return value
    step, *rest = path
    if isinstance(value, Mapping):
        return _taken(value.get(step), rest)
    if isinstance(value, list):
        if step == "*":
            return [taken for item in value if (taken := _taken(item, rest)) is not None]
        return _taken(value[int(step)], rest) if step.isdigit() and int(step) < len(value) else None
    return value


def _renamed(value: Any, keys: Mapping[str, str]) -> Any:
    if isinstance(value, Mapping):
        return {keys.get(key, key): _renamed(item, keys) for key, item in value.items()}
    return [_renamed(item, keys) for item in value] if isinstance(value, list) else value
