"""What controllers that do not run here would have done, as far as others wait for it: conditions, certificates, trust.

Each hand looks at the objects of one kind and says what is missing; it never changes what somebody asked for.
"""

import base64
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from tools.conformance.client import Api
from tools.conformance.errors import ConformanceError
from tools.rehearsal.cluster.authority import Authority

_SECONDS: Final = 0.5
_HOOKS: Final = "/apis/admissionregistration.k8s.io/v1"
_DEFINITIONS: Final = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
_INJECTED: Final = "cert-manager.io/inject-ca-from"
_MERGE: Final = "application/merge-patch+json"

Object = Mapping[str, Any]
Status = Callable[[Object], dict[str, Any]]

PARTS: Final[Mapping[str, str]] = {
    "cert-manager": "certificates are made and Ready at once; its cainjector's trust is written into webhooks",
    "Envoy Gateway": "its Gateways and routes are Accepted and Programmed; it makes no proxy",
    "the EBS CSI driver": "each claim has a volume at once, which nothing mounts",
    "Karpenter": "each pool has one node from the start, of its first instance type",
    "the AI gateway, istiod, KEDA and cert-manager's webhooks": "take everything",
}
"""Who is stood in for, and how far."""


class StandIns:
    """Works from its making until ``close``; ``settled`` are the lists whose controllers it plays."""

    def __init__(self, api: Api, authority: Authority, settled: Mapping[str, Status] | None = None) -> None:
        self._api, self._authority = api, authority
        self._settled = SETTLED if settled is None else settled
        self._trusting: set[str] = set()
        self._bound: set[str] = set()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._work, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._over.set()
        self._thread.join()

    def _work(self) -> None:
        while not self._over.wait(_SECONDS):
            try:
                self._trust()
                self._certify()
                self._bind()
                for path, status in self._settled.items():
                    self._settle(path, status)
            except ConformanceError:  # the API server is being restarted, or is going
                continue

    def _items(self, path: str) -> Sequence[dict[str, Any]]:
        found: Sequence[dict[str, Any]] = self._api.get(path).get("items", ())
        return found

    def _trust(self) -> None:
        data = self._authority.data
        for kind in ("validatingwebhookconfigurations", "mutatingwebhookconfigurations"):
            for one in self._items(f"{_HOOKS}/{kind}"):
                if patch := trusted(one, data):
                    path = f"{_HOOKS}/{kind}/{one['metadata']['name']}"
                    self._api.send("PATCH", path, patch, "application/json-patch+json")
        self._trust_conversions(data)

    def _trust_conversions(self, data: str) -> None:
        """Writes, as cainjector does, into definitions that ask for it; each is read once, being large."""
        for meta in (one["metadata"] for one in self._api.metadata(_DEFINITIONS)):
            if _INJECTED not in meta.get("annotations", {}) or meta["uid"] in self._trusting:
                continue
            path = f"{_DEFINITIONS}/{meta['name']}"
            if self._api.get(path).get("spec", {}).get("conversion", {}).get("webhook"):
                asked = {"spec": {"conversion": {"webhook": {"clientConfig": {"caBundle": data}}}}}
                self._api.send("PATCH", path, asked, _MERGE)
            self._trusting.add(meta["uid"])

    def _certify(self) -> None:
        for one in self._items("/apis/cert-manager.io/v1/certificates"):
            if _is(one, "Ready"):
                continue
            meta, spec = one["metadata"], one["spec"]
            names = spec.get("dnsNames") or [spec.get("commonName", meta["name"]).replace(" ", "-")]
            certificate, key = self._authority.sign(names)
            held = {"tls.crt": certificate, "tls.key": key, "ca.crt": self._authority.certificate}
            secret = {
                "apiVersion": "v1",
                "kind": "Secret",
                "type": "kubernetes.io/tls",
                "metadata": {"name": spec["secretName"], "namespace": meta["namespace"]},
                "data": {name: _encoded(path) for name, path in held.items()},
            }
            self._api.send("POST", f"/api/v1/namespaces/{meta['namespace']}/secrets", secret)
            path = f"/apis/cert-manager.io/v1/namespaces/{meta['namespace']}/certificates/{meta['name']}"
            self._api.send("PATCH", f"{path}/status", {"status": _conditions(one, "Ready")}, _MERGE)

    def _bind(self) -> None:
        for one in self._items("/api/v1/persistentvolumeclaims"):
            if not one["spec"].get("volumeName") and one["metadata"]["uid"] not in self._bound:
                status, _ = self._api.send("POST", "/api/v1/persistentvolumes", volume_for(one))
                if status in {201, 409}:
                    self._bound.add(one["metadata"]["uid"])

    def _settle(self, path: str, status: Status) -> None:
        group, _, plural = path.rpartition("/")
        for one in self._items(path):
            wanted = status(one)
            if not wanted or all(_same(one.get("status", {}).get(k), v) for k, v in wanted.items()):
                continue
            meta = one["metadata"]
            inside = f"/namespaces/{meta['namespace']}" if "namespace" in meta else ""
            self._api.send(
                "PATCH", f"{group}{inside}/{plural}/{meta['name']}/status", {"status": wanted}, _MERGE
            )


def volume_for(claim: Object) -> dict[str, Any]:
    """The volume that a driver would have made for a claim."""
    meta, spec = claim["metadata"], claim["spec"]
    owner = {"kind": "PersistentVolumeClaim", "apiVersion": "v1"}
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolume",
        "metadata": {"name": f"pvc-{meta['uid']}"},
        "spec": {
            "capacity": {"storage": spec["resources"]["requests"]["storage"]},
            "accessModes": spec["accessModes"],
            "storageClassName": spec.get("storageClassName", ""),
            "persistentVolumeReclaimPolicy": "Delete",
            "claimRef": {
                **owner,
                "namespace": meta["namespace"],
                "name": meta["name"],
                "uid": meta["uid"],
            },
            "hostPath": {"path": "/nowhere"},
        },
    }


def trusted(configuration: Object, authority: str) -> list[dict[str, Any]]:
    """The JSON patch that makes the API server trust the rehearsal's authority for each webhook of a Service."""
    return [
        {"op": "add", "path": f"/webhooks/{number}/clientConfig/caBundle", "value": authority}
        for number, one in enumerate(configuration.get("webhooks", ()))
        if "service" in one["clientConfig"] and one["clientConfig"].get("caBundle") != authority
    ]


def _conditions(one: Object, *types: str) -> dict[str, Any]:
    return {"conditions": _true(one["metadata"].get("generation", 1), *types)}


def _true(generation: int, *types: str) -> list[dict[str, Any]]:
    now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    return [
        {
            "type": type_,
            "status": "True",
            "reason": "Rehearsed",
            "message": "",
            "lastTransitionTime": now,
            "observedGeneration": generation,
        }
        for type_ in types
    ]


def _is(one: Object, type_: str) -> bool:
    return any(
        c["type"] == type_ and c["status"] == "True" for c in one.get("status", {}).get("conditions") or ()
    )


def _same(there: Any, wanted: Any) -> bool:
    """But for times, which say nothing."""
    if isinstance(wanted, Mapping):
        return isinstance(there, Mapping) and all(
            key == "lastTransitionTime" or _same(there.get(key), value) for key, value in wanted.items()
        )
    if isinstance(wanted, list):
        return (
            isinstance(there, list)
            and len(there) == len(wanted)
            and all(_same(a, b) for a, b in zip(there, wanted, strict=True))
        )
    return bool(there == wanted)


def _encoded(path: Path) -> str:
    return base64.b64encode(path.read_bytes()).decode()


def _gateway(one: Object) -> dict[str, Any]:
    generation = one["metadata"].get("generation", 1)
    listeners = [
        {
            "name": listener["name"],
            "attachedRoutes": 0,
            "supportedKinds": [{"group": "gateway.networking.k8s.io", "kind": "HTTPRoute"}],
            "conditions": _true(generation, "Accepted", "Programmed", "ResolvedRefs"),
        }
        for listener in one["spec"]["listeners"]
    ]
    address = {
        "type": "Hostname",
        "value": f"{one['metadata']['name']}.{one['metadata']['namespace']}.internal",
    }
    return {**_conditions(one, "Accepted", "Programmed"), "listeners": listeners, "addresses": [address]}


def _route(one: Object) -> dict[str, Any]:
    generation = one["metadata"].get("generation", 1)
    return {
        "parents": [
            {
                "parentRef": parent,
                "controllerName": "gateway.envoyproxy.io/gatewayclass-controller",
                "conditions": _true(generation, "Accepted", "ResolvedRefs"),
            }
            for parent in one["spec"].get("parentRefs", ())
        ]
    }


def _pool(one: Object) -> dict[str, Any]:
    parent = {"group": "gateway.networking.k8s.io", "kind": "Gateway", "name": "kserve-ingress-gateway",
              "namespace": "kserve"}  # fmt: skip
    generation = one["metadata"].get("generation", 1)
    return {"parents": [{"parentRef": parent, "conditions": _true(generation, "Accepted", "ResolvedRefs")}]}


_GATEWAYS: Final = "/apis/gateway.networking.k8s.io/v1"
SETTLED: Final[Mapping[str, Status]] = {
    "/apis/cert-manager.io/v1/clusterissuers": lambda one: _conditions(one, "Ready"),
    "/apis/cert-manager.io/v1/issuers": lambda one: _conditions(one, "Ready"),
    "/apis/karpenter.k8s.aws/v1/ec2nodeclasses": lambda one: _conditions(one, "Ready"),
    "/apis/karpenter.sh/v1/nodepools": lambda one: _conditions(one, "Ready"),
    f"{_GATEWAYS}/gatewayclasses": lambda one: _conditions(one, "Accepted"),
    f"{_GATEWAYS}/gateways": _gateway,
    f"{_GATEWAYS}/httproutes": _route,
    "/apis/inference.networking.k8s.io/v1/inferencepools": _pool,
}
"""By the path of their list: what the controller of each says of it."""
