"""An AWS account that makes, changes and ends resources as far as the rehearsed stacks need one, kept in a file.

It refuses what AWS refuses (``references``, ``refusals``), and a change of what nothing can change. Every call is
written into a journal before it is answered. The file is replaced whole: a killed process leaves a whole state.
"""

import json
import threading
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final, Self

from facts.replacements import replacements
from tools.rehearsal.account.answers import answer, seed
from tools.rehearsal.account.errors import AwsError
from tools.rehearsal.account.records import BUCKET, CLUSTER, ROLE, Record, Records, at
from tools.rehearsal.account.references import check_references, check_unused
from tools.rehearsal.account.refusals import check, zones_of
from tools.rehearsal.account.site import Site

_IDENTITIES: Final[Mapping[str, tuple[str, ...]]] = {
    "aws:cloudtrail/trail:Trail": ("name",),
    "aws:cloudwatch/eventTarget:EventTarget": ("rule", "targetId"),
    "aws:ec2/route:Route": (
        "routeTableId", "destinationCidrBlock", "destinationPrefixListId", "destinationIpv6CidrBlock"),
    "aws:ec2/routeTableAssociation:RouteTableAssociation": ("subnetId",),
    "aws:ec2/securityGroup:SecurityGroup": ("vpcId", "name", "description"),
    "aws:ec2/launchTemplate:LaunchTemplate": ("name",),
    "aws:ec2/tag:Tag": ("key", "resourceId"),
    "aws:eks/accessEntry:AccessEntry": ("clusterName", "principalArn"),
    "aws:eks/accessPolicyAssociation:AccessPolicyAssociation": ("clusterName", "principalArn", "policyArn"),
    "aws:eks/addon:Addon": ("clusterName", "addonName"),
    "aws:iam/rolePolicy:RolePolicy": ("role", "name"),
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": ("role", "policyArn"),
    "aws:kms/alias:Alias": ("name",),
    "aws:rds/cluster:Cluster": (
        "clusterIdentifier", "dbSubnetGroupName", "engine", "kmsKeyId", "masterUsername", "storageEncrypted"),
    "aws:rds/clusterInstance:ClusterInstance": ("clusterIdentifier", "engine", "identifier"),
    "aws:rds/clusterParameterGroup:ClusterParameterGroup": ("name", "description", "family"),
    "aws:rds/subnetGroup:SubnetGroup": ("name",),
}  # fmt: skip
"""What cannot change besides ``facts/replacements.yaml``: what names a thing or joins two (the provider's ForceNew)."""
_PUT: Final = frozenset({
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment", "aws:ec2/tag:Tag", "aws:sqs/queuePolicy:QueuePolicy",
    "aws:ecr/lifecyclePolicy:LifecyclePolicy", "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
})  # fmt: skip
"""Types that AWS takes a second time without a word: calls that put, attach or adopt. All parts of buckets are too."""
_TEMPLATE: Final = "aws:ec2/launchTemplate:LaunchTemplate"
_ASSOCIATION: Final = "aws:eks/podIdentityAssociation:PodIdentityAssociation"


def immutable(type_: str) -> tuple[str, ...]:
    """Properties of a type whose change makes it anew."""
    known = replacements().get(type_)
    return tuple(dict.fromkeys((*(known.anew_on if known else ()), *_IDENTITIES.get(type_, ()))))


class Account:
    """The account of one rehearsal. Safe for threads; one process at a time."""

    def __init__(self, folder: Path, site: Site) -> None:
        self.site = site
        self._file, self._journal = folder / "account.json", folder / "journal.jsonl"
        self._lock = threading.RLock()
        kept = json.loads(self._file.read_text(encoding="utf-8")) if self._file.exists() else {}
        self._made = Counter(kept.get("made", {}))
        self.records = Records(Record(**one) for one in kept.get("records", ()))

    def seed(self, records: Iterable[Record]) -> None:
        """Put there what somebody else has made."""
        with self._lock:
            for one in records:
                self.records.put(one)
            self._save()

    def create(self, type_: str, settings: Mapping[str, Any]) -> Record:
        """Make a resource.

        Raises:
            AwsError: AWS would not.
        """
        with self._lock, self._told("create", type_, settings) as call:
            check_references(type_, settings, self.records)
            check(type_, settings, self.records)
            key = seed(type_, settings, 0)
            identity, computed = answer(type_, settings, seed(type_, settings, self._made[key]), self.site)
            self._refuse_second(type_, identity, settings)
            self._made[key] += 1
            if type_ == CLUSTER:
                computed["zones_made_with"] = zones_of(settings, self.records)
            made = Record(type=type_, id=identity, settings=dict(settings), computed=computed)
            call["id"] = identity
            self.records.put(made)
            self._save()
            return made

    def read(self, type_: str, identity: str) -> Record | None:
        """What stands there now."""
        with self._lock:
            found = self.records.get(type_, identity)
            if found is not None:
                self._write({"call": "read", "type": type_, "id": identity})
            return found

    def update(self, type_: str, identity: str, settings: Mapping[str, Any]) -> Record:
        """Change a resource to what is asked for.

        Raises:
            AwsError: AWS would not, or no call can change one of the properties.
        """
        with self._lock, self._told("update", type_, settings) as call:
            call["id"] = identity
            found = self._there(type_, identity)
            for path in immutable(type_):
                old, new = at(found.settings, path), at(settings, path)
                if old != new:
                    raise AwsError(
                        "InvalidParameterException",
                        f"{path}: no call changes it, and it should become {new!r} (it is {old!r}); only a new "
                        f"{type_.rpartition(':')[2]} has another",
                    )
            check_references(type_, settings, self.records)
            check(type_, settings, self.records, found)
            found.settings = dict(settings)
            if type_ == _TEMPLATE:
                found.computed["latestVersion"] += 1
            if type_ == CLUSTER:
                found.computed["vpcConfig"] = {**found.computed["vpcConfig"], **settings["vpcConfig"]}
            self._save()
            return found

    def delete(self, type_: str, identity: str) -> None:
        """End a resource; one that is not there is ended.

        Raises:
            AwsError: AWS would not.
        """
        with self._lock, self._told("delete", type_, {}) as call:
            call["id"] = identity
            found = self.records.get(type_, identity)
            if found is None:
                return
            if found.settings.get("deletionProtection"):
                raise AwsError("InvalidRequestException", f"{identity}: deletion protection is enabled")
            check_unused(found, self.records)
            self.records.remove(found)
            self._save()

    def change_by_hand(self, type_: str, identity: str, **settings: Any) -> None:
        """What somebody does in the console: nothing but the properties changes."""
        with self._lock:
            self._there(type_, identity).settings.update(settings)
            self._save()

    def _there(self, type_: str, identity: str) -> Record:
        found = self.records.get(type_, identity)
        if found is None:
            raise AwsError("ResourceNotFoundException", f"{type_} {identity} does not exist")
        return found

    def _refuse_second(self, type_: str, identity: str, settings: Mapping[str, Any]) -> None:
        if type_ in _PUT or (type_.startswith("aws:s3/bucket") and type_ != BUCKET):
            return
        code = (
            "EntityAlreadyExists"
            if type_ == ROLE or type_.startswith("aws:iam/")
            else "ResourceInUseException"
        )
        if type_ == BUCKET:
            code = "BucketAlreadyOwnedByYou"
        if self.records.get(type_, identity) is not None:
            raise AwsError(code, f"{identity} already exists")
        if type_ == _ASSOCIATION:
            keys = ("clusterName", "namespace", "serviceAccount")
            for other in self.records.of(type_):
                if all(other.settings[k] == settings[k] for k in keys):
                    raise AwsError(code, f"an association already exists: {other.id}")

    def _told(self, verb: str, type_: str, settings: Mapping[str, Any]) -> "_Call":
        return _Call(self, {"call": verb, "type": type_, "name": _name(settings)})

    def _write(self, call: Mapping[str, Any]) -> None:
        with self._journal.open("a", encoding="utf-8") as out:
            out.write(json.dumps(call, sort_keys=True) + "\n")

    def _save(self) -> None:
        state = {"made": dict(self._made), "records": [one.as_json() for one in self.records]}
        new = self._file.with_suffix(".new")
        new.write_text(json.dumps(state), encoding="utf-8")
        new.replace(self._file)


class _Call(dict[str, Any]):
    """One call in the journal: what was asked, and how it ended."""

    def __init__(self, account: Account, said: Mapping[str, Any]) -> None:
        super().__init__(said)
        self._account = account

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        if error is not None:
            self["refused"] = str(error)
        self._account._write(self)  # noqa: SLF001 its own account's journal


def _name(settings: Mapping[str, Any]) -> str:
    """How a person knows it: its name, or the tag that stands for one."""
    tags = settings.get("tags") or {}
    return str(settings.get("name") or settings.get("bucket") or tags.get("Name") or "")
