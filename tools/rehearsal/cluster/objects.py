"""What stands in the real API server, as the rehearsal compares and meddles with it."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from tools.conformance.client import Api
from tools.conformance.errors import ConformanceError

_MANAGER: Final = "pulumi-kubernetes"
_HELM: Final = "/api/v1/secrets?labelSelector=owner%3Dhelm,status%3Ddeployed"


class RealObjects:
    """The same questions as :class:`tools.rehearsal.objects.store.Objects` answers, asked of a server."""

    def __init__(self, api: Api) -> None:
        self._api = api

    def __iter__(self) -> Iterator[dict[str, Any]]:
        """Everything that the engine's provider has applied, whatever the kind: its metadata."""
        for path, version, kind in self._kinds():
            for one in self._api.metadata(path):
                if _is_ours(one):
                    yield {**one, "apiVersion": version, "kind": kind}

    @property
    def releases(self) -> Mapping[str, Mapping[str, Any]]:
        """Helm's own records of what is installed, by ``namespace/name``."""
        found = {}
        for one in self._api.get(_HELM).get("items", ()):
            meta = one["metadata"]
            found[f"{meta['namespace']}/{meta['labels']['name']}"] = dict(meta["labels"])
        return found

    def get(self, object_: Mapping[str, Any]) -> dict[str, Any] | None:
        """What stands where this object would."""
        self._api.forget_kinds()
        place = self._api.place_of(object_)
        return (self._api.get(place) or None) if place else None

    def change_by_hand(self, object_: Mapping[str, Any], spec: Mapping[str, Any]) -> None:
        """What somebody does with ``kubectl edit``.

        Raises:
            ConformanceError: the server does not take it.
        """
        place = self._api.place_of(object_)
        query = "fieldManager=kubectl-edit"
        status, said = self._api.send(
            "PATCH", f"{place}?{query}", {"spec": dict(spec)}, "application/merge-patch+json"
        )
        if status != 200:  # noqa: PLR2004 HTTP's own
            raise ConformanceError(f"{place}: cannot be changed by hand: {json.dumps(said)[:300]}")

    def _kinds(self) -> Iterator[tuple[str, str, str]]:
        """The path of every list, its version and its kind, at the version that the server prefers."""
        groups = self._api.get("/apis").get("groups", ())
        roots = [("/api/v1", "v1")]
        roots += [
            (f"/apis/{g['preferredVersion']['groupVersion']}", g["preferredVersion"]["groupVersion"])
            for g in groups
        ]
        for root, version in roots:
            for one in self._api.get(root).get("resources", ()):
                if "/" not in one["name"] and "list" in one["verbs"] and one["kind"] != "Event":
                    yield f"{root}/{one['name']}", version, one["kind"]


def _is_ours(one: Mapping[str, Any]) -> bool:
    if one["metadata"].get("labels", {}).get("owner") == "helm":  # its record, which ``releases`` gives
        return False
    return any(
        entry.get("manager", "").startswith(_MANAGER) for entry in one["metadata"].get("managedFields", ())
    )
