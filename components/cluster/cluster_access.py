"""Who may enter the cluster: one access entry a role, each with one EKS access policy."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Final, Literal, Self

import pulumi
import pulumi_aws as aws
from pydantic import AfterValidator, Field, model_validator

from components.foundation.base import PlatformComponent, Settings
from components.foundation.names import Names
from components.foundation.role_arn import RoleArn
from facts.strict import Slug

DEPLOY: Final = "deploy"
"""The entry of the role that runs ``pulumi up``; it always exists."""
PREVIEW: Final = "preview"
"""The entry of the role that runs ``pulumi preview``; it always exists, and reads (``models/cluster_roles.py``)."""
PREVIEWERS: Final = "slipway:previewers"
"""The Kubernetes group of preview roles."""

POLICIES: Final[Mapping[str, str]] = {
    "view": "AmazonEKSViewPolicy",
    "edit": "AmazonEKSEditPolicy",
    "admin": "AmazonEKSClusterAdminPolicy",
}
"""EKS access policies (EKS user guide, "Review access policy permissions", read 2026-11). ``view`` does not
show secrets; ``admin`` may do anything, in the whole cluster."""


_RESERVED: Final = ("system:", "eks:", "aws:", "amazon:", "iam:")
"""EKS refuses groups that begin so (EKS user guide, "Create access entries", read 2026-11-28)."""


def _is_ours(group: str) -> str:
    if group.startswith(_RESERVED):
        raise ValueError(f"begins with a word that EKS keeps for itself (got {group!r})")
    return group


KubernetesGroup = Annotated[
    str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9:._-]{0,62}$"), AfterValidator(_is_ours)
]


class AccessSettings(Settings):
    """One entry of ``cluster.access``: a role and what it may do."""

    principal_arn: RoleArn
    policy: Literal["view", "edit", "admin"] | None = None
    """None: ``view``, or nothing of EKS's where ``kubernetes_groups`` are named."""
    kubernetes_groups: list[KubernetesGroup] = Field(default_factory=list)
    """Groups that the cluster's roles are bound to: ``slipway:previewers``, ``slipway:model-deployers``, others."""
    namespaces: list[Annotated[str, Field(pattern=r"^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$")]] = Field(
        default_factory=list
    )
    """Empty: the whole cluster."""

    @model_validator(mode="after")
    def _administrators_are_not_scoped(self) -> Self:
        if self.policy == "admin" and self.namespaces:
            raise ValueError("admin is for the whole cluster; use edit for single namespaces")
        if self.namespaces and self.granted is None:
            raise ValueError("namespaces narrow a policy of EKS's; the groups' own roles say where they hold")
        return self

    @property
    def granted(self) -> str | None:
        """The policy of EKS's that it gets."""
        return self.policy or (None if self.kubernetes_groups else "view")


def access_problem(
    access: Mapping[Slug, AccessSettings], deploy_role_arn: str | None, preview_role_arn: str | None = None
) -> str | None:
    """Why EKS would refuse these entries, in one sentence; None where it would not."""
    named: dict[str, str] = {}
    for entry, chosen in ((DEPLOY, deploy_role_arn), (PREVIEW, preview_role_arn)):
        if entry in access:
            return f"access.{entry} is made by itself; set {entry}_role_arn to choose the role"
        if chosen in named:
            return f"{entry}_role_arn and {named[chosen]} name the same role; EKS allows one entry a role"
        if chosen is not None:
            named[chosen] = f"{entry}_role_arn"
    for who, one in access.items():
        if one.principal_arn in named:
            other = named[one.principal_arn]
            return f"access.{who} and {other} name the same role; EKS allows one entry a role"
        named[one.principal_arn] = f"access.{who}"
    return None


class ClusterAccess(PlatformComponent):
    """An access entry for the deploy role, for the preview role, and for each role in ``access``.

    The deploy role administers; the preview role is in the group that reads.

    ``ready`` is what the Kubernetes provider must wait for; nothing, where somebody else admitted the deploy role.
    """

    TYPE = "slipway:cluster:ClusterAccess"

    def __init__(
        self,
        name: str,
        *,
        names: Names,
        deploy_role_arn: str,
        preview_role_arn: str,
        access: Mapping[Slug, AccessSettings],
        cluster_name: pulumi.Input[str],
        opts: pulumi.ResourceOptions,
        admits_roles: bool = True,
    ) -> None:
        super().__init__(name, opts)
        self._partition, self._cluster_name = names.partition, cluster_name
        self.ready: tuple[pulumi.Resource, ...] = ()
        if admits_roles:
            deploys = AccessSettings(principal_arn=deploy_role_arn, policy="admin")
            reads = AccessSettings(principal_arn=preview_role_arn, kubernetes_groups=[PREVIEWERS])
            self.ready = (self._admit(f"{name}-{DEPLOY}", deploys),)
            self._admit(f"{name}-{PREVIEW}", reads)
        for who, entry in access.items():
            self._admit(f"{name}-{who}", entry)
        self.register_outputs({})

    def _admit(self, name: str, access: AccessSettings) -> pulumi.Resource:
        entry = aws.eks.AccessEntry(
            name,
            cluster_name=self._cluster_name,
            principal_arn=access.principal_arn,
            type="STANDARD",
            kubernetes_groups=list(access.kubernetes_groups) or None,
            tags=self.tags(name),
            opts=self.child_opts(),
        )
        if access.granted is None:
            return entry
        return aws.eks.AccessPolicyAssociation(
            f"{name}-policy",
            cluster_name=self._cluster_name,
            principal_arn=access.principal_arn,
            policy_arn=f"arn:{self._partition}:eks::aws:cluster-access-policy/{POLICIES[access.granted]}",
            access_scope=(
                {"type": "namespace", "namespaces": list(access.namespaces)}
                if access.namespaces
                else {"type": "cluster"}
            ),
            # EKS refuses a policy for a principal that has no entry yet.
            opts=self.child_opts(depends_on=[entry]),
        )
