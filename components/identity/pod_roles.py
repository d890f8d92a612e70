"""Roles that one service account has for itself: the role, what it may do, and the account's association."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.foundation.base import PlatformComponent
from components.foundation.iam_document import Statement, document, pod_identity_trust
from components.foundation.names import Names
from components.identity.capability_role import CapabilityRole, CapabilityRoleArgs
from components.identity.workload_identity import WorkloadIdentity, WorkloadIdentityArgs

_MANAGES_ADD_ONS = "kube-system"


@dataclass(frozen=True, kw_only=True)
class PodRoleArgs:
    """Which account of which namespace may do what, as the role ``role`` of the platform.

    ``after``: what the association waits for. It names the cluster by a complete string, so Pulumi cannot see that
    the cluster and the agent that hands out credentials have to be there.
    """

    names: Names
    role: str
    namespace: str
    service_account: str
    statements: Sequence[Statement]
    after: Sequence[pulumi.Resource] = ()


def account_role(component: PlatformComponent, name: str, args: PodRoleArgs) -> tuple[pulumi.Resource, ...]:
    """The role and the identity of one account, each a component below ``component``; pods wait for what it returns."""
    role = CapabilityRole(
        f"{name}-role",
        CapabilityRoleArgs(
            names=args.names,
            capability=args.role,
            statements=args.statements,
            namespaces=[args.namespace],
            service_accounts=[args.service_account],
        ),
        component.child_opts(),
    ).handle
    identity = WorkloadIdentity(
        f"{name}-identity",
        WorkloadIdentityArgs(
            cluster_name=args.names.cluster,
            namespace=args.namespace,
            service_account=args.service_account,
            role_arn=role.role_arn,
        ),
        component.child_opts(depends_on=[*args.after, *role.ready]),
    ).handle
    return (*role.ready, *identity.ready)


@dataclass(frozen=True, kw_only=True)
class ControllerParts:
    """What the parts of :func:`controller_role` are called in Pulumi; another name would make them anew."""

    role: str
    permissions: str
    association: str

    @classmethod
    def of(cls, name: str) -> ControllerParts:
        """The usual names of the component ``name``."""
        return cls(role=f"{name}-role", permissions=f"{name}-permissions", association=f"{name}-identity")


def controller_role(
    component: PlatformComponent,
    parts: ControllerParts,
    args: PodRoleArgs,
    cluster_name: pulumi.Input[str],
) -> tuple[pulumi.Resource, ...]:
    """The role of a controller, its permissions and its association, all three children of ``component`` itself.

    The association waits for the permissions: a controller whose role has none yet is refused at its first call.
    Returned are association and permissions, for the controller's pods to wait for.
    """
    role = _role(component, parts.role, args.names, args.role, (args.namespace, args.service_account))
    permissions = aws.iam.RolePolicy(
        parts.permissions, role=role.name, policy=document(*args.statements), opts=component.child_opts()
    )
    association = aws.eks.PodIdentityAssociation(
        parts.association,
        cluster_name=cluster_name,
        namespace=args.namespace,
        service_account=args.service_account,
        role_arn=role.arn,
        tags=component.tags(parts.association),
        opts=component.child_opts(depends_on=[*args.after, permissions]),
    )
    return (association, permissions)


def add_on_role(
    component: PlatformComponent, name: str, names: Names, *, role: str, account: str, policy: str
) -> tuple[aws.iam.Role, pulumi.Resource]:
    """The role of an add-on of EKS with one policy that AWS keeps, and its attachment, for the add-on to wait for.

    EKS makes the association itself when the add-on names the role.
    """
    made = _role(component, name, names, role, (_MANAGES_ADD_ONS, account))
    attachment = aws.iam.RolePolicyAttachment(
        f"{name}-policy",
        role=made.name,
        policy_arn=f"arn:{names.partition}:iam::aws:policy/{policy}",
        opts=component.child_opts(),
    )
    return made, attachment


def _role(
    component: PlatformComponent, name: str, names: Names, role: str, who: tuple[str, str]
) -> aws.iam.Role:
    namespace, account = who
    return aws.iam.Role(
        name,
        name=names.role(role),
        assume_role_policy=pod_identity_trust(names, [namespace], [account]),
        permissions_boundary=names.boundary_arn,
        tags=component.tags(name),
        opts=component.child_opts(),
    )
