"""What deploys and previews may do inside the cluster without administering it: two groups, and their roles."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import pulumi

from components.cluster.cluster import ClusterHandle
from components.cluster.cluster_access import PREVIEWERS
from components.foundation.base import Handle, PlatformComponent
from components.foundation.kubernetes_object import KubernetesObject
from components.foundation.well_known import EDGE
from components.gateway.gateway import GatewayHandle
from components.models.workload_namespace import WorkloadNamespaceHandle

MODEL_DEPLOYERS: Final = "slipway:model-deployers"
"""The Kubernetes group of roles that bring up stacks of models."""
_PREVIEWS: Final = "slipway-previewers"
_DEPLOYS: Final = "slipway-model-deployers"
_WATCHED: Final = {"": ("events", "pods"), "apps": ("deployments", "replicasets")}
"""What the provider looks at while it waits for a model."""
READ: Final = ("get", "list", "watch")
WRITE: Final = ("create", "delete", "get", "list", "patch", "update", "watch")

READABLE: Final[Mapping[str, Sequence[str]]] = {
    # Not secrets: Helm keeps its releases in them under names that end with a number, which no role can list, and
    # beside them lie the keys of certificates.
    "": (
        "configmaps", "endpoints", "events", "limitranges", "namespaces", "nodes", "persistentvolumeclaims", "pods",
        "resourcequotas", "serviceaccounts", "services",
    ),
    "admissionregistration.k8s.io": ("*",),
    "aigateway.envoyproxy.io": ("*",),
    "apiextensions.k8s.io": ("*",),
    "apps": ("*",),
    "autoscaling": ("*",),
    "batch": ("*",),
    "cert-manager.io": ("*",),
    "elbv2.k8s.aws": ("*",),
    "gateway.envoyproxy.io": ("*",),
    "gateway.networking.k8s.io": ("*",),
    "inference.networking.k8s.io": ("*",),
    "karpenter.k8s.aws": ("*",),
    "karpenter.sh": ("*",),
    "keda.sh": ("*",),
    "monitoring.coreos.com": ("*",),
    "networking.istio.io": ("*",),
    "networking.k8s.io": ("*",),
    "policy": ("*",),
    "rbac.authorization.k8s.io": ("*",),
    "scheduling.k8s.io": ("*",),
    "security.istio.io": ("*",),
    "serving.kserve.io": ("*",),
    "storage.k8s.io": ("*",),
    "telemetry.istio.io": ("*",),
}  # fmt: skip
"""What stacks declare, and what the provider looks at while it waits for that."""

OF_MODELS: Final[Mapping[str, Sequence[str]]] = {
    "": ("configmaps", "serviceaccounts", "services"),
    "autoscaling": ("horizontalpodautoscalers",),
    "gateway.envoyproxy.io": ("backendtrafficpolicies",),
    "gateway.networking.k8s.io": ("httproutes",),
    "inference.networking.k8s.io": ("inferenceobjectives", "inferencepools"),
    "keda.sh": ("scaledobjects", "triggerauthentications"),
    "monitoring.coreos.com": ("prometheusrules",),
    "networking.k8s.io": ("networkpolicies",),
    "policy": ("poddisruptionbudgets",),
    "security.istio.io": ("authorizationpolicies",),
    "serving.kserve.io": ("inferenceservices", "llminferenceservices"),
}
"""What a stack of models makes in the namespace of models. The namespace itself, its quota and what closes it are the
platform's."""

OF_ROUTES: Final[Mapping[str, Sequence[str]]] = {
    "aigateway.envoyproxy.io": ("aigatewayroutes", "aiservicebackends", "backendsecuritypolicies"),
    "gateway.envoyproxy.io": (
        "backends", "backendtrafficpolicies", "envoyextensionpolicies", "httproutefilters", "securitypolicies",
    ),
    "gateway.networking.k8s.io": ("httproutes",),
    "security.istio.io": ("authorizationpolicies",),
}  # fmt: skip
"""The same at the edge: routes and what is held about their callers; the gateways are the platform's."""


def _meta(name: str, namespace: pulumi.Input[str] | None) -> dict[str, Any]:
    return {"name": name, **({"namespace": namespace} if namespace else {})}


Resources = Mapping[str, Sequence[str]]


def role(
    name: str, namespace: pulumi.Input[str] | None, *may: tuple[Resources, Sequence[str]]
) -> dict[str, Any]:
    """A role of one namespace, or of the cluster where none is named."""
    return {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "Role" if namespace else "ClusterRole",
        "metadata": _meta(name, namespace),
        "rules": [
            {"apiGroups": [group], "resources": list(resources), "verbs": list(verbs)}
            for resources_by_group, verbs in may
            for group, resources in resources_by_group.items()
        ],
    }


def binding(name: str, namespace: pulumi.Input[str] | None, group: str) -> dict[str, Any]:
    """Gives the role of the same name to a group."""
    return {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "RoleBinding" if namespace else "ClusterRoleBinding",
        "metadata": _meta(name, namespace),
        "roleRef": {
            "apiGroup": "rbac.authorization.k8s.io",
            "kind": "Role" if namespace else "ClusterRole",
            "name": name,
        },
        "subjects": [{"apiGroup": "rbac.authorization.k8s.io", "kind": "Group", "name": group}],
    }


@dataclass(frozen=True, kw_only=True)
class ClusterReadersArgs:
    """What :class:`ClusterReaders` needs."""

    cluster: ClusterHandle


@dataclass(frozen=True, kw_only=True)
class ClusterReadersHandle(Handle):
    """Nothing for others: members of the group are named in access entries."""


class ClusterReaders(PlatformComponent):
    """Members of ``slipway:previewers`` read what stacks declare, custom resources too, and no secret."""

    TYPE = "slipway:foundation:ClusterReaders"

    def __init__(
        self, name: str, args: ClusterReadersArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(name, opts)
        # Before the deploy role's access entry the API refuses every request.
        entered = self.child_opts(depends_on=list(args.cluster.ready))
        readers = KubernetesObject(f"{name}-role", role(_PREVIEWS, None, (READABLE, READ)), entered)
        bound = KubernetesObject(
            f"{name}-binding",
            binding(_PREVIEWS, None, PREVIEWERS),
            # A binding to a role that does not exist is accepted, and gives nothing until somebody makes one.
            self.child_opts(depends_on=[readers]),
        )
        self.handle = ClusterReadersHandle(ready=(bound,))
        self.register_outputs({})


@dataclass(frozen=True, kw_only=True)
class ModelDeployersArgs:
    """What :class:`ModelDeployers` needs: the namespaces that a stack of models puts things into."""

    workload_namespace: WorkloadNamespaceHandle
    gateway: GatewayHandle


@dataclass(frozen=True, kw_only=True)
class ModelDeployersHandle(Handle):
    """Nothing for others: members of the group are named in access entries."""


class ModelDeployers(PlatformComponent):
    """Members of ``slipway:model-deployers`` bring models and their routes up, and cannot give themselves more.

    They make no role, no namespace, no quota, no gateway and no secret.
    """

    TYPE = "slipway:foundation:ModelDeployers"

    def __init__(
        self, name: str, args: ModelDeployersArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(name, opts)
        places: tuple[tuple[str, pulumi.Input[str], Mapping[str, Sequence[str]], Handle], ...] = (
            ("models", args.workload_namespace.name, OF_MODELS, args.workload_namespace),
            (EDGE, args.gateway.edge_namespace, OF_ROUTES, args.gateway),
        )
        made: list[pulumi.Resource] = []
        for place, namespace, may, there in places:
            rules = role(_DEPLOYS, namespace, (may, WRITE), (_WATCHED, READ))
            bound = binding(_DEPLOYS, namespace, MODEL_DEPLOYERS)
            # A namespaced object is refused while its namespace does not exist.
            ready = self.child_opts(depends_on=list(there.ready))
            grants = KubernetesObject(f"{name}-{place}-role", rules, ready)
            made.append(
                KubernetesObject(f"{name}-{place}-binding", bound, self.child_opts(depends_on=[grants]))
            )
        self.handle = ModelDeployersHandle(ready=tuple(made))
        self.register_outputs({})
