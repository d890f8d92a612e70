"""A pod is found wherever it stands, and nothing that only looks like one."""

import pytest

from policies.analysis.pods.finder import pods_of
from policies.engine.graph import UNKNOWN
from policies.engine.values import UndecidedError
from tests.policies.cases import resource

POD = {"containers": [{"name": "main", "image": "example/server:1"}]}
TEMPLATE = {"metadata": {"annotations": {"note": "here"}}, "spec": POD}


def places(type_, inputs):
    return [(pod.path, [c.name for c in pod.containers()]) for pod in pods_of(resource(type_, inputs))]


KINDS = [
    ("core/v1:Pod", {"spec": POD}, ["spec"]),
    ("core/v1:PodTemplate", {"template": TEMPLATE}, ["template.spec"]),
    ("core/v1:ReplicationController", {"spec": {"template": TEMPLATE}}, ["spec.template.spec"]),
    ("apps/v1:Deployment", {"spec": {"template": TEMPLATE}}, ["spec.template.spec"]),
    (
        ("batch/v1:CronJob"),
        {"spec": {"jobTemplate": {"spec": {"template": TEMPLATE}}}},
        ["spec.jobTemplate.spec.template.spec"],
    ),
    (
        "leaderworkerset.x-k8s.io/v1:LeaderWorkerSet",
        {"spec": {"leaderWorkerTemplate": {"leaderTemplate": TEMPLATE, "workerTemplate": TEMPLATE}}},
        ["spec.leaderWorkerTemplate.leaderTemplate.spec", "spec.leaderWorkerTemplate.workerTemplate.spec"],
    ),
    (
        "ray.io/v1:RayCluster",
        {"spec": {"headGroupSpec": {"template": TEMPLATE}, "workerGroupSpecs": [{"template": TEMPLATE}]}},
        ["spec.headGroupSpec.template.spec", "spec.workerGroupSpecs[0].template.spec"],
    ),
    (
        "ray.io/v1:RayService",
        {"spec": {"rayClusterConfig": {"headGroupSpec": {"template": TEMPLATE}}}},
        ["spec.rayClusterConfig.headGroupSpec.template.spec"],
    ),
    (
        "ray.io/v1:RayJob",
        {
            "spec": {
                "submitterPodTemplate": TEMPLATE,
                "rayClusterSpec": {"headGroupSpec": {"template": TEMPLATE}},
            }
        },
        ["spec.submitterPodTemplate.spec", "spec.rayClusterSpec.headGroupSpec.template.spec"],
    ),
    ("serving.knative.dev/v1:Service", {"spec": {"template": TEMPLATE}}, ["spec.template.spec"]),
    ("serving.knative.dev/v1:Revision", {"spec": POD}, ["spec"]),
    ("agents.x-k8s.io/v1beta1:Sandbox", {"spec": {"podTemplate": TEMPLATE}}, ["spec.podTemplate.spec"]),
    (
        "jobset.x-k8s.io/v1alpha2:JobSet",
        {"spec": {"replicatedJobs": [{"name": "a", "template": {"spec": {"template": TEMPLATE}}}]}},
        ["spec.replicatedJobs[0].template.spec.template.spec"],
    ),
    (
        "kubeflow.org/v1:PyTorchJob",
        {"spec": {"pytorchReplicaSpecs": {"Master": {"template": TEMPLATE}}}},
        ["spec.pytorchReplicaSpecs.Master.template.spec"],
    ),
    ("example.com/v1:Nobody", {"anything": [{"deep": POD}]}, ["anything[0].deep"]),
]


@pytest.mark.parametrize(("kind", "inputs", "expected"), KINDS)
def test_pods_are_found(kind, inputs, expected):
    assert places(f"kubernetes:{kind}", inputs) == [(place, ["main"]) for place in expected]


@pytest.mark.parametrize("kind", ["apps/v1:Deployment", "example.com/v1:Nobody"])
def test_annotations_come_along(kind):
    (pod,) = pods_of(resource(f"kubernetes:{kind}", {"spec": {"template": TEMPLATE}}))
    assert pod.annotations == {"note": "here"}


NONE = [
    ("kyverno.io/v1:ClusterPolicy", {"spec": {"rules": [{"validate": {"pattern": {"spec": POD}}}]}}),
    ("helm.sh/v3:Release", {"values": {"extra": POD}}),
    ("core/v1:ConfigMap", {"data": {"pod.yaml": "containers: []"}}),
    ("example.com/v1:Nobody", {"spec": {"containers": ["a", "b"]}}),
    ("example.com/v1:Nobody", {"spec": {"containers": {"a": {"image": "x"}}}}),
    ("example.com/v1:Nobody", {"spec": {"containers": [{"size": 3}]}}),
    ("serving.kserve.io/v1beta1:InferenceService", {"spec": {"predictor": POD}}),
    ("core/v1:Namespace", {"metadata": {"annotations": POD}}),
]


@pytest.mark.parametrize(("kind", "inputs"), NONE)
def test_what_runs_no_pod_of_its_own_has_none(kind, inputs):
    assert places(f"kubernetes:{kind}", inputs) == []


@pytest.mark.parametrize(
    ("kind", "inputs", "said"),
    [
        ("apps/v1:Deployment", {"spec": UNKNOWN}, "spec.template is not known yet"),
        ("core/v1:Pod", {"spec": UNKNOWN}, "spec is not known yet"),
        ("core/v1:Pod", {"spec": []}, "spec: expected a mapping, got list"),
        (
            "argoproj.io/v1alpha1:Workflow",
            {"spec": {"templates": [{"name": "t", "container": {"image": "a"}, "podSpecPatch": "{{=a}}"}]}},
            "t: podSpecPatch changes the pod when it runs",
        ),
    ],
)
def test_a_known_kind_that_cannot_be_read_is_undecided(kind, inputs, said):
    with pytest.raises(UndecidedError) as caught:
        list(pods_of(resource(f"kubernetes:{kind}", inputs)))
    assert str(caught.value) == said


def test_an_image_that_is_not_known_yet_is_one():
    pod = {"containers": [{"name": "main", "image": UNKNOWN}]}
    assert places("kubernetes:example.com/v1:Nobody", {"spec": pod}) == [("spec", ["main"])]
