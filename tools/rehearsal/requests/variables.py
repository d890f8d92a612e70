"""A container's variables and arguments, as a kubelet gives them."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from tools.conformance.client import Api
from tools.rehearsal.requests.volumes import field_of, read

_REFERENCE: Final = re.compile(r"\$\(([A-Za-z_][A-Za-z0-9_]*)\)")
_ALWAYS: Final = {
    "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    "KUBERNETES_SERVICE_HOST": "10.100.0.1",
    "KUBERNETES_SERVICE_PORT": "443",
    "KUBERNETES_SERVICE_PORT_HTTPS": "443",
}

Object = Mapping[str, Any]


def variables(api: Api, pod: Object, container: Object, address: str) -> dict[str, str]:
    """All of them, references among them put in.

    Raises:
        NotThereError: a Secret or ConfigMap is missing that is not optional.
    """
    namespace = pod["metadata"]["namespace"]
    found = {**_ALWAYS, "HOSTNAME": pod["metadata"]["name"]}
    for one in container.get("envFrom", ()):
        for key, plural in (("configMapRef", "configmaps"), ("secretRef", "secrets")):
            if key in one:
                held = read(api, namespace, plural, one[key]["name"], one[key])
                found |= {name: value.decode() for name, value in held.items()}
    for one in container.get("env", ()):
        if "valueFrom" not in one:
            found[one["name"]] = expanded(str(one.get("value", "")), found)
        elif (value := _from(api, pod, address, one["valueFrom"])) is not None:
            found[one["name"]] = value
    return found


def _from(api: Api, pod: Object, address: str, source: Object) -> str | None:
    if "fieldRef" in source:
        return field_of(pod, address, source["fieldRef"]["fieldPath"])
    for key, plural in (("configMapKeyRef", "configmaps"), ("secretKeyRef", "secrets")):
        if key in source:
            one = source[key]
            held = read(api, pod["metadata"]["namespace"], plural, one["name"], one)
            return held[one["key"]].decode() if one["key"] in held else None
    return "1"  # an amount of a resource; nothing here is limited


def expanded(text: str, found: Mapping[str, str]) -> str:
    """``$(NAME)`` put in where it is known, as Kubernetes does."""
    return _REFERENCE.sub(lambda match: found.get(match[1], match[0]), text)


def command_of(container: Object, entrypoint: Sequence[str], found: Mapping[str, str]) -> list[str]:
    """What a container runs: its own command or the image's, and its arguments."""
    words = [*(container.get("command") or entrypoint), *container.get("args", ())]
    return [expanded(str(word), found) for word in words]
