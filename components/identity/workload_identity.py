"""Giving a service account a role: one EKS Pod Identity association."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.foundation.base import Handle, PlatformComponent


@dataclass(frozen=True, kw_only=True)
class WorkloadIdentityArgs:
    """What :class:`WorkloadIdentity` needs: who (cluster, namespace, account) gets which role."""

    cluster_name: pulumi.Input[str]
    namespace: str
    service_account: str
    role_arn: pulumi.Input[str]


@dataclass(frozen=True, kw_only=True)
class WorkloadIdentityHandle(Handle):
    """What others may use of :class:`WorkloadIdentity`: credentials are injected into pods admitted after it."""


class WorkloadIdentity(PlatformComponent):
    """Pods of one service account get credentials of one role, with the session tags its trust asks for.

    A pod admitted before the association exists never gets them: workloads wait for ``ready``. Cluster and role
    are named by complete strings, so Pulumi cannot see that both must exist: the caller says ``depends_on``.
    """

    TYPE = "slipway:identity:WorkloadIdentity"

    def __init__(
        self, name: str, args: WorkloadIdentityArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(name, opts)
        association = aws.eks.PodIdentityAssociation(
            f"{name}-association",
            cluster_name=args.cluster_name,
            namespace=args.namespace,
            service_account=args.service_account,
            role_arn=args.role_arn,
            tags=self.tags(f"{name}-association"),
            opts=self.child_opts(),
        )
        self.handle = WorkloadIdentityHandle(ready=(association,))
        self.register_outputs({})
