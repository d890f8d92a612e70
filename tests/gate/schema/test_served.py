"""Kinds and versions of both sides: those that the pinned platform serves, and those that it does not."""

import pytest

from gate.schema.served import defined, unserved
from gate.schema.shape import check_shapes
from policies.engine.graph import Resource

NOBODY = [
    ("inference.networking.x-k8s.io/v1alpha2", "InferenceModel", "the pinned inference.networking.x-k8s.io has InferencePool"),  # noqa: E501
    ("inference.networking.k8s.io/v1alpha2", "InferencePool", "use inference.networking.k8s.io/v1"),
    ("policy/v1beta1", "PodSecurityPolicy", "Kubernetes 1.35 has no such kind"),
    ("policy/v1beta1", "PodDisruptionBudget", "use policy/v1"),
    ("autoscaling/v2beta2", "HorizontalPodAutoscaler", "use autoscaling/v1 or autoscaling/v2"),
    ("batch/v1beta1", "CronJob", "use batch/v1"),
    ("extensions/v1beta1", "Ingress", "use networking.k8s.io/v1"),
    ("networking.k8s.io/v1beta1", "Ingress", "use networking.k8s.io/v1"),
    ("rbac.authorization.k8s.io/v1beta1", "ClusterRole", "use rbac.authorization.k8s.io/v1"),
    ("v1", "Deployment", "Kubernetes 1.35 has no such kind"),
    ("karpenter.sh/v1alpha5", "Provisioner", "the pinned karpenter.sh has NodeClaim, NodeOverlay, NodePool"),
    ("karpenter.sh/v1beta1", "NodePool", "use karpenter.sh/v1"),
    ("serving.kserve.io/v1alpha2", "InferenceService", "use serving.kserve.io/v1beta1"),
    ("serving.kubeflow.org/v1beta1", "InferenceService", "the group serving.kubeflow.org is gone, use serving.kserve.io"),  # noqa: E501
    ("gateway.networking.k8s.io/v1alpha2", "HTTPRoute", "use gateway.networking.k8s.io/v1 or gateway.networking.k8s.io/v1beta1"),  # noqa: E501
    ("cert-manager.io/v1alpha2", "Certificate", "use cert-manager.io/v1"),
]  # fmt: skip
SOMEBODY = [
    ("v1", "Pod"),
    ("apps/v1", "Deployment"),
    ("autoscaling/v1", "HorizontalPodAutoscaler"),
    ("flowcontrol.apiserver.k8s.io/v1", "FlowSchema"),
    ("apiextensions.k8s.io/v1", "CustomResourceDefinition"),
    ("apiregistration.k8s.io/v1", "APIService"),
    ("rbac.authorization.k8s.io/v1", "ClusterRoleBinding"),
    ("storage.k8s.io/v1", "StorageClass"),
    ("snapshot.storage.k8s.io/v1", "VolumeSnapshot"),
    ("metrics.k8s.io/v1beta1", "PodMetrics"),
    ("cert-manager.io/v1", "CertificateRequest"),
    ("networking.istio.io/v1", "VirtualService"),
    ("monitoring.coreos.com/v1", "Prometheus"),
    ("serving.kserve.io/v1alpha1", "LocalModelCache"),
    ("keda.sh/v1alpha1", "ScaledObject"),
    ("gateway.networking.k8s.io/v1alpha2", "TCPRoute"),  # of the experimental channel
    ("argoproj.io/v1alpha1", "Rollout"),
]


@pytest.mark.parametrize(("api_version", "kind", "instead"), NOBODY)
def test_nobody_serves_it(api_version, kind, instead):
    assert unserved(api_version, kind, {}) == f"no matches for kind {kind} in {api_version}: {instead}"


@pytest.mark.parametrize(("api_version", "kind"), SOMEBODY)
def test_somebody_serves_it_or_nobody_knows(api_version, kind):
    assert not unserved(api_version, kind, {})


def resource(manifest):
    type_ = f"kubernetes:{manifest['apiVersion']}:{manifest['kind']}"
    return Resource(urn=f"u:{manifest['metadata']['name']}", type=type_, name="x", inputs=manifest)


def model():
    return {
        "apiVersion": "inference.networking.x-k8s.io/v1alpha2",
        "kind": "InferenceModel",
        "metadata": {"name": "chat"},
    }


def definition(*, served):
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": "inferencemodels.inference.networking.x-k8s.io"},
        "spec": {
            "group": "inference.networking.x-k8s.io",
            "names": {"kind": "InferenceModel", "plural": "inferencemodels"},
            "scope": "Namespaced",
            "versions": [
                {
                    "name": "v1alpha2",
                    "served": served,
                    "storage": True,
                    "schema": {"openAPIV3Schema": {"type": "object"}},
                }
            ],
        },
    }


def test_a_definition_beside_the_object_serves_it():
    objects = [resource(model()), resource(definition(served=True))]
    assert check_shapes(objects).problems == ()
    assert defined(objects) == {"inference.networking.x-k8s.io InferenceModel": frozenset({"v1alpha2"})}


def test_a_definition_that_serves_nothing_helps_nobody():
    found = check_shapes([resource(model()), resource(definition(served=False))]).problems
    assert [(p.urn, p.path) for p in found] == [("u:chat", "apiVersion")]


def test_a_custom_resource_of_a_removed_version_is_a_problem():
    said = "no matches for kind CronJob in batch/v1beta1: use batch/v1"
    found = check_shapes(
        [resource({"apiVersion": "batch/v1beta1", "kind": "CronJob", "metadata": {"name": "x"}})]
    )
    assert [p.message for p in found.problems] == [said]
