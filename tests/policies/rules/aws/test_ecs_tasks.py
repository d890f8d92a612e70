import json

from policies.engine.graph import UNKNOWN
from policies.rules.aws.ecs_tasks import JOB, RULES, TASK
from tests.policies.cases import Case, RuleCases, cases_test, resource


def task(container=None, **inputs):
    said = [{"name": "app", "image": "app@sha256:0", **(container or {})}]
    return resource(TASK, {"containerDefinitions": json.dumps(said), **inputs})


def job(**properties):
    return resource(JOB, {"containerProperties": json.dumps({"image": "app", **properties})})


CASES = {
    "tasks-are-confined": RuleCases(
        passing=[
            Case(task({"user": "1000", "readonlyRootFilesystem": True, "privileged": False})),
            Case(task(networkMode="awsvpc")),
            Case(resource(TASK, {"containerDefinitions": [{"name": "app", "linuxParameters": {}}]})),
            Case(task(volumes=[{"name": "scratch"}, {"name": "data", "hostPath": "/data"}])),
            Case(
                task(
                    volumes=[
                        {"efsVolumeConfiguration": {"fileSystemId": "fs-1", "transitEncryption": "ENABLED"}}
                    ]
                )
            ),
            Case(task({"linuxParameters": {"capabilities": {"add": ["NET_BIND_SERVICE"], "drop": ["ALL"]}}})),
            Case(job(readonlyRootFilesystem=True)),
            Case(resource(JOB, {"type": "multinode"})),
        ],
        failing=[
            Case(
                task({"privileged": True}),
                findings=["containerDefinitions[0].privileged: container app owns the machine"],
            ),
            Case(
                resource(TASK, {"containerDefinitions": [{"privileged": "true"}]}),
                findings=["containerDefinitions[0].privileged: the container owns the machine"],
            ),
            Case(
                task({"user": "0:0"}), findings=["containerDefinitions[0].user: container app runs as root"]
            ),
            Case(
                task({"readonlyRootFilesystem": False}),
                findings=["containerDefinitions[0].readonlyRootFilesystem: is turned off for container app"],
            ),
            Case(
                task({"linuxParameters": {"capabilities": {"add": ["SYS_ADMIN", "CHOWN"]}}}),
                findings=[
                    (
                        "containerDefinitions[0].linuxParameters.capabilities.add[0]: SYS_ADMIN leads out of "
                        "container app"
                    )
                ],
            ),
            Case(task(pidMode="host"), findings=["pidMode: the task shares what belongs to the machine"]),
            Case(
                task(volumes=[{"name": "d", "hostPath": "/var/run/docker.sock"}]),
                findings=["volumes[0].hostPath: mounts /var/run/docker.sock of the machine"],
            ),
            Case(
                task(volumes=[{"name": "d", "efsVolumeConfiguration": {"fileSystemId": "fs-1"}}]),
                findings=[
                    "volumes[0].efsVolumeConfiguration.transitEncryption: files are mounted unencrypted; ENABLED"
                ],
            ),
            Case(
                job(privileged=True),
                findings=["containerProperties.privileged: the container owns the machine"],
            ),
            Case(
                job(volumes=[{"host": {"sourcePath": "/"}}]),
                findings=["containerProperties.volumes[0].host.sourcePath: mounts / of the machine"],
            ),
        ],
        not_applicable=[Case(resource("aws:ecs/cluster:Cluster", {}))],
        undecided=[
            Case(resource(TASK, {"containerDefinitions": UNKNOWN})),
            Case(resource(TASK, {"containerDefinitions": "no JSON"})),
            Case(task(networkMode=UNKNOWN)),
        ],
    ),
}

test_rules = cases_test(RULES, CASES)
