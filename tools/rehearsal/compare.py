"""The engine's state against what is really there: nothing lost, nothing twice, nothing left behind."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final
from urllib.parse import quote

from tools.conformance.client import Api
from tools.rehearsal.account.records import Records

_RELEASE: Final = "kubernetes:helm.sh/v3:Release"
_MANAGER: Final = "pulumi-kubernetes"


def differences(state: Mapping[str, Any], records: Records, api: Api | None) -> list[str]:
    """What the state has and the account or the API server has not, and the other way round."""
    found = [one for one in state["deployment"].get("resources", ()) if one.get("custom")]
    pending = state["deployment"].get("pending_operations") or ()
    problems = [f"{one['resource']['urn']}: is pending ({one['type']})" for one in pending]
    problems += _account(found, records)
    if api is not None:
        problems += _cluster(found, api)
    return problems


def _account(found: Sequence[Mapping[str, Any]], records: Records) -> Iterator[str]:
    known: dict[tuple[str, str], str] = {}
    for one in found:
        type_, identity = one["type"], one.get("id", "")
        if not type_.startswith("aws:"):
            continue
        if (type_, identity) in known:
            yield f"{one['urn']}: is the same as {known[type_, identity]}"
        known[type_, identity] = one["urn"]
        if records.get(type_, identity) is None:
            yield f"{one['urn']}: the state says {identity}, and the account has none"
    for record in records:
        if not record.elsewhere and (record.type, record.id) not in known:
            yield f"{record.type} {record.id}: the account has it, and the state knows nothing of it"


def _cluster(found: Sequence[Mapping[str, Any]], api: Api) -> Iterator[str]:
    known: dict[tuple[str, str], set[tuple[str, str]]] = {}
    for one in found:
        if not one["type"].startswith("kubernetes:") or one["type"] == _RELEASE or "provider" not in one:
            continue
        said = one["outputs"]
        place = path_of(api, said)
        meta = said["metadata"]
        if place is None or not api.get(place):
            yield f"{one['urn']}: the state says {one.get('id')}, and the API server has none"
        known.setdefault((said["apiVersion"], said["kind"]), set()).add(
            (meta.get("namespace", ""), meta["name"])
        )
    for (version, kind), names in known.items():
        for there in api.items(api.list_path(version, kind) or "/"):
            meta = there["metadata"]
            ours = any(f.get("manager", "").startswith(_MANAGER) for f in meta.get("managedFields", ()))
            if ours and (meta.get("namespace", ""), meta["name"]) not in names:
                spaced = f"{meta['namespace']}/" if meta.get("namespace") else ""
                yield f"{kind} {spaced}{meta['name']}: stands in the cluster, and the state knows nothing of it"


def path_of(api: Api, object_: Mapping[str, Any]) -> str | None:
    """Where an object stands; nothing where its kind is not served."""
    base = api.list_path(object_["apiVersion"], object_["kind"], object_["metadata"].get("namespace", ""))
    return None if base is None else f"{base}/{quote(object_['metadata']['name'])}"
