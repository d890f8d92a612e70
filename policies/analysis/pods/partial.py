"""What an object says of pods that it does not write out: an operator's fields, overrides, steps of a pipeline.

A controller makes a pod of such a part. So it is not asked for what it leaves out; what it says against the standard
is held against it.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from policies.analysis.pods.finder import SCALARS, is_free_form, is_pod
from policies.analysis.pods.pod import Pod
from policies.engine.collect_errors import once_of
from policies.engine.graph import Resource, Unknown

_HOST: Final = ("hostNetwork", "hostPID", "hostIPC")
_CONTEXT: Final = re.compile(r"(?:.*S|s)ecurityContext")
_CONTEXT_FIELDS: Final = frozenset(
    {
        *("privileged", "allowPrivilegeEscalation", "capabilities", "procMount", "runAsUser", "runAsNonRoot"),
        *("seccompProfile", "seLinuxOptions", "appArmorProfile", "windowsOptions", "sysctls"),
    }
)
_PROGRAM: Final = frozenset({"command", "args", "script", "env", "envFrom", "volumeMounts"})
"""What only a container has: beside it, ``image`` is a container's."""
_LISTS: Final = ("command", "args")
_MAPPINGS: Final = ("livenessProbe", "readinessProbe", "startupProbe", "lifecycle")
_IMAGES: Final = ("image", "imageName")
_VERSIONS: Final = re.compile(r"(?:image)?(?:tag|version|digest|sha)", re.IGNORECASE)
_IMAGE: Final = re.compile(r"[a-z0-9][A-Za-z0-9._/:-]*(?:@sha256:[0-9a-f]+)?")
_NO_IMAGE: Final = re.compile(
    r".*://.*|.*\.(?:png|jpe?g|svg|gif|ico|iso|img|qcow2|vmdk|tar|gz)", re.IGNORECASE
)
_TELLING: Final = frozenset(
    {*_HOST, *_LISTS, *_MAPPINGS, *_IMAGES, "volumes", "repository", "ports", "env", "script"}
)
"""A mapping with none of these, and no context, says nothing of a pod."""
_SKIPPED: Final = frozenset({"metadata", "status", "env", "ports", *_MAPPINGS, "resources"})
_OWN: Final = (
    "core/",
    "apps/",
    "batch/",
    "policy/",
    "autoscaling/",
    "rbac.authorization.k8s.io/",
    "storage.k8s.io/",
)
"""Groups of Kubernetes' own kinds, of which those that carry pods are known."""


def parts_of(resource: Resource) -> Iterator[Pod]:
    """Every part of a pod that an object of a kind we do not know says something of."""
    return once_of(resource, _parts)


def _parts(resource: Resource) -> Iterator[Pod]:
    if is_free_form(resource) and not resource.type.removeprefix("kubernetes:").startswith(_OWN):
        yield from _within(resource.inputs, "")


def _within(value: Any, path: str) -> Iterator[Pod]:
    if type(value) in SCALARS:  # most of all values, and the question below costs ten times as much
        return
    if isinstance(value, Mapping):
        if is_pod(value):
            return
        pod = _part(value, path) if _may_tell(value) else None
        if pod is not None and pod.spec:
            yield pod
        for key, below in value.items():
            if key not in _SKIPPED and not _is_context(key):
                yield from _within(below, f"{path}.{key}".lstrip("."))
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for index, below in enumerate(value):
            yield from _within(below, f"{path}[{index}]")


def _may_tell(value: Mapping[str, Any]) -> bool:
    return not _TELLING.isdisjoint(value) or any(_is_context(key) for key in value)


def _name(value: Mapping[str, Any], path: str) -> str:
    own = value.get("name")
    return own if isinstance(own, str) and own else path.rpartition(".")[2].partition("[")[0] or "object"


def _part(value: Mapping[str, Any], path: str) -> Pod:
    """What a mapping itself says of a pod, as one."""
    name = _name(value, path)
    pod: dict[str, Any] = {key: value[key] for key in _HOST if _is_flag(value.get(key))}
    # What is no folder of the node keeps its place in the list, and says nothing.
    folders = [v if isinstance(v.get("hostPath"), Mapping) else {} for v in _items(value.get("volumes"))]
    contexts = list(_contexts(value, path))
    container = _container(value)
    described = [{"name": name, **container, "securityContext": c} for _, c in contexts[:1]]
    described += [{"name": name, "securityContext": c} for _, c in contexts[1:]]
    places = [(path, where) for where, _ in contexts]
    if container and not described:
        described = [{"name": name, **container}]
        places = [(path, f"{path}.securityContext".lstrip("."))]
    tuned = [(where, _items(c.get("sysctls"))) for where, c in contexts if _items(c.get("sysctls"))]
    spec = pod | {
        key: said
        for key, said in (
            ("volumes", folders if any(folders) else []),
            ("containers", described),
            (
                "securityContext",
                {"sysctls": [entry for _, entries in tuned for entry in entries]} if tuned else {},
            ),
        )
        if said
    }
    return Pod(spec, path=path, places=tuple(places), context=tuned[0][0] if tuned else "")


def _is_flag(value: Any) -> bool:
    return isinstance(value, bool | Unknown) or (
        isinstance(value, str) and value.lower() in {"true", "false"}
    )


def _items(value: Any) -> list[Mapping[str, Any]]:
    """The mappings of a list, or of a mapping by name."""
    if isinstance(value, Mapping):
        value = list(value.values())
    if isinstance(value, str) or not isinstance(value, Sequence):
        return []
    return [item for item in value if isinstance(item, Mapping)]


def _is_context(key: object) -> bool:
    """A key of YAML need be no text."""
    return isinstance(key, str) and key.endswith("ecurityContext") and bool(_CONTEXT.fullmatch(key))


def _contexts(value: Mapping[str, Any], path: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for key, context in value.items():
        if _is_context(key) and isinstance(context, Mapping):
            where = f"{path}.{key}".lstrip(".")
            if context.keys() & _CONTEXT_FIELDS:
                yield where, context
                continue
            for name, one in context.items():
                if isinstance(one, Mapping) and one.keys() & _CONTEXT_FIELDS:
                    yield f"{where}.{name}", one


def _container(value: Mapping[str, Any]) -> Mapping[str, Any]:
    """What it says as a container, as far as it has a container's shape."""
    image = _image(value)
    found: dict[str, Any] = {"image": image} if image else {}
    found |= {key: value[key] for key in _LISTS if _is_list_of_text(value.get(key))}
    found |= {key: value[key] for key in _MAPPINGS if isinstance(value.get(key), Mapping)}
    listed = _items(value.get("ports"))
    ports = (
        [port if "containerPort" in port else {} for port in listed]
        if any("containerPort" in port for port in listed)
        else []
    )
    variables = _variables(value.get("env"))
    script = value.get("script")
    for key, said in (
        ("ports", ports),
        ("env", variables),
        ("script", script if isinstance(script, str) else ""),
    ):
        if said:
            found[key] = said
    return found


def _is_list_of_text(value: Any) -> bool:
    return (
        isinstance(value, Sequence) and not isinstance(value, str) and all(isinstance(v, str) for v in value)
    )


def _variables(value: Any) -> list[Mapping[str, Any]]:
    if isinstance(value, Mapping):
        return [{"name": str(key), "value": said} for key, said in value.items() if isinstance(said, str)]
    return [
        v for v in _items(value) if isinstance(v.get("name"), str) and isinstance(v.get("value", ""), str)
    ]


def _image(value: Mapping[str, Any]) -> str:
    """The image it names; one whose version stands beside it, or that is no container's, is none."""
    repository, tag = value.get("repository"), value.get("tag")
    if (
        isinstance(repository, str)
        and isinstance(tag, str)
        and repository
        and tag
        and not value.get("digest")
    ):
        return f"{repository}:{tag}"
    for key in _IMAGES:
        image = value.get(key)
        if not isinstance(image, str) or not _IMAGE.fullmatch(image) or _NO_IMAGE.fullmatch(image):
            continue
        is_versioned = ":" in image.rpartition("/")[2] or "@" in image
        if is_versioned or (value.keys() & _PROGRAM and not any(_VERSIONS.fullmatch(str(k)) for k in value)):
            return image
    return ""
