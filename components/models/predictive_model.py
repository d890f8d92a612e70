"""A predictive model as an endpoint: embedding, classification, ranking."""

from collections.abc import Sequence
from typing import Any

import pulumi

from components.foundation.base import PlatformComponent
from components.foundation.kubernetes_object import KubernetesObject
from components.foundation.names import MODEL_READER, PAYLOAD_WRITER
from components.gateway.edge_route import EdgeRoute, EdgeRouteArgs
from components.gateway.failures import inner_words_policy
from components.models.args import ModelArgs
from components.models.edge import edge_of
from components.models.flows import predictor_flows, predictor_labels
from components.models.objectives import objectives_rule
from components.models.payload_logging import recorded_predictor, sampler_program
from components.models.predictive_manifest import Recorded, deployment_name, inference_service
from components.models.predictive_route import predictive_route
from components.models.scaling import scaled_object
from components.models.version import ModelVersion, ModelVersionArgs


class PredictiveModel(PlatformComponent):
    """All versions of a predictive model: one InferenceService, one route with their shares, one way in.

    What belongs to a version is keyed by it, and only the two objects that carry shares know who is stable.
    """

    TYPE = "slipway:serving:PredictiveModel"

    def __init__(self, name: str, args: ModelArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        where, edge = args.namespace, edge_of(args)
        ready = [r for version in args.plan.releases for r in self._parts(f"{name}-{version}", args, version)]
        service = KubernetesObject(
            f"{name}-service",
            inference_service(args.plan, where, args.settings, _recorded(args)),
            self.child_opts(depends_on=ready),
        )
        for version in args.plan.releases:
            KubernetesObject(
                f"{name}-{version}-scaling",
                _scaling(args, version),
                # Its target is the Deployment that KServe makes for the service, which is waited for.
                self.child_opts(depends_on=[service]),
            )
        shares = KubernetesObject(
            f"{name}-shares",
            predictive_route(args.plan, where, args.settings.traffic),
            self.child_opts(
                # A backend that is not there yet answers with errors.
                depends_on=[service],
                # One writer of weights: where a controller moves them, the stack sets the first and no other.
                ignore_changes=["spec.rules"] if args.plan.is_driven else [],
            ),
        )
        if edge.shares:  # chosen by a request's body: what is said in its place, the inner gateway says
            words = inner_words_policy(
                args.plan.model, where, args.plan.model, args.plan.labels(), edge.limits.words("openai")
            )
            KubernetesObject(f"{name}-words", words, self.child_opts(depends_on=[service]))
        EdgeRoute(f"{name}-edge", EdgeRouteArgs(route=edge, after=[shares]), self.child_opts())
        promised = objectives_rule(args.plan, args.settings.traffic.stable, where, args.names.region)
        if promised is not None:
            before = [*args.workload_namespace.ready, *args.telemetry.ready]
            KubernetesObject(f"{name}-objectives", promised, self.child_opts(depends_on=before))
        self.register_outputs({})

    def _parts(self, name: str, args: ModelArgs, version: str) -> Sequence[pulumi.Resource]:
        plan, keeps = args.plan.releases[version], args.settings.payload_logging is not None
        parts = ModelVersion(
            name,
            ModelVersionArgs(
                plan=plan,
                names=args.names,
                namespace=args.namespace,
                replicas=args.settings.versions[version].replicas.min,
                pods=predictor_labels(plan),
                flows=predictor_flows(plan, args.namespace, is_recorded=keeps),
                after=args.after(),
                capability=PAYLOAD_WRITER if keeps else MODEL_READER,
            ),
            self.child_opts(),
        ).handle.ready
        if not keeps:
            return parts
        program = sampler_program(plan, args.namespace)
        return [
            *parts,
            KubernetesObject(f"{name}-payload-sampler", program, self.child_opts(depends_on=list(parts))),
        ]


def _recorded(args: ModelArgs) -> Recorded:
    keeps = args.settings.payload_logging
    return {
        version: recorded_predictor(plan, keeps, args.names)
        for version, plan in args.plan.releases.items()
        if keeps is not None
    }


def _scaling(args: ModelArgs, version: str) -> dict[str, Any]:
    plan, replicas = args.plan.releases[version], args.settings.versions[version].replicas
    return scaled_object(
        name=plan.key,
        namespace=args.namespace,
        labels=plan.labels(),
        deployment=deployment_name(plan),
        route=plan.model,
        least=replicas.min,
        most=replicas.max,
        start_seconds=plan.start.warm_seconds,
    )
