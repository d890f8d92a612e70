"""Typed IAM documents: complete strings at plan time, one reason for every statement that is not scoped."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from components.names import Names

Conditions = Mapping[str, Mapping[str, str | Sequence[str]]]


@dataclass(frozen=True, kw_only=True)
class Statement:
    """One statement of a policy document.

    Raises:
        ValueError: an action is a wildcard, or a resource is ``*`` and ``unscoped_because`` is not given.
    """

    sid: str
    actions: Sequence[str]
    resources: Sequence[str] = ()
    principals: Mapping[str, Sequence[str]] | None = None
    conditions: Conditions = field(default_factory=dict)
    effect: Literal["Allow", "Deny"] = "Allow"
    unscoped_because: str | None = None

    def __post_init__(self) -> None:
        if self.effect == "Deny":
            return
        for action in self.actions:
            if action == "*" or action.endswith(":*"):
                raise ValueError(f"{self.sid}: action {action!r} grants a whole service; name the actions")
        if "*" in self.resources and not self.unscoped_because:
            raise ValueError(f"{self.sid}: resource '*' needs a reason in unscoped_because")

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


def document(*statements: Statement) -> str:
    """A policy document as JSON text, in the order given."""
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
    """
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
