"""Pods of which the restricted standard asks less: those on Windows, and those with users of their own."""

from copy import deepcopy

from policies.analysis.pods.pod import Pod
from policies.analysis.pods.pss_restricted import offences
from tests.policies.analysis.pods.test_pss_restricted import CONTEXT, FIRST, GOOD, changed, messages


def test_windows_has_no_linux_controls():
    pod = {
        "os": {"name": "windows"},
        "securityContext": {"runAsNonRoot": True},
        "containers": [{"name": "main"}],
    }
    assert messages(offences(Pod(pod))) == []
    assert messages(offences(Pod({**pod, "os": {"name": "linux"}}))) == [
        (
            f"{FIRST}: container main does not say allowPrivilegeEscalation: false, "
            "capabilities.drop: [ALL], seccompProfile.type: RuntimeDefault"
        )
    ]


def test_users_of_its_own_make_root_nobody_but_do_not_unmask_proc():
    rooted = deepcopy(GOOD) | {"hostUsers": False}
    rooted["securityContext"] |= {"runAsUser": 0, "runAsNonRoot": False}
    assert messages(offences(Pod(rooted))) == []
    unmasked = changed(f"{CONTEXT}.procMount", "Unmasked") | {"hostUsers": False}
    assert messages(offences(Pod(unmasked))) == [
        (f"{FIRST}.procMount: container main sees Unmasked of /proc; Default")
    ]
