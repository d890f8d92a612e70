"""Who may enter the cluster: one access entry a role, each with one EKS access policy."""

from collections.abc import Mapping
from typing import Annotated, Final, Literal, Self

import pulumi
import pulumi_aws as aws
from pydantic import Field, model_validator

from components.foundation.base import PlatformComponent, Settings
from components.foundation.names import Names
from facts.strict import Slug

DEPLOY: Final = "deploy"
"""The entry of the role that runs ``pulumi up``; it always exists."""

POLICIES: Final[Mapping[str, str]] = {
    "view": "AmazonEKSViewPolicy",
    "edit": "AmazonEKSEditPolicy",
    "admin": "AmazonEKSClusterAdminPolicy",
}
"""EKS access policies (EKS user guide, "Review access policy permissions", read 2026-11). ``view`` does not
show secrets; ``admin`` may do anything, in the whole cluster."""

RoleArn = Annotated[str, Field(pattern=r"^arn:aws[a-z-]*:iam::\d{12}:role/[\w+=,.@/-]+$")]
"""A role, never a user: a user's access keys do not expire."""


class AccessSettings(Settings):
    """One entry of ``cluster.access``: a role and what it may do."""

    principal_arn: RoleArn
    policy: Literal["view", "edit", "admin"] = "view"
    namespaces: list[Annotated[str, Field(pattern=r"^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$")]] = Field(
        default_factory=list
    )
    """Empty: the whole cluster."""

    @model_validator(mode="after")
    def _administrators_are_not_scoped(self) -> Self:
        if self.policy == "admin" and self.namespaces:
            raise ValueError("admin is for the whole cluster; use edit for single namespaces")
        return self


def access_problem(access: Mapping[Slug, AccessSettings], deploy_role_arn: str | None) -> str | None:
    """Why EKS would refuse these entries, in one sentence; None where it would not."""
    if DEPLOY in access:
        return f"access.{DEPLOY} is made by itself; set deploy_role_arn to choose the role"
    named: dict[str, str] = {} if deploy_role_arn is None else {deploy_role_arn: "deploy_role_arn"}
    for who, entry in access.items():
        if entry.principal_arn in named:
            other = named[entry.principal_arn]
            return f"access.{who} and {other} name the same role; EKS allows one entry a role"
        named[entry.principal_arn] = f"access.{who}"
    return None


class ClusterAccess(PlatformComponent):
    """An access entry and a policy association for the deploy role and for each role in ``access``.

    ``deploy`` is what the Kubernetes provider must wait for.
    """

    TYPE = "slipway:cluster:ClusterAccess"

    def __init__(
        self,
        name: str,
        *,
        names: Names,
        deploy_role_arn: str,
        access: Mapping[Slug, AccessSettings],
        cluster: aws.eks.Cluster,
        opts: pulumi.ResourceOptions,
    ) -> None:
        super().__init__(name, opts)
        self._partition, self._cluster = names.partition, cluster
        self.deploy = self._admit(
            f"{name}-{DEPLOY}", AccessSettings(principal_arn=deploy_role_arn, policy="admin")
        )
        for who, entry in access.items():
            self._admit(f"{name}-{who}", entry)
        self.register_outputs({})

    def _admit(self, name: str, access: AccessSettings) -> aws.eks.AccessPolicyAssociation:
        entry = aws.eks.AccessEntry(
            name,
            cluster_name=self._cluster.name,
            principal_arn=access.principal_arn,
            type="STANDARD",
            tags=self.tags(name),
            opts=self.child_opts(),
        )
        return aws.eks.AccessPolicyAssociation(
            f"{name}-policy",
            cluster_name=self._cluster.name,
            principal_arn=access.principal_arn,
            policy_arn=f"arn:{self._partition}:eks::aws:cluster-access-policy/{POLICIES[access.policy]}",
            access_scope=(
                {"type": "namespace", "namespaces": list(access.namespaces)}
                if access.namespaces
                else {"type": "cluster"}
            ),
            # EKS refuses a policy for a principal that has no entry yet.
            opts=self.child_opts(depends_on=[entry]),
        )
