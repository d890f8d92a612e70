from copy import deepcopy

import pytest

from policies.analysis.pods.pod import image_problem
from policies.engine.graph import UNKNOWN
from policies.rules.kubernetes.pods import RULES
from tests.policies.cases import Case, RuleCases, cases_test, resource

_POD = {
    "securityContext": {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}},
    "containers": [
        {
            "name": "main",
            "image": "example/server:1.2.3",
            "securityContext": {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}},
            "resources": {"requests": {"cpu": "1", "memory": "1Gi"}, "limits": {"memory": "1Gi"}},
        }
    ],
}


def _workload(kind="Deployment", change=None):
    pod = deepcopy(_POD)
    if change is not None:
        change(pod, pod["containers"][0])
    if kind == "Pod":
        return resource("kubernetes:core/v1:Pod", {"kind": kind, "spec": pod})
    if kind == "CronJob":
        spec = {"jobTemplate": {"spec": {"template": {"spec": pod}}}}
        return resource("kubernetes:batch/v1:CronJob", {"kind": kind, "spec": spec})
    return resource(f"kubernetes:apps/v1:{kind}", {"kind": kind, "spec": {"template": {"spec": pod}}})


def _init(pod, container):
    pod["initContainers"] = [{**container, "name": "init"}]
    return pod["initContainers"][0]


def _own_user(pod, container):
    pod.pop("securityContext")
    container["securityContext"] |= {"runAsNonRoot": True, "seccompProfile": {"type": "Localhost"}}


def _failing(change, *findings, kind="Deployment"):
    return Case(_workload(kind, change), findings=findings)


def _part(spec):
    return resource("kubernetes:example.com/v1:Operator", {"kind": "Operator", "spec": spec})


def _token(account, mounted=None):
    said = {"serviceAccountName": account, "automountServiceAccountToken": mounted}
    return _workload(change=lambda p, _c: p.update({k: v for k, v in said.items() if v is not None}))


_OTHER = [Case(resource("kubernetes:core/v1:Service", {"kind": "Service"}))]

_SHARED = (
    "spec.template.spec.automountServiceAccountToken: asks for the token of the namespace's default account, "
    "which every pod there shares"
)

CASES = {
    "pods-meet-restricted-pss": RuleCases(
        passing=[
            Case(_workload()),
            Case(_workload("Pod")),
            Case(_workload("CronJob")),
            Case(_workload(change=_own_user)),
            Case(_part({"driver": {"securityContext": {"runAsUser": 185}}})),
            Case(
                _workload(
                    change=lambda _p, c: c["securityContext"]["capabilities"].update(add=["NET_BIND_SERVICE"])
                )
            ),
        ],
        failing=[
            _failing(
                lambda p, _c: p.update(hostNetwork=True),
                "spec.template.spec.hostNetwork: the pod shares the node's network",
                kind="DaemonSet",
            ),
            _failing(
                lambda p, _c: p.update(hostPID=True, hostIPC=True),
                "spec.hostPID: the pod sees every process of the node",
                "spec.hostIPC: the pod shares the node's memory segments",
                kind="Pod",
            ),
            _failing(
                lambda p, _c: p.update(volumes=[{"hostPath": {"path": "/"}}]),
                "spec.template.spec.volumes[0].hostPath: the pod mounts / of the node",
            ),
            _failing(
                lambda _p, c: c["securityContext"].update(privileged=True),
                "spec.jobTemplate.spec.template.spec.containers[0].securityContext.privileged: container "
                "main has every right on the node",
                kind="CronJob",
            ),
            _failing(
                lambda _p, c: c["securityContext"].pop("allowPrivilegeEscalation"),
                "spec.template.spec.containers[0].securityContext: container main does not say "
                "allowPrivilegeEscalation: false",
            ),
            _failing(
                lambda _p, c: c["securityContext"].pop("capabilities"),
                "spec.template.spec.containers[0].securityContext: container main does not say "
                "capabilities.drop: [ALL]",
            ),
            _failing(
                lambda _p, c: c["securityContext"]["capabilities"].update(add=["SYS_ADMIN", "NET_RAW"]),
                "spec.template.spec.containers[0].securityContext.capabilities.add: container main adds "
                "NET_RAW, SYS_ADMIN",
            ),
            _failing(
                lambda p, _c: p["securityContext"].pop("runAsNonRoot"),
                "spec.template.spec.containers[0].securityContext: container main does not say runAsNonRoot: true",
            ),
            _failing(
                lambda _p, c: c["securityContext"].update(runAsNonRoot=False),
                "spec.template.spec.containers[0].securityContext.runAsNonRoot: container main may run "
                "as root; must be true",
            ),
            _failing(
                lambda p, _c: p["securityContext"].pop("seccompProfile"),
                "spec.template.spec.containers[0].securityContext: container main does not say "
                "seccompProfile.type: RuntimeDefault",
            ),
            _failing(
                lambda p, c: _init(p, c).update(securityContext={**c["securityContext"], "privileged": True}),
                "spec.template.spec.initContainers[0].securityContext.privileged: container init has "
                "every right on the node",
            ),
            Case(
                _part(
                    {"driver": {"hostNetwork": True}, "volumes": [{"name": "v", "hostPath": {"path": "/"}}]}
                ),
                findings=[
                    "spec.driver.hostNetwork: the pod shares the node's network",
                    "spec.volumes[0].hostPath: the pod mounts / of the node",
                ],
            ),
        ],
        not_applicable=_OTHER,
        undecided=[
            Case(_workload(change=lambda p, _c: p.update(hostNetwork=UNKNOWN))),
            Case(_workload(change=lambda p, _c: p.update(containers=UNKNOWN))),
        ],
    ),
    "containers-are-bounded": RuleCases(
        passing=[
            Case(_workload()),
            Case(
                _workload(change=lambda _p, c: c.update(resources={"limits": {"cpu": "1", "memory": "1Gi"}}))
            ),
            Case(_workload(change=lambda p, c: p.update(resources=c.pop("resources")))),
            Case(_part({"driver": {"image": "a/b:1"}})),
        ],
        failing=[
            _failing(
                lambda _p, c: c.pop("resources"),
                "spec.template.spec.containers[0].resources: container main has no requests.cpu, "
                "requests.memory, limits.memory",
            ),
            _failing(
                lambda _p, c: c["resources"].pop("limits"),
                "spec.template.spec.containers[0].resources: container main has no limits.memory",
            ),
            _failing(
                lambda _p, c: c["resources"].update(limits={"memory": "0Mi"}),
                "spec.template.spec.containers[0].resources: container main has no limits.memory",
            ),
            _failing(
                lambda p, c: (p.update(resources={"limits": {"memory": "1Gi"}}), c.pop("resources")),
                "spec.template.spec.containers[0].resources: container main has no requests.cpu, "
                "requests.memory, limits.memory",
            ),
        ],
        not_applicable=_OTHER,
        undecided=[Case(_workload(change=lambda _p, c: c.update(resources=UNKNOWN)))],
    ),
    "images-are-pinned": RuleCases(
        passing=[
            Case(_workload()),
            Case(_workload(change=lambda _p, c: c.update(image="host:5000/server@sha256:" + "0" * 64))),
        ],
        failing=[
            _failing(
                lambda _p, c: c.update(image="server:latest"),
                "spec.template.spec.containers[0].image: server:latest is whatever was pushed last",
            ),
            _failing(
                lambda p, c: _init(p, c).update(image="server"),
                "spec.template.spec.initContainers[0].image: server is whatever was pushed last",
            ),
            _failing(
                lambda p, _c: p.update(volumes=[{"name": "m", "image": {"reference": "host/model:latest"}}]),
                "spec.template.spec.volumes[0].image.reference: host/model:latest is whatever was pushed last",
            ),
            Case(
                _part({"driver": {"image": "a/b:latest"}}),
                findings=["spec.driver.image: a/b:latest is whatever was pushed last"],
            ),
        ],
        not_applicable=_OTHER,
        undecided=[Case(_workload(change=lambda _p, c: c.update(image=UNKNOWN)))],
    ),
    "pods-share-no-token": RuleCases(
        passing=[
            Case(_workload()),
            Case(_token("app", mounted=True)),
            Case(_token("default", mounted=False)),
            Case(_token("default")),
        ],
        failing=[
            Case(_token("default", mounted=True), findings=[_SHARED]),
            Case(_token(None, mounted=True), findings=[_SHARED]),
        ],
        not_applicable=_OTHER,
        undecided=[Case(_token(UNKNOWN, mounted=True))],
    ),
}

test_cases = cases_test(RULES, CASES)


@pytest.mark.parametrize(
    ("image", "moves"),
    [
        ("host:5000/server", True),
        ("server:main", True),
        ("server:2025-latest", True),
        ("server:latest-gpu", True),
        ("server:stable", True),
        ("server:nightly-20250101", False),
        ("server:1.27-alpine", False),
        ("host:5000/server:1", False),
        ("server:latest@sha256:0", False),
        ("", True),
    ],
)
def test_a_port_is_no_tag(image, moves):
    assert bool(image_problem(image)) is moves
