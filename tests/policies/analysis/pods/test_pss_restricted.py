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


MAIN = "containers.0"
CONTEXT = f"{MAIN}.securityContext"

DEFECTS = [
    # the baseline
    ("hostNetwork", True, ["hostNetwork is on"]),
    ("hostPID", True, ["hostPID is on"]),
    ("hostIPC", True, ["hostIPC is on"]),
    ("volumes", [{"name": "v", "hostPath": {"path": "/var/run"}}], ["mounts /var/run of the node"]),
    (f"{MAIN}.ports", [{"containerPort": 80, "hostPort": 80}], ["main: takes port 80 of the node"]),
    (
        f"{MAIN}.livenessProbe",
        {"tcpSocket": {"port": 1, "host": "10.0.0.1"}},
        ["main: livenessProbe calls 10.0.0.1 from the node"],
    ),
    (
        f"{MAIN}.lifecycle",
        {"preStop": {"httpGet": {"port": 1, "host": "169.254.169.254"}}},
        ["main: lifecycle.preStop calls 169.254.169.254 from the node"],
    ),
    (
        "securityContext.windowsOptions",
        {"hostProcess": True},
        ["pod: runs as a process of the Windows host"],
    ),
    (
        f"{CONTEXT}.windowsOptions",
        {"hostProcess": True},
        ["main: runs as a process of the Windows host"],
    ),
    (f"{CONTEXT}.privileged", True, ["main: privileged"]),
    (f"{CONTEXT}.privileged", "true", ["main: privileged"]),
    (f"{CONTEXT}.capabilities.add", ["NET_RAW", "SYS_ADMIN"], ["main: adds NET_RAW, SYS_ADMIN"]),
    (f"{CONTEXT}.procMount", "Unmasked", ["main: sees Unmasked of /proc"]),
    ("securityContext.seccompProfile", {"type": "Unconfined"}, ["pod: seccomp is Unconfined"]),
    (f"{CONTEXT}.seccompProfile", {"type": "Unconfined"}, ["main: seccomp is Unconfined"]),
    ("securityContext.appArmorProfile", {"type": "Unconfined"}, ["pod: AppArmor is Unconfined"]),
    (f"{CONTEXT}.appArmorProfile", {"type": ""}, ["main: AppArmor is not named"]),
    ("securityContext.seLinuxOptions", {"type": "spc_t"}, ["pod: has the SELinux type spc_t"]),
    (f"{CONTEXT}.seLinuxOptions", {"user": "system_u"}, ["main: has the SELinux user system_u"]),
    (f"{CONTEXT}.seLinuxOptions", {"role": "sysadm_r"}, ["main: has the SELinux role sysadm_r"]),
    (
        "securityContext.sysctls",
        [{"name": "kernel.msgmax", "value": "1"}],
        ["sets kernel.msgmax of the kernel"],
    ),
    # what only the restricted standard asks
    ("volumes", [{"name": "v", "nfs": {"server": "x", "path": "/"}}], ["v: a volume of kind nfs"]),
    ("volumes", [{"name": "v", "gitRepo": {}}], ["v: a volume of kind gitRepo"]),
    (
        f"{CONTEXT}.allowPrivilegeEscalation",
        None,
        ["main: may gain privileges (allowPrivilegeEscalation is not false)"],
    ),
    (f"{CONTEXT}.capabilities.drop", ["NET_RAW"], ["main: keeps capabilities"]),
    (f"{CONTEXT}.capabilities.drop", ["all"], ["main: keeps capabilities"]),
    (f"{CONTEXT}.capabilities.add", ["CHOWN"], ["main: adds CHOWN"]),
    ("securityContext.runAsNonRoot", None, ["main: may run as root"]),
    ("securityContext.runAsNonRoot", False, ["pod: may run as root"]),
    (f"{CONTEXT}.runAsNonRoot", False, ["main: may run as root"]),
    ("securityContext.runAsUser", 0, ["pod: runs as user 0"]),
    (f"{CONTEXT}.runAsUser", 0, ["main: runs as user 0"]),
    ("securityContext.seccompProfile", None, ["main: no seccomp profile"]),
    (f"{CONTEXT}.seccompProfile", {"localhostProfile": "x"}, ["main: seccomp is not named"]),
]


def test_a_compliant_pod_has_no_offence():
    assert list(offences(Pod(GOOD))) == []


@pytest.mark.parametrize(("path", "value", "said"), DEFECTS)
def test_one_defect_is_told_once(path, value, said):
    assert list(offences(Pod(changed(path, value)))) == said


@pytest.mark.parametrize("part", ["initContainers", "ephemeralContainers"])
def test_every_sort_of_container_is_looked_at(part):
    bad = {
        "name": "other",
        "securityContext": {**GOOD["containers"][0]["securityContext"], "privileged": True},
    }
    assert list(offences(Pod({**GOOD, part: [bad]}))) == ["other: privileged"]


@pytest.mark.parametrize(
    ("annotation", "said"),
    [
        ("unconfined", ["main: AppArmor is unconfined"]),
        ("runtime/default", []),
        ("localhost/x", []),
        ("", []),
    ],
)
def test_the_old_spelling_of_apparmor(annotation, said):
    key = "container.apparmor.security.beta.kubernetes.io/main"
    assert list(offences(Pod(GOOD, {key: annotation, "other": "unconfined"}))) == said


def test_windows_has_no_linux_controls():
    pod = {
        "os": {"name": "windows"},
        "securityContext": {"runAsNonRoot": True},
        "containers": [{"name": "main"}],
    }
    assert list(offences(Pod(pod))) == []
    assert len(list(offences(Pod({**pod, "os": {"name": "linux"}})))) == 3


def test_users_of_its_own_make_root_nobody_but_do_not_unmask_proc():
    rooted = deepcopy(GOOD) | {"hostUsers": False}
    rooted["securityContext"] |= {"runAsUser": 0, "runAsNonRoot": False}
    assert list(offences(Pod(rooted))) == []
    unmasked = changed(f"{CONTEXT}.procMount", "Unmasked") | {"hostUsers": False}
    assert list(offences(Pod(unmasked))) == ["main: sees Unmasked of /proc"]


def test_what_cannot_be_read_hides_nothing():
    pod = changed("hostNetwork", UNKNOWN)
    pod["containers"][0]["securityContext"]["privileged"] = True
    found = offences(Pod(pod))
    assert next(found) == "main: privileged"
    with pytest.raises(UndecidedError, match=r"hostNetwork is not known yet$"):
        next(found)


def test_an_unknown_capability_is_undecided_and_the_rest_is_told():
    pod = GOOD | {"hostPID": True}
    pod["containers"] = deepcopy(GOOD["containers"])
    pod["containers"][0]["securityContext"]["capabilities"]["add"] = [UNKNOWN]
    found = offences(Pod(pod))
    assert next(found) == "hostPID is on"
    with pytest.raises(UndecidedError):
        list(found)
