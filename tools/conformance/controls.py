"""Proof that a server refuses: real objects, each with one thing wrong, that it must not take.

Without them a server that validates nothing would say that all is well.
"""

import copy
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from policies.engine.graph import Graph
from tools.conformance.client import Api

_UNKNOWN = "notAFieldOfAnyKind"


@dataclass(frozen=True)
class Control:
    """One thing wrong, and a part of what the server must say to it."""

    name: str
    kind: str
    spoil: Callable[[dict[str, Any]], None]
    says: str


def _bad_port(policy: dict[str, Any]) -> None:
    policy["spec"]["ingress"] = [{"ports": [{"port": 70000}]}]


def _restricted_label(pool: dict[str, Any]) -> None:
    requirement = {"key": "karpenter.k8s.aws/colour", "operator": "In", "values": ["green"]}
    pool["spec"]["template"]["spec"]["requirements"].append(requirement)


def _plain_listener_with_certificate(gateway: dict[str, Any]) -> None:
    gateway["spec"]["listeners"][0] |= {"protocol": "HTTP", "tls": {"certificateRefs": [{"name": "any"}]}}


def _gpu_as_list(service: dict[str, Any]) -> None:
    service["spec"]["predictor"]["model"]["resources"]["limits"] = ["nvidia.com/gpu"]


def _no_such_namespace(service: dict[str, Any]) -> None:
    service["metadata"]["namespace"] = "nobody-made-this"


CONTROLS = (
    Control("a port that cannot be", "NetworkPolicy", _bad_port, "must be between 1 and 65535"),
    Control(
        "a label CEL forbids", "NodePool", _restricted_label, 'label domain "karpenter.k8s.aws" is restricted'
    ),
    Control(
        "a listener CEL forbids",
        "Gateway",
        _plain_listener_with_certificate,
        "tls must not be specified for protocols",
    ),
    Control("a list for a mapping", "InferenceService", _gpu_as_list, "limits"),
    Control(
        "a namespace nobody made",
        "InferenceService",
        _no_such_namespace,
        'namespaces "nobody-made-this" not found',
    ),
)


class Controls:
    """Tries each control once, on the first stack that has what it spoils, and an unknown field on every kind."""

    def __init__(self) -> None:
        self.failed: list[str] = []
        self.refused = 0
        self._kinds: set[str] = set()
        self._tried: set[str] = set()

    def run(self, graph: Graph, api: Api) -> None:
        """Try what this stack has objects for."""
        for manifest in _objects(graph):
            kind = manifest["kind"]
            if kind not in self._kinds:
                self._kinds.add(kind)
                self._try(
                    Control(f"an unknown field in {kind}", kind, _unknown_field, _UNKNOWN), manifest, api
                )
            for control in CONTROLS:
                if control.kind == kind and control.name not in self._tried:
                    self._tried.add(control.name)
                    self._try(control, manifest, api)

    def problems(self) -> list[str]:
        """What was not refused, and what there was nothing to try on."""
        untried = [
            f"{c.name}: no stack has a {c.kind} to try it on" for c in CONTROLS if c.name not in self._tried
        ]
        return [*self.failed, *untried]

    def _try(self, control: Control, manifest: Mapping[str, Any], api: Api) -> None:
        spoiled = copy.deepcopy(dict(manifest))
        # Under another name: an object that is there is only compared where it changed.
        spoiled["metadata"]["name"] = "control-of-conformance"
        control.spoil(spoiled)
        answer = api.apply(spoiled)
        if not answer.is_refused:
            self.failed.append(f"{control.name}: was accepted")
        elif control.says not in answer.message:
            self.failed.append(
                f"{control.name}: should be refused with {control.says!r} (got {answer.message!r})"
            )
        else:
            self.refused += 1


def _unknown_field(manifest: dict[str, Any]) -> None:
    holder = manifest["spec"] if isinstance(manifest.get("spec"), dict) else manifest
    holder[_UNKNOWN] = True


def _objects(graph: Graph) -> Iterator[Mapping[str, Any]]:
    return (r.object for r in graph if r.object is not None)
