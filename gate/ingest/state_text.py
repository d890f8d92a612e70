"""Records from what Pulumi wrote: ``pulumi stack export`` and ``pulumi preview --json``."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from gate.capture.marks import SECRET_SIGNATURE, SIGNATURE, is_unknown_mark
from gate.ingest.bounds import Bounds, DamageError
from gate.ingest.json_text import plain_json
from policies.engine.graph import UNKNOWN, Resource
from policies.engine.normalize import respelled

_LEAVES_NOTHING: Final = frozenset(
    {"delete", "delete-replaced", "discard", "discard-replaced", "remove-pending-replace", "refresh"}
)
"""Steps that may have no new state (pulumi 3.272.0, ``sdk/go/common/display``)."""


_VERSIONS: Final = (3, 4)
"""Of a deployment (pulumi 3.259.0, ``sdk/go/common/apitype/core.go``); 4 only adds what engines must know of."""


def of_state_export(document: Mapping[str, Any], bounds: Bounds) -> Iterator[Resource]:
    """Resources of a state; what only waits to be deleted is none any more.

    What an update was making when it was cut off may be there, so it counts.

    Raises:
        DamageError: it is malformed, or of a version whose resources are written in another way.
    """
    deployment = document["deployment"]
    if not isinstance(deployment, Mapping):
        raise DamageError(f"deployment: expected a mapping, got {type(deployment).__name__}")
    version = document.get("version", _VERSIONS[0])
    if type(version) is not int or version not in _VERSIONS:
        raise DamageError(f"version: expected a state of version 3 or 4, got {str(version)[:40]!r}")
    for state in _mappings(deployment, "resources"):
        resource = _of_state(state, bounds)
        if not state.get("delete"):
            yield respelled(resource)
    for operation in (
        _mappings(deployment, "pending_operations") if "pending_operations" in deployment else ()
    ):
        half_done = operation.get("resource")
        if not isinstance(half_done, Mapping):
            raise DamageError("pending_operations: resource: expected a mapping")
        resource = _of_state(half_done, bounds)
        if operation.get("type") != "deleting":
            yield respelled(resource)


def of_preview(document: Mapping[str, Any], bounds: Bounds) -> Iterator[Resource]:
    """Resources that a preview would leave behind.

    Raises:
        DamageError: the preview itself ended with an error, so that its steps are not all there.
    """
    for said in _mappings(document, "diagnostics") if document.get("diagnostics") is not None else ():
        if said.get("severity") == "error":
            raise DamageError("this preview failed, so its steps are not complete; judge one that ends well")
    yield from _configuration(document.get("config"))
    for step in _mappings(document, "steps"):
        if step.get("newState") is not None:
            state = step["newState"]
            if not isinstance(state, Mapping):
                raise DamageError("steps: newState: expected a mapping")
            yield respelled(_of_state(state, bounds))
        elif step.get("op") not in _LEAVES_NOTHING:
            raise DamageError(
                f"steps: {str(step.get('op'))[:40]!r} of {str(step.get('urn'))[:200]} has no newState"
            )


def _configuration(said: Any) -> Iterator[Resource]:
    """What the stack is told, as a resource of its own: a preview shows it, and so do logs of it."""
    if said is None or said == {}:
        return
    if not isinstance(said, Mapping):
        raise DamageError(f"config: expected a mapping, got {type(said).__name__}")
    yield Resource(
        urn="urn:pulumi:preview::configuration::pulumi:pulumi:Stack::configuration",
        type="pulumi:pulumi:Stack",
        name="configuration",
        inputs={"config": said},
        custom=False,
    )


def _mappings(document: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    found = document.get(key)
    if not isinstance(found, list):
        raise DamageError(f"{key}: expected a list, got {type(found).__name__}")
    if not all(isinstance(item, Mapping) for item in found):
        raise DamageError(f"{key}: expected mappings")
    return found


def _of_state(state: Mapping[str, Any], bounds: Bounds) -> Resource:
    if not isinstance(state.get("urn"), str) or not isinstance(state.get("type"), str):
        raise DamageError("a resource of the state has no urn or type")
    urn = state["urn"]
    secrets: set[str] = set()
    inputs = _opened(state.get("inputs") or {}, "", secrets, bounds)
    answered: set[str] = set()
    outputs = _opened(state.get("outputs") or {}, "", answered, bounds)
    if not isinstance(inputs, dict) or not isinstance(outputs, dict):
        raise DamageError(f"{urn}: inputs and outputs should be mappings")
    # What stands encrypted among the inputs may stand readable among what the provider answered.
    inputs |= {k: outputs[k] for k, v in inputs.items() if v is UNKNOWN and outputs.get(k) is not None}
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
        is_read=bool(state.get("external")),
        parent=str(state.get("parent") or ""),
        provider=str(state.get("provider") or ""),
        dependencies=_urns(urn, "dependencies", state.get("dependencies")),
        property_dependencies={
            k: _urns(urn, f"propertyDependencies.{k}", v) for k, v in dependencies.items()
        },
        protect=bool(state.get("protect")),
        retain_on_delete=bool(state.get("retainOnDelete")),
        ignore_changes=_texts(urn, "ignoreChanges", state.get("ignoreChanges")),
        secret_properties=frozenset(secrets | {f"outputs.{path}" for path in answered}),
    )


def _urns(urn: str, key: str, value: Any) -> frozenset[str]:
    return frozenset(_texts(urn, key, value, "URNs"))


def _texts(urn: str, key: str, value: Any, what: str = "texts") -> tuple[str, ...]:
    if not isinstance(value, list | None) or not all(isinstance(item, str) for item in value or ()):
        raise DamageError(f"{urn}: {key}: expected a list of {what}")
    return tuple(value or ())


def _opened(value: Any, path: str, secrets: set[str], bounds: Bounds) -> Any:
    """Plain data; what is encrypted or not known yet becomes UNKNOWN, and what was secret is remembered."""
    if isinstance(value, str):
        return UNKNOWN if is_unknown_mark(value) else value
    if isinstance(value, Mapping):
        if value.get(SIGNATURE) == SECRET_SIGNATURE:
            secrets.add(path)
            plaintext = value.get("plaintext")
            if isinstance(plaintext, str):
                return _opened(plain_json(plaintext, bounds), path, secrets, bounds)
            return _opened(value["value"], path, secrets, bounds) if "value" in value else UNKNOWN
        return {k: _opened(v, f"{path}.{k}" if path else k, secrets, bounds) for k, v in value.items()}
    if isinstance(value, list):
        return [_opened(item, f"{path}.{i}", secrets, bounds) for i, item in enumerate(value)]
    return value
