"""A language model as an endpoint, on the GPUs of one node."""

import pulumi

from components.foundation.base import PlatformComponent
from components.foundation.kubernetes_object import KubernetesObject
from components.gateway.edge_route import EdgeRoute, EdgeRouteArgs
from components.gateway.failures import inner_words_policy
from components.models.args import ModelArgs
from components.models.edge import edge_of, limits_of
from components.models.flows import engine_labels, llm_flows
from components.models.llm_manifest import llm_inference_service, start_minutes
from components.models.objectives import objectives_rule
from components.models.version import ModelVersion, ModelVersionArgs
from components.serving.llm_route import ROUTE_SUFFIX


class Llm(PlatformComponent):
    """All versions of a language model: an LLMInferenceService each, and one way in, with their shares.

    LLM autoscaling needs a variant autoscaler in KServe 0.20, so the count is the version's ``replicas.min``.
    """

    TYPE = "slipway:serving:Llm"

    def __init__(self, name: str, args: ModelArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        services = [self._service(f"{name}-{version}", args, version) for version in args.plan.releases]
        EdgeRoute(
            f"{name}-edge",
            EdgeRouteArgs(route=edge_of(args), after=services),
            self.child_opts(),
        )
        promised = objectives_rule(args.plan, args.settings.traffic.stable, args.namespace, args.names.region)
        if promised is not None:
            before = [*args.workload_namespace.ready, *args.telemetry.ready]
            KubernetesObject(f"{name}-objectives", promised, self.child_opts(depends_on=before))
        self.register_outputs({})

    def _service(self, name: str, args: ModelArgs, version: str) -> pulumi.Resource:
        plan, where = args.plan.releases[version], args.namespace
        chosen = args.settings.versions[version]
        parts = ModelVersion(
            name,
            ModelVersionArgs(
                plan=plan,
                names=args.names,
                namespace=where,
                replicas=chosen.replicas.min,
                pods=engine_labels(plan),
                flows=llm_flows(plan, where),
                after=args.after(),
            ),
            self.child_opts(),
        )
        ready = list(parts.handle.ready)
        words = inner_words_policy(
            plan.key, where, f"{plan.key}{ROUTE_SUFFIX}", plan.labels(), limits_of(args).words("openai")
        )
        KubernetesObject(f"{name}-words", words, self.child_opts(depends_on=ready))
        return KubernetesObject(
            f"{name}-service",
            args.registry.pulls(
                llm_inference_service(plan, where, args.names, pool=chosen.pool, replicas=chosen.replicas.min)
            ),
            self.child_opts(
                depends_on=ready,
                custom_timeouts=pulumi.CustomTimeouts(
                    create=f"{start_minutes(plan)}m", update=f"{start_minutes(plan)}m"
                ),
            ),
        )
