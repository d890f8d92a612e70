"""Registering a model's route at the edge: what protects it first, the route last."""

from dataclasses import dataclass
from typing import Final

import pulumi

from components.foundation.base import PlatformComponent
from components.foundation.kubernetes_object import KubernetesObject
from components.gateway.model_route import ModelRoute, model_route

_LAST: Final = "route"


@dataclass(frozen=True, kw_only=True)
class EdgeRouteArgs:
    """What :class:`EdgeRoute` needs. ``after`` holds the gateway and the model."""

    route: ModelRoute
    after: list[pulumi.Resource]


class EdgeRoute(PlatformComponent):
    """The callers a stack names reach one model at the edge, within their limits.

    The objects carry the model's name without its version: callers do not follow versions. Only what leads to one
    version of a language model is named after it.
    """

    TYPE = "slipway:gateway:EdgeRoute"

    def __init__(self, name: str, args: EdgeRouteArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        manifests = model_route(args.route)
        # A route that stood before its model would answer with errors.
        before = [
            KubernetesObject(f"{name}-{role}", manifest, self.child_opts(depends_on=args.after))
            for role, manifest in manifests.items()
            if role != _LAST
        ]
        # Open without its limits, were it made first.
        KubernetesObject(
            f"{name}-{_LAST}",
            manifests[_LAST],
            self.child_opts(
                depends_on=[*args.after, *before],
                # One writer of weights: where a controller moves them, the stack sets the first and no other.
                ignore_changes=["spec.rules"] if args.route.is_driven else [],
            ),
        )
        self.register_outputs({})
