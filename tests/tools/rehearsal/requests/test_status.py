"""What the kubelet of a rehearsal says of a pod."""

from tools.rehearsal.requests.status import Seen, status_of

POD = {"metadata": {"uid": "u"}}
INIT = {"name": "files", "image": "i"}
SIDECAR = {"name": "proxy", "image": "i", "restartPolicy": "Always"}
MAIN = {"name": "main", "image": "i"}


def of(*runs):
    return status_of(POD, "10.244.1.2", [(container, seen, is_init) for container, seen, is_init in runs])


def conditions(status):
    return {one["type"]: one["status"] for one in status["conditions"]}


def test_a_pod_waits_for_its_init_containers():
    said = of((INIT, Seen(running=True), True), (MAIN, Seen(), False))
    assert (said["phase"], conditions(said)["Initialized"], conditions(said)["Ready"]) == (
        "Pending",
        "False",
        "False",
    )


def test_a_pod_is_ready_when_all_are_and_its_sidecars():
    ready = Seen(running=True, started=True, ready=True)
    said = of((INIT, Seen(done=True, ready=True), True), (SIDECAR, ready, True), (MAIN, ready, False))
    assert (said["phase"], conditions(said)["Ready"]) == ("Running", "True")
    away = of((INIT, Seen(done=True), True), (SIDECAR, Seen(running=True), True), (MAIN, ready, False))
    assert conditions(away)["Ready"] == "False"


def test_a_container_that_was_killed_is_waited_for():
    said = of((MAIN, Seen(restarts=1), False))
    assert (said["phase"], conditions(said)["Ready"]) == ("Running", "False")
    assert said["containerStatuses"][0]["state"] == {"waiting": {"reason": "CrashLoopBackOff"}}


def test_a_pod_that_ends_says_how():
    assert of((MAIN, Seen(done=True), False))["phase"] == "Succeeded"
    failed = of((MAIN, Seen(done=True, code=3), False))
    assert failed["phase"] == "Failed"
    assert failed["containerStatuses"][0]["state"]["terminated"]["exitCode"] == 3


def test_what_a_pod_waits_for_is_said():
    said = status_of(POD, "10.244.1.2", [(MAIN, Seen(), False)], 'secret "edge" not found')
    assert {one["message"] for one in said["conditions"] if "message" in one} == {'secret "edge" not found'}
