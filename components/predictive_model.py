"""A predictive model as an endpoint: embedding, classification, ranking."""

import pulumi

from components.base import PlatformComponent
from components.declared_flows import DeclaredFlows, DeclaredFlowsArgs
from components.edge_route import EdgeRoute, EdgeRouteArgs
from components.kubernetes import KubernetesObject
from components.model_args import ModelArgs
from components.model_flows import predictor_flows, predictor_labels
from components.model_manifests import disruption_budget, service_account
from components.model_route import ModelRoute
from components.names import MODEL_READER
from components.namespaces import INNER_DOMAIN
from components.predictive_manifest import inference_service, scaled_object
from components.workload_identity import WorkloadIdentity, WorkloadIdentityArgs


class PredictiveModel(PlatformComponent):
    """One release of a predictive model: service account, identity, flows, budget, InferenceService, scaling.

    Everything is named by model and version; a second version stands beside the first and restarts nothing.
    """

    TYPE = "slipway:serving:PredictiveModel"

    def __init__(self, name: str, args: ModelArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        plan, where, replicas = args.plan, args.namespace, args.settings.replicas
        after = args.after()
        account = KubernetesObject(
            f"{name}-account", service_account(plan, where), self.child_opts(depends_on=after)
        )
        identity = WorkloadIdentity(
            f"{name}-identity",
            WorkloadIdentityArgs(
                cluster_name=args.names.cluster,
                namespace=where,
                service_account=plan.key,
                role_arn=args.names.role_arn(MODEL_READER),
            ),
            self.child_opts(depends_on=after),
        )
        flows = DeclaredFlows(
            f"{name}-flows",
            DeclaredFlowsArgs(flows=predictor_flows(plan, where), after=after),
            self.child_opts(),
        )
        budget = KubernetesObject(
            f"{name}-budget",
            disruption_budget(plan, where, predictor_labels(plan), replicas.min),
            self.child_opts(depends_on=after),
        )
        service = KubernetesObject(
            f"{name}-service",
            inference_service(
                plan, where, pool=args.settings.pool, min_replicas=replicas.min, max_replicas=replicas.max
            ),
            # Credentials are injected when a pod is admitted: the association and the account come first. Without
            # its flows the endpoint would come up unreachable, without its budget unprotected.
            self.child_opts(depends_on=[*after, account, *identity.handle.ready, *flows.ready, budget]),
        )
        if replicas.min != replicas.max:
            KubernetesObject(
                f"{name}-scaling",
                scaled_object(plan, where, min_replicas=replicas.min, max_replicas=replicas.max),
                # Its target is the deployment KServe makes for the service.
                self.child_opts(depends_on=[*after, service]),
            )
        edge = ModelRoute(
            name=plan.model,
            hostname=args.gateway.hostname,
            kind="predictive",
            upstream_host=f"{plan.key}-{where}.{INNER_DOMAIN}",
        )
        EdgeRoute(f"{name}-edge", EdgeRouteArgs(route=edge, after=[*after, service]), self.child_opts())
        self.register_outputs({})
