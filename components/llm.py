"""A language model as an endpoint, on the GPUs of one node."""

import pulumi

from components.base import PlatformComponent
from components.declared_flows import DeclaredFlows, DeclaredFlowsArgs
from components.edge_route import EdgeRoute, EdgeRouteArgs
from components.kubernetes import KubernetesObject
from components.llm_manifest import llm_inference_service
from components.llm_route import model_path
from components.model_args import ModelArgs
from components.model_flows import engine_labels, llm_flows, trace_ways
from components.model_manifests import disruption_budget, service_account
from components.model_route import ModelRoute
from components.names import MODEL_READER
from components.workload_identity import WorkloadIdentity, WorkloadIdentityArgs


class Llm(PlatformComponent):
    """One release of a language model: service account, identity, flows, budget, LLMInferenceService.

    LLM autoscaling needs a variant autoscaler in KServe 0.20, so the count is the stack's ``replicas.min``.
    """

    TYPE = "slipway:serving:Llm"

    def __init__(self, name: str, args: ModelArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        plan, where, replicas = args.plan, args.namespace, args.settings.replicas.min
        if args.settings.pool is None:
            raise ValueError(f"models.{plan.model}.pool: a language model needs a GPU pool")
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
            DeclaredFlowsArgs(flows=llm_flows(plan, where), after=after),
            self.child_opts(),
        )
        traces = [
            KubernetesObject(f"{name}-traces-{role}", manifest, self.child_opts(depends_on=after))
            for role, manifest in trace_ways(plan, where).items()
        ]
        budget = KubernetesObject(
            f"{name}-budget",
            disruption_budget(plan, where, engine_labels(plan), replicas),
            self.child_opts(depends_on=after),
        )
        service = KubernetesObject(
            f"{name}-service",
            llm_inference_service(plan, where, pool=args.settings.pool, replicas=replicas),
            # Credentials are injected when a pod is admitted: the association and the account come first. Without
            # its flows the endpoint would come up unreachable, without its budget unprotected.
            self.child_opts(
                depends_on=[*after, account, *identity.handle.ready, *flows.ready, *traces, budget]
            ),
        )
        edge = ModelRoute(
            name=plan.model,
            hostname=args.gateway.hostname,
            kind="language",
            upstream_path=f"{model_path(where, plan.model)}/v1",
        )
        EdgeRoute(f"{name}-edge", EdgeRouteArgs(route=edge, after=[*after, service]), self.child_opts())
        self.register_outputs({})
