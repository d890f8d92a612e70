"""Parts of pods that an operator completes: what they say counts, what they leave out does not."""

import pytest

from policies.analysis.pods.partial import parts_of
from policies.analysis.pods.pod import moving_images
from policies.analysis.pods.pss_restricted import told
from policies.engine.graph import UNKNOWN
from policies.engine.values import UndecidedError
from tests.policies.cases import resource

POD = {
    "containers": [
        {"name": "main", "image": "example/server:latest", "securityContext": {"privileged": True}}
    ]
}


def said(spec, kind="example.com/v1:Nobody"):
    """Everything that parts of an object say against the standard, with their places."""
    parts = parts_of(resource(f"kubernetes:{kind}", {"kind": "x", "spec": spec}))
    return [offence.message for p in parts for offence in (*told(p), *moving_images(p))]


OFFENCES = [
    ({"driver": {"hostNetwork": True}}, "spec.driver.hostNetwork: the pod shares the node's network"),
    (
        {("override"): {"nodeAgent": {"hostPID": True}}},
        "spec.override.nodeAgent.hostPID: the pod sees every process of the node",
    ),
    (
        {"volumes": [{"name": "v", "hostPath": {"path": "/"}}]},
        "spec.volumes[0].hostPath: the pod mounts / of the node",
    ),
    (
        {"volumes": {"v": {"hostPath": {"path": "/"}}}},
        "spec.volumes[0].hostPath: the pod mounts / of the node",
    ),
    (
        {("driver"): {"securityContext": {"privileged": True}}},
        "spec.driver.securityContext.privileged: container driver has every right on the node",
    ),
    (
        {"template": {"kafkaContainer": {"securityContext": {"runAsUser": 0}}}},
        "spec.template.kafkaContainer.securityContext.runAsUser: container kafkaContainer runs as user 0",
    ),
    (
        {("podSecurityContext"): {"runAsNonRoot": False}},
        "spec.podSecurityContext.runAsNonRoot: container spec may run as root; must be true",
    ),
    (
        {"containerSecurityContext": {"allowPrivilegeEscalation": True}},
        "spec.containerSecurityContext.allowPrivilegeEscalation: container spec may gain privileges; must be false",
    ),
    (
        {("securityContext"): {"pod": {}, "container": {"privileged": True}}},
        "spec.securityContext.container.privileged: container spec has every right on the node",
    ),
    (
        {("securityContext"): {"sysctls": [{"name": "kernel.msgmax"}]}},
        "spec.securityContext.sysctls[0].name: the pod sets kernel.msgmax of the kernel",
    ),
    (
        {
            "steps": [
                {"name": "build", "image": "a:1", "securityContext": {"capabilities": {"add": ["SYS_ADMIN"]}}}
            ]
        },
        "spec.steps[0].securityContext.capabilities.add: container build adds SYS_ADMIN",
    ),
    (
        {"initContainers": [{"name": "i", "securityContext": {"privileged": True}}]},
        "spec.initContainers[0].securityContext.privileged: container i has every right on the node",
    ),
    (
        {"containers": {"agent": {"ports": [{"containerPort": 1, "hostPort": 1}]}}},
        "spec.containers.agent.ports[0].hostPort: container agent takes port 1 of the node",
    ),
    ({"trainer": {"image": "a/b:latest"}}, "spec.trainer.image: a/b:latest is whatever was pushed last"),
    ({"imageName": "a/b:latest"}, "spec.image: a/b:latest is whatever was pushed last"),
    (
        {"image": {"repository": "a/b", "tag": "main"}},
        "spec.image.image: a/b:main is whatever was pushed last",
    ),
    ({"agent": {"image": "a/b", "args": ["x"]}}, "spec.agent.image: a/b is whatever was pushed last"),
]


@pytest.mark.parametrize(("spec", "expected"), OFFENCES)
def test_what_a_part_says_is_held_against_it(spec, expected):
    assert said(spec) == [expected]


QUIET = [
    {"driver": {"securityContext": {"runAsUser": 1000}}},
    {"driver": {"hostNetwork": False, "image": "a/b:1.2"}},
    {"securityContext": {"enabled": True}},
    {"agent": {"image": "a/b", "version": "1.2"}},
    {"agent": {"image": "a/b", "args": ["x"], "imageTag": "1.2"}},
    {"image": "a/b"},
    {"image": {"repository": "a/b", "tag": "main", "digest": "sha256:aa"}},
    {"image": "pictures/latest.png", "command": ["x"]},
    {"image": "https://example.com/image:latest"},
    {"volumes": [{"name": "v", "mountPath": "/x", "size": "1Gi"}, "v2"], "ports": [8080, {"port": 1}]},
    {"env": "prod", "command": "run", "args": "--latest", "script": {"x": 1}},
    {"hostNetwork": {"enabled": True}},
    {"template": {"spec": POD}},
    {"status": {"securityContext": {"privileged": True}}},
]


@pytest.mark.parametrize("spec", QUIET)
def test_what_a_part_leaves_out_is_not_asked_of_it(spec):
    assert said(spec) == []


@pytest.mark.parametrize(
    "kind",
    [
        "policy/v1beta1:PodSecurityPolicy",
        "security.openshift.io/v1:SecurityContextConstraints",
        "kyverno.io/v1:ClusterPolicy",
        "core/v1:ConfigMap",
        "apps/v1:Deployment",
        "serving.kserve.io/v1beta1:InferenceService",
        "helm.sh/v3:Release",
    ],
)
def test_kinds_that_run_none_or_have_rules_of_their_own_are_left_to_them(kind):
    assert said({"hostNetwork": True, "securityContext": {"privileged": True}}, kind) == []


def test_what_is_not_known_yet_is_undecided():
    with pytest.raises(UndecidedError):
        said({"driver": {"hostNetwork": UNKNOWN}})


@pytest.mark.parametrize(
    "spec", [{1: {None: {"hostNetwork": True}}}, {"env": {1: "x"}, "args": ["a"], 2: []}]
)
def test_keys_that_are_no_text_stop_nobody(spec):
    assert said(spec) in ([], ["spec.1.None.hostNetwork: the pod shares the node's network"])
