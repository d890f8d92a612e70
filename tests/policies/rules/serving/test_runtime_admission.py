from policies.analysis.kserve.objects import LLM_CONFIG, RUNTIMES
from policies.engine.graph import UNKNOWN
from policies.rules.serving.runtime_admission import RULES
from tests.policies.cases import Case, RuleCases, cases_test, resource

_BLOCKED = [{"name": "PYTHONPATH", "value": "/mnt/models"}]


def _runtime(type_=RUNTIMES[0], **spec):
    server = {"name": "kserve-container", "image": "server:1.2.3"}
    return resource(type_, {"metadata": {"name": "ours"}, "spec": {"containers": [server], **spec}})


def _formats(*priorities, auto=True):
    entries = [{"name": "onnx", "autoSelect": auto, "priority": p} for p in priorities]
    return _runtime(supportedModelFormats=entries)


def _config(**spec):
    return resource(LLM_CONFIG[0], {"metadata": {"name": "ours"}, "spec": spec})


CASES = {
    "serving-runtimes-are-admitted": RuleCases(
        passing=[
            Case(_runtime()),
            Case(_formats(1, 1)),
            Case(_formats(1, None)),
            Case(_formats(1, 2, auto=False)),
            Case(_runtime(disabled=True, containers=[{"name": "a", "env": _BLOCKED}])),
            Case(_runtime(RUNTIMES[1], workerSpec={"containers": [{"name": "worker-container"}]})),
        ],
        failing=[
            Case(
                _formats(1, 2),
                findings=[
                    "spec.supportedModelFormats[1].priority: onnx has the priorities 1 and 2; one of a format"
                ],
            ),
            Case(
                _runtime(containers=[{"name": "a", "env": _BLOCKED}]),
                findings=["spec.containers[0].env[0].value: a server loads code from PYTHONPATH"],
            ),
            Case(
                _runtime(
                    containers=[{"name": "kserve-container", "env": [{"name": "TENSOR_PARALLEL_SIZE"}]}],
                    workerSpec={
                        "tensorParallelSize": 0,
                        "containers": [{"name": "a", "env": _BLOCKED}, {"name": "b"}],
                    },
                ),
                findings=[
                    "spec.workerSpec.containers: more than one container",
                    (
                        "spec.containers[0].env[0].value: TENSOR_PARALLEL_SIZE is set, which "
                        "workerSpec.tensorParallelSize says"
                    ),
                    "spec.workerSpec.tensorParallelSize: 0 is no size; at least 1",
                    "spec.workerSpec.containers[0].env[0].value: a server loads code from PYTHONPATH",
                ],
            ),
        ],
        not_applicable=[Case(_config())],
        undecided=[Case(_runtime(workerSpec=UNKNOWN))],
    ),
    "model-configs-are-admitted": RuleCases(
        passing=[Case(_config()), Case(_config(router={"scheduler": {"replicas": 2}}))],
        failing=[
            Case(_config(baseRefs=[{"name": "a"}]), findings=["spec.baseRefs: a config stands on no other"]),
            Case(
                _config(router={"scheduler": {"replicas": 0}}),
                findings=["spec.router.scheduler.replicas: 0 pickers; at least 1"],
            ),
        ],
        not_applicable=[Case(_runtime())],
        undecided=[Case(_config(baseRefs=UNKNOWN))],
    ),
}

test_cases = cases_test(RULES, CASES)
