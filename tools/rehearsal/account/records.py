"""What stands in the simulated account: one record a resource."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

BUCKET = "aws:s3/bucket:Bucket"
CLUSTER = "aws:eks/cluster:Cluster"
KEY = "aws:kms/key:Key"
NODE_GROUP = "aws:eks/nodeGroup:NodeGroup"
POLICY = "aws:iam/policy:Policy"
ROLE = "aws:iam/role:Role"
SUBNET = "aws:ec2/subnet:Subnet"
VPC = "aws:ec2/vpc:Vpc"


@dataclass(kw_only=True)
class Record:
    """``settings`` is what somebody asked for; ``computed`` what AWS answered besides."""

    type: str
    id: str
    settings: dict[str, Any]
    computed: dict[str, Any] = field(default_factory=dict)
    elsewhere: bool = False
    """Made by something else than the rehearsed stacks: the bootstrap, an administrator."""

    @property
    def outputs(self) -> dict[str, Any]:
        return {**self.settings, **self.computed}

    def as_json(self) -> dict[str, Any]:
        return dict(vars(self))


class Records:
    """All of them, found by type and by what they are called."""

    def __init__(self, records: Iterable[Record] = ()) -> None:
        self._all = {(one.type, one.id): one for one in records}

    def __iter__(self) -> Iterator[Record]:
        return iter(list(self._all.values()))

    def get(self, type_: str, identity: str) -> Record | None:
        return self._all.get((type_, identity))

    def put(self, record: Record) -> None:
        self._all[record.type, record.id] = record

    def remove(self, record: Record) -> None:
        del self._all[record.type, record.id]

    def of(self, *types: str) -> list[Record]:
        return [one for one in self._all.values() if one.type in types]

    def named(self, types: Iterable[str], by: str, value: Any) -> Record | None:
        """The first of these types whose id or output is the value."""
        for one in self.of(*types):
            if (one.id if by == "id" else one.outputs.get(by)) == value:
                return one
        return None


def at(value: Mapping[str, Any], path: str) -> Any:
    """What stands at ``a.b`` in mappings; None where nothing does."""
    for part in path.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None  # type: ignore[assignment]
    return value
