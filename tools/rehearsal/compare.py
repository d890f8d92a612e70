"""The engine's state against what is really there: nothing lost, nothing twice, nothing left behind."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tools.rehearsal.account.records import Records
from tools.rehearsal.cluster.objects import RealObjects
from tools.rehearsal.objects.provider import RELEASE
from tools.rehearsal.objects.store import Key, Objects, key_of


def differences(
    states: Sequence[Mapping[str, Any]], records: Records, objects: Objects | RealObjects
) -> list[str]:
    """What the stacks' states have and the account or the cluster has not, and the other way round."""
    problems: list[str] = []
    found: list[Mapping[str, Any]] = []
    for state in states:
        found += [one for one in state["deployment"].get("resources", ()) if one.get("custom")]
        pending = state["deployment"].get("pending_operations") or ()
        problems += [f"{one['resource']['urn']}: is pending ({one['type']})" for one in pending]
    return [*problems, *_account(found, records), *_cluster(found, objects)]


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


def _cluster(found: Sequence[Mapping[str, Any]], objects: Objects | RealObjects) -> Iterator[str]:
    keys: set[Key] = set()
    releases: set[str] = set()
    for one in found:
        if not one["type"].startswith("kubernetes:"):
            continue
        if one["type"] == RELEASE:
            releases.add(one["id"])
            there = one["id"] in objects.releases
        else:
            if key_of(one["outputs"]) in keys:
                yield f"{one['urn']}: is an object that another resource of the state is too"
            keys.add(key_of(one["outputs"]))
            there = objects.get(one["outputs"]) is not None
        if not there:
            yield f"{one['urn']}: the state says {one['id']}, and the cluster has none"
    for key in sorted({key_of(one) for one in objects} - keys):
        yield f"{' '.join(part for part in key if part)}: stands in the cluster, and the state knows nothing of it"
    for release in sorted(objects.releases.keys() - releases):
        yield f"release {release}: stands in the cluster, and the state knows nothing of it"
