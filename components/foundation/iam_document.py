"""Typed IAM documents: complete strings at plan time, one reason for every statement that is not scoped."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from components.foundation.names import Names

Conditions = Mapping[str, Mapping[str, str | Sequence[str]]]

_ACTION: Final = re.compile(r"[a-z][a-z0-9-]*:[A-Z][A-Za-z0-9]{2,}\*?|rds-db:connect")
"""One action, or all that start with the same verb; ``s3:*`` and its disguises (``s3:**``, ``s?:Get*``) are not."""
_ARN_PREFIX: Final = 5
"""``arn``, partition, service, region and account stand before what an ARN names."""
_SID: Final = re.compile(r"[A-Za-z0-9]+")


@dataclass(frozen=True, kw_only=True)
class Statement:
    """One statement of a policy document; a refusal may be as wide as it likes, a permission may not.

    Raises:
        ValueError: IAM would refuse the statement, or it allows a whole service, or a resource reaches
            everything and ``unscoped_because`` is not given.
    """

    sid: str
    actions: Sequence[str]
    resources: Sequence[str] = ()
    principals: Mapping[str, Sequence[str]] | None = None
    conditions: Conditions = field(default_factory=dict)
    effect: Literal["Allow", "Deny"] = "Allow"
    unscoped_because: str | None = None
    is_ceiling: bool = False
    """True in an endpoint's policy: it grants nothing, and says how much of others' grants may pass."""

    def __post_init__(self) -> None:
        if not _SID.fullmatch(self.sid):
            raise ValueError(f"{self.sid!r}: a statement's id has letters and digits only")
        if not self.actions:
            raise ValueError(f"{self.sid}: names no action")
        if not self.resources and self.principals is None:
            raise ValueError(f"{self.sid}: names neither resources nor principals")
        for resource in self.resources:
            if resource != "*" and not resource.startswith("arn:"):
                raise ValueError(f"{self.sid}: resource {resource!r} is no ARN")
        if self.effect == "Allow" and not self.is_ceiling:
            self._is_narrow()

    def _is_narrow(self) -> None:
        for action in self.actions:
            if not _ACTION.fullmatch(action):
                raise ValueError(
                    f"{self.sid}: action {action!r} is not one action, nor a verb as in 's3:Get*'; name the actions"
                )
        wide = [resource for resource in self.resources if _reaches_all(resource)]
        if wide and not self.unscoped_because:
            raise ValueError(f"{self.sid}: resource {wide[0]!r} needs a reason in unscoped_because")

    def render(self) -> dict[str, Any]:
        """The statement as IAM reads it, sorted so that two runs give the same text."""
        rendered: dict[str, Any] = {"Sid": self.sid, "Effect": self.effect, "Action": sorted(self.actions)}
        if self.principals is not None:
            rendered["Principal"] = {kind: sorted(ids) for kind, ids in sorted(self.principals.items())}
        if self.resources:
            rendered["Resource"] = sorted(self.resources)
        if self.conditions:
            rendered["Condition"] = {
                operator: {
                    key: keys[key] if isinstance(keys[key], str) else sorted(keys[key])
                    for key in sorted(keys)
                }
                for operator, keys in sorted(self.conditions.items())
            }
        return rendered


def _reaches_all(resource: str) -> bool:
    """``*``, or an ARN that names nothing within its service (``arn:aws:s3:::*``)."""
    parts = resource.split(":", 5)
    return len(parts) <= _ARN_PREFIX or not parts[_ARN_PREFIX].strip("*?:/")


def document(*statements: Statement) -> str:
    """A policy document as JSON text, in the order given.

    Raises:
        ValueError: there is no statement, or two have the same id.
    """
    sids = [s.sid for s in statements]
    if not sids or len(set(sids)) < len(sids):
        raise ValueError(f"a document has statements, each with an id of its own (got {sids})")
    return json.dumps({"Version": "2012-10-17", "Statement": [s.render() for s in statements]})


def service_trust(service: str, conditions: Conditions | None = None) -> str:
    """A trust policy for one AWS service, for example ``ec2.amazonaws.com``."""
    return document(
        Statement(
            sid="Service",
            actions=["sts:AssumeRole"],
            principals={"Service": [service]},
            conditions=conditions or {},
        )
    )


def pod_identity_trust(names: Names, namespaces: Sequence[str], service_accounts: Sequence[str] = ()) -> str:
    """A trust policy for EKS Pod Identity, narrowed to this cluster and these namespaces.

    The request tags are the ones EKS sets on the session (EKS user guide, "Grant Pods access to AWS resources
    based on tags", read 2026-11). An empty ``service_accounts`` leaves the account open within the namespaces:
    then the permissions must be scoped by ``${aws:PrincipalTag/kubernetes-service-account}``.

    Raises:
        ValueError: no namespace is named; IAM would take an empty list for "nobody", and say so to no one.
    """
    if not namespaces:
        raise ValueError("a pod's role names at least one namespace")
    tags: dict[str, str | Sequence[str]] = {
        "aws:RequestTag/eks-cluster-arn": names.cluster_arn,
        "aws:RequestTag/kubernetes-namespace": list(namespaces),
    }
    if service_accounts:
        tags["aws:RequestTag/kubernetes-service-account"] = list(service_accounts)
    return document(
        Statement(
            sid="PodIdentity",
            actions=["sts:AssumeRole", "sts:TagSession"],
            principals={"Service": ["pods.eks.amazonaws.com"]},
            conditions={"StringEquals": {**tags, "aws:SourceAccount": names.account}},
        )
    )
