"""Every control of the Pod Security Standards: a pod that meets them all, and one defect at a time."""

from copy import deepcopy

import pytest

from policies.analysis.pods.pod import Pod
from policies.analysis.pods.pss_restricted import offences
from policies.engine.graph import UNKNOWN
from policies.engine.values import UndecidedError

GOOD = {
    "securityContext": {
        "runAsNonRoot": True,
        "runAsUser": 1000,
        "seccompProfile": {"type": "RuntimeDefault"},
        "seLinuxOptions": {"level": "s0:c1,c2", "type": "container_t"},
        "appArmorProfile": {"type": "RuntimeDefault"},
        "sysctls": [{"name": "net.ipv4.tcp_rmem", "value": "4096 87380 6291456"}],
    },
    "volumes": [
        {"name": "a", "emptyDir": {}},
        {"name": "b", "image": {"reference": "example/model@sha256:0"}},
        {"name": "c", "hostPath": None, "projected": {"sources": []}},
    ],
    "containers": [
        {
            "name": "main",
            "image": "example/server:1.2.3",
            "ports": [{"containerPort": 8080}],
            "livenessProbe": {"httpGet": {"port": 8080}},
            "securityContext": {
                "allowPrivilegeEscalation": False,
                "capabilities": {"drop": ["ALL"], "add": ["NET_BIND_SERVICE"]},
                "procMount": "Default",
            },
        }
    ],
}


def messages(found):
    return [offence.message for offence in found]


def changed(path, value):
    pod = deepcopy(GOOD)
    *way, last = path.split(".")
    at = pod
    for step in way:
        at = at[int(step)] if step.isdigit() else at.setdefault(step, {})
    if value is None:
        del at[last]
    else:
        at[last] = value
    return pod


PROFILES = "RuntimeDefault or Localhost"
FIRST = "spec.containers[0].securityContext"
MAIN = "containers.0"
CONTEXT = f"{MAIN}.securityContext"

DEFECTS = [
    # the baseline
    ("hostNetwork", True, ["spec.hostNetwork: the pod shares the node's network"]),
    ("hostPID", True, ["spec.hostPID: the pod sees every process of the node"]),
    ("hostIPC", True, ["spec.hostIPC: the pod shares the node's memory segments"]),
    (
        "volumes",
        [{"name": "v", "hostPath": {"path": "/var/run"}}],
        ["spec.volumes[0].hostPath: the pod mounts /var/run of the node"],
    ),
    (
        f"{MAIN}.ports",
        [{"containerPort": 80, "hostPort": 80}],
        ["spec.containers[0].ports[0].hostPort: container main takes port 80 of the node"],
    ),
    (
        f"{MAIN}.livenessProbe",
        {"tcpSocket": {"port": 1, "host": "10.0.0.1"}},
        ["spec.containers[0].livenessProbe.tcpSocket.host: container main has 10.0.0.1 called from the node"],
    ),
    (
        f"{MAIN}.lifecycle",
        {"preStop": {"httpGet": {"port": 1, "host": "169.254.169.254"}}},
        [
            "spec.containers[0].lifecycle.preStop.httpGet.host: container main has 169.254.169.254 called from the node"
        ],
    ),
    (
        "securityContext.windowsOptions",
        {"hostProcess": True},
        ["spec.securityContext.windowsOptions.hostProcess: the pod runs as a process of the Windows host"],
    ),
    (
        f"{CONTEXT}.windowsOptions",
        {"hostProcess": True},
        [(f"{FIRST}.windowsOptions.hostProcess: container main runs as a process of the Windows host")],
    ),
    (
        f"{CONTEXT}.privileged",
        True,
        [f"{FIRST}.privileged: container main has every right on the node"],
    ),
    (
        f"{CONTEXT}.privileged",
        "true",
        [f"{FIRST}.privileged: container main has every right on the node"],
    ),
    (
        f"{CONTEXT}.capabilities.add",
        ["NET_RAW", "SYS_ADMIN"],
        [f"{FIRST}.capabilities.add: container main adds NET_RAW, SYS_ADMIN"],
    ),
    (
        f"{CONTEXT}.procMount",
        "Unmasked",
        [f"{FIRST}.procMount: container main sees Unmasked of /proc; Default"],
    ),
    (
        "securityContext.seccompProfile",
        {"type": "Unconfined"},
        [
            (
                f"spec.securityContext.seccompProfile.type: the pod may make every call to the kernel "
                f"(Unconfined); {PROFILES}"
            )
        ],
    ),
    (
        f"{CONTEXT}.seccompProfile",
        {"type": "Unconfined"},
        [
            f"{FIRST}.seccompProfile.type: container main may make every call to the kernel (Unconfined); {PROFILES}"
        ],
    ),
    (
        "securityContext.appArmorProfile",
        {"type": "Unconfined"},
        [f"spec.securityContext.appArmorProfile.type: AppArmor of the pod is Unconfined; {PROFILES}"],
    ),
    (
        f"{CONTEXT}.appArmorProfile",
        {"type": ""},
        [f"{FIRST}.appArmorProfile.type: AppArmor of container main is not named; {PROFILES}"],
    ),
    (
        "securityContext.seLinuxOptions",
        {"type": "spc_t"},
        ["spec.securityContext.seLinuxOptions.type: the pod has the SELinux type spc_t"],
    ),
    (
        f"{CONTEXT}.seLinuxOptions",
        {"user": "system_u"},
        [f"{FIRST}.seLinuxOptions.user: container main has the SELinux user system_u"],
    ),
    (
        f"{CONTEXT}.seLinuxOptions",
        {"role": "sysadm_r"},
        [f"{FIRST}.seLinuxOptions.role: container main has the SELinux role sysadm_r"],
    ),
    (
        "securityContext.sysctls",
        [{"name": "kernel.msgmax", "value": "1"}],
        ["spec.securityContext.sysctls[0].name: the pod sets kernel.msgmax of the kernel"],
    ),
    # what only the restricted standard asks
    (
        "volumes",
        [{"name": "v", "nfs": {"server": "x", "path": "/"}}],
        ["spec.volumes[0].nfs: the volume v is of a kind that reaches past the pod"],
    ),
    (
        "volumes",
        [{"name": "v", "gitRepo": {}}],
        ["spec.volumes[0].gitRepo: the volume v is of a kind that reaches past the pod"],
    ),
    (
        f"{CONTEXT}.allowPrivilegeEscalation",
        None,
        [f"{FIRST}: container main does not say allowPrivilegeEscalation: false"],
    ),
    (
        f"{CONTEXT}.capabilities.drop",
        ["NET_RAW"],
        [f"{FIRST}.capabilities.drop: container main keeps capabilities; [ALL]"],
    ),
    (
        f"{CONTEXT}.capabilities.drop",
        ["all"],
        [f"{FIRST}.capabilities.drop: container main keeps capabilities; [ALL]"],
    ),
    (
        f"{CONTEXT}.capabilities.add",
        ["CHOWN"],
        [f"{FIRST}.capabilities.add: container main adds CHOWN"],
    ),
    (
        "securityContext.runAsNonRoot",
        None,
        [f"{FIRST}: container main does not say runAsNonRoot: true"],
    ),
    (
        "securityContext.runAsNonRoot",
        False,
        ["spec.securityContext.runAsNonRoot: the pod may run as root; must be true"],
    ),
    (
        f"{CONTEXT}.runAsNonRoot",
        False,
        [f"{FIRST}.runAsNonRoot: container main may run as root; must be true"],
    ),
    ("securityContext.runAsUser", 0, ["spec.securityContext.runAsUser: the pod runs as user 0"]),
    (f"{CONTEXT}.runAsUser", 0, [f"{FIRST}.runAsUser: container main runs as user 0"]),
    (
        "securityContext.seccompProfile",
        None,
        [f"{FIRST}: container main does not say seccompProfile.type: RuntimeDefault"],
    ),
    (
        f"{CONTEXT}.seccompProfile",
        {"localhostProfile": "x"},
        [
            (
                f"{FIRST}.seccompProfile.type: seccomp of container main is not named; "
                "RuntimeDefault or Localhost"
            )
        ],
    ),
]


def test_a_compliant_pod_has_no_offence():
    assert messages(offences(Pod(GOOD))) == []


@pytest.mark.parametrize(("path", "value", "said"), DEFECTS)
def test_one_defect_is_told_once(path, value, said):
    assert messages(offences(Pod(changed(path, value)))) == said


@pytest.mark.parametrize("part", ["initContainers", "ephemeralContainers"])
def test_every_sort_of_container_is_looked_at(part):
    bad = {
        "name": "other",
        "securityContext": {**GOOD["containers"][0]["securityContext"], "privileged": True},
    }
    assert messages(offences(Pod({**GOOD, part: [bad]}))) == [
        (f"spec.{part}[0].securityContext.privileged: container other has every right on the node")
    ]


UNCONFINED = (
    "metadata.annotations[container.apparmor.security.beta.kubernetes.io/main]: "
    f"AppArmor of container main is unconfined; {PROFILES}"
)


@pytest.mark.parametrize(
    ("annotation", "said"),
    [
        ("unconfined", [UNCONFINED]),
        ("runtime/default", []),
        ("localhost/x", []),
        ("", []),
    ],
)
def test_the_old_spelling_of_apparmor(annotation, said):
    key = "container.apparmor.security.beta.kubernetes.io/main"
    assert messages(offences(Pod(GOOD, {key: annotation, "other": "unconfined"}))) == said


def test_what_cannot_be_read_hides_nothing():
    pod = changed("hostNetwork", UNKNOWN)
    pod["containers"][0]["securityContext"]["privileged"] = True
    found = offences(Pod(pod))
    assert next(found).message == f"{FIRST}.privileged: container main has every right on the node"
    with pytest.raises(UndecidedError, match=r"hostNetwork is not known yet$"):
        next(found)


def test_an_unknown_capability_is_undecided_and_the_rest_is_told():
    pod = GOOD | {"hostPID": True}
    pod["containers"] = deepcopy(GOOD["containers"])
    pod["containers"][0]["securityContext"]["capabilities"]["add"] = [UNKNOWN]
    found = offences(Pod(pod))
    assert next(found).message == "spec.hostPID: the pod sees every process of the node"
    with pytest.raises(UndecidedError):
        list(found)
