from policies.analysis.kserve.objects import INFERENCE_SERVICE, LLM_CONFIG, RUNTIMES
from policies.engine.graph import UNKNOWN
from policies.rules.serving.time_to_load import PLATFORM
from tests.policies.cases import Case, RuleCases, cases_test, resource

_OTHER = [Case(resource("kubernetes:core/v1:Service", {}))]
_ALIVE = {"periodSeconds": 10}


def _runtime(**container):
    return resource(RUNTIMES[0], {"spec": {"containers": [container]}})


def _config(**container):
    return resource(LLM_CONFIG[0], {"spec": {"template": {"containers": [container]}}})


def _service(**model):
    return resource(INFERENCE_SERVICE[0], {"spec": {"predictor": {"model": model}}})


_EMPTY = [
    "spec.predictor.model.storageUri: is not set, and no argument names a model: none is served",
]
CASES = {
    "servers-have-time-to-load": RuleCases(
        passing=[
            Case(_runtime(livenessProbe=_ALIVE, startupProbe={"failureThreshold": 120, "periodSeconds": 5})),
            Case(_runtime(startupProbe={"periodSeconds": 1})),
            Case(_runtime(livenessProbe={"initialDelaySeconds": 600})),
            Case(_config(livenessProbe=_ALIVE, startupProbe={"failureThreshold": 6})),
        ],
        failing=[
            Case(
                _runtime(livenessProbe=_ALIVE),
                findings=[
                    "spec.containers[0].startupProbe: is not set: the livenessProbe counts while the model loads"
                ],
            ),
            Case(
                _config(livenessProbe=_ALIVE, startupProbe={"periodSeconds": 10}),
                findings=[
                    (
                        "spec.template.containers[0].startupProbe.failureThreshold: a server that loads has 30 s and "
                        "is then killed; 60 s at least"
                    )
                ],
            ),
        ],
        not_applicable=_OTHER,
        undecided=[Case(_runtime(livenessProbe=_ALIVE, startupProbe={"failureThreshold": UNKNOWN}))],
    ),
    "models-name-their-files": RuleCases(
        passing=[
            Case(_service(storageUri="s3://models/m/")),
            Case(_service(storage={"key": "k"})),
            Case(_service(args=["--model_id=example/model"])),
            Case(resource(INFERENCE_SERVICE[0], {"spec": {"predictor": {"containers": []}}})),
        ],
        failing=[
            Case(_service(), findings=_EMPTY),
            Case(_service(args=["--task=text_embedding"]), findings=_EMPTY),
        ],
        not_applicable=_OTHER,
        undecided=[Case(_service(args=UNKNOWN))],
    ),
}

test_cases = cases_test(PLATFORM, CASES)
