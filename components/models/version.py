"""What each version of a model brings before its pods: account, identity, flows, disruption budget."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi

from components.foundation.base import Handle, PlatformComponent
from components.foundation.kubernetes_object import KubernetesObject
from components.foundation.names import MODEL_READER, Names
from components.identity.workload_identity import WorkloadIdentity, WorkloadIdentityArgs
from components.mesh.declared_flows import flow_objects
from components.mesh.flow import Flow
from components.models.manifests import disruption_budget, service_account
from components.models.plan import ReleasePlan


@dataclass(frozen=True, kw_only=True)
class ModelVersionArgs:
    """What :class:`ModelVersion` needs. ``pods`` are the labels its pods will have."""

    plan: ReleasePlan
    names: Names
    namespace: str
    replicas: int
    pods: dict[str, str]
    flows: Sequence[Flow]
    after: list[pulumi.Resource]
    capability: str = MODEL_READER


@dataclass(frozen=True, kw_only=True)
class ModelVersionHandle(Handle):
    """What a service of this version waits for; it has waited for the platform."""


class ModelVersion(PlatformComponent):
    """Everything is keyed by model and version and knows nothing of traffic: promotion touches none of it."""

    TYPE = "slipway:serving:ModelVersion"

    def __init__(self, name: str, args: ModelVersionArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        plan, where = args.plan, args.namespace
        # The account alone waits for the whole platform, and everything else for the account: to wait is transitive,
        # and dozens of dependencies on each of a model's objects were most of what a large stack's preview cost.
        account = KubernetesObject(
            f"{name}-account", service_account(plan, where), self.child_opts(depends_on=args.after)
        )
        after: list[pulumi.Resource] = [account]
        identity = WorkloadIdentity(
            f"{name}-identity",
            WorkloadIdentityArgs(
                cluster_name=args.names.cluster,
                namespace=where,
                service_account=plan.key,
                role_arn=args.names.role_arn(args.capability),
            ),
            self.child_opts(depends_on=after),
        )
        flows = [
            KubernetesObject(
                f"{name}-{role.removeprefix(f'{plan.key}-')}", manifest, self.child_opts(depends_on=after)
            )
            for role, manifest in flow_objects(args.flows).items()
        ]
        budget = KubernetesObject(
            f"{name}-budget",
            disruption_budget(plan, where, args.pods, args.replicas),
            self.child_opts(depends_on=after),
        )
        # Credentials are injected when a pod is admitted: the association and the account come first. Without its
        # flows a version would come up unreachable, without its budget unprotected.
        self.handle = ModelVersionHandle(ready=(account, *identity.handle.ready, *flows, budget))
        self.register_outputs({})
