from policies.engine.graph import UNKNOWN
from policies.rules.serving.admission import RULES
from tests.policies.cases import Case, RuleCases, cases_test, resource
from tests.policies.model_examples import API, OTHER, failing, model, predictor, service

_SCALER = "serving.kserve.io/autoscalerClass"


def _named(name):
    return service(lambda m: m["metadata"].update(name=name))


def _scaled(by, **fields):
    def change(made):
        made["metadata"]["annotations"][_SCALER] = by
        made["spec"]["predictor"] |= fields

    return service(change)


def _spread(uri="pvc://models/v1", by="none", **worker):
    def change(made):
        made["metadata"]["annotations"][_SCALER] = by
        made["spec"]["predictor"]["workerSpec"] = worker
        made["spec"]["predictor"]["model"]["storageUri"] = uri

    return service(change)


def _canary(**fields):
    made = {"name": "v2", "model": {"name": "kserve-container"}, **fields}
    return service(lambda m: m["spec"].update(canary=[{"trafficPercent": 1, "predictor": made}]))


_STORED = {"path": "sample", "parameters": {"format": "json"}, "key": "credentials"}


def _graph(nodes):
    spec = {"nodes": nodes}
    manifest = {"kind": "InferenceGraph", "metadata": {"name": "g", "namespace": "models"}, "spec": spec}
    return resource(f"{API}/v1alpha1:InferenceGraph", manifest)


def _root(*steps, router="Sequence"):
    return _graph({"root": {"routerType": router, "steps": list(steps)}})


CASES = {
    "predictive-models-are-admitted": RuleCases(
        passing=[
            Case(service()),
            Case(_scaled("keda")),
            Case(_scaled("hpa", scaleMetric="cpu", scaleTarget=80)),
            Case(_spread(pipelineParallelSize=2, containers=[{"name": "w"}])),
            Case(predictor(lambda p: (p.pop("model"), p.update(containers=[{"name": "kserve-container"}])))),
            Case(predictor(lambda p: p.update(containers=[{"name": "transformer-container"}]))),
            Case(predictor(lambda p: p.update(canaryTrafficPercent=10, logger={"mode": "request"}))),
            Case(predictor(lambda p: p.update(logger={"mode": "all", "storage": _STORED}))),
            Case(_canary(model={"name": "kserve-container", "modelFormat": {"name": "huggingface"}})),
            Case(predictor(lambda p: (p.pop("minReplicas"), p.update(maxReplicas=1)))),
            Case(service(lambda m: m["spec"].update(explainer={"art": {"type": "SquareAttack"}}))),
        ],
        failing=[
            failing(
                _named("1-model"),
                "1-model is no name of a service: small letters, digits and -, a letter first",
            ),
            failing(_scaled("magic"), f"{_SCALER} is magic; KServe knows external, hpa, keda, none"),
            failing(
                predictor(lambda p: p.update(onnx={"storageUri": "s3://a/v1/"})),
                "predictor: names model and onnx, and needs one",
            ),
            failing(predictor(lambda p: p.pop("model")), "predictor: names no server, and needs one"),
            failing(
                service(lambda m: m["spec"].update(canary=[{"predictor": {"name": "v2"}}])),
                "canary v2: names no server, and needs one",
            ),
            failing(
                predictor(lambda p: p.update(minReplicas=4)),
                "predictor: minReplicas 4 is above maxReplicas 3",
            ),
            failing(predictor(lambda p: p.update(minReplicas=-1)), "predictor: minReplicas is -1"),
            failing(
                predictor(lambda p: p.update(containerConcurrency=-1)),
                "predictor: containerConcurrency is -1",
            ),
            failing(
                predictor(lambda p: p.update(storageUris=[{"uri": "s3://a/v1/"}])),
                "predictor: names both storageUri and storageUris",
            ),
            failing(
                model(lambda m: m.update(env=[{"name": "PYTHONPATH", "value": "/mnt/models"}])),
                "predictor: sets PYTHONPATH, from which a server loads code",
            ),
            failing(
                _scaled("hpa", scaleMetric="concurrency", scaleTarget=150),
                "predictor: scaleMetric is concurrency, which hpa does not scale by",
                "predictor: scaleTarget is 150, and is a percentage",
            ),
            failing(
                _scaled("keda", scaleMetric="cpu"),
                "predictor: scaleMetric is cpu, which keda does not scale by",
            ),
            failing(
                _scaled(
                    "keda",
                    autoScaling={
                        "metrics": [
                            {"type": "Resource", "resource": {"name": "cpu", "target": {"type": "Value"}}},
                            {"type": "Resource", "resource": {"name": "disk"}},
                            {
                                "type": "Resource",
                                "resource": {"name": "memory", "target": {"type": "Utilization"}},
                            },
                        ]
                    },
                ),
                "predictor: autoScaling.metrics[0].resource.target.type is Value; of cpu it is Utilization",
                "predictor: autoScaling.metrics[0].resource.target.value is not set, and target.type is Value",
                "predictor: autoScaling.metrics[1].resource.name is disk; KEDA knows cpu, memory",
                "predictor: autoScaling.metrics[2].resource.target.averageUtilization is not set, "
                "and target.type is Utilization",
            ),
            failing(
                predictor(
                    lambda p: p.update(
                        containers=[{"name": "transformer-container", "env": [{"name": "STORAGE_URI"}]}]
                    )
                ),
                "predictor: transformer-container sets STORAGE_URI; the predictor names the files",
            ),
            failing(
                predictor(
                    lambda p: (
                        p["model"].pop("storageUri"),
                        p.update(
                            storageUris=[
                                {"uri": "s3://a/b/", "mountPath": "/a/b"},
                                {"uri": "s3://a/c/"},
                                {"uri": "", "mountPath": "c"},
                            ]
                        ),
                    )
                ),
                "predictor: storageUris go to /a/b, /mnt/models, which have no folder in common",
                "predictor: storageUris[2].mountPath is c, and is a folder from / without ..",
                "predictor: storageUris[2].uri is empty",
            ),
            failing(
                predictor(lambda p: p.update(canaryTrafficPercent=101)),
                "predictor: canaryTrafficPercent is 101",
            ),
            failing(
                predictor(lambda p: p.update(logger={"mode": "some"})),
                "predictor: logger.mode is some; KServe knows all, request, response",
            ),
            failing(
                predictor(lambda p: p.update(logger={"url": "http://sink"})),
                "predictor: logger.mode is not set; KServe knows all, request, response",
            ),
            failing(
                predictor(lambda p: p.update(logger={"mode": "all", "storage": {"path": "sample"}})),
                "predictor: logger.storage: no parameters, key; KServe asks for path, parameters, key",
            ),
            failing(
                _canary(logger={"mode": "all", "storage": {"parameters": {}, "key": "k"}}),
                "canary v2: logger.storage: no path; KServe asks for path, parameters, key",
            ),
            failing(
                model(lambda m: m.update(name="kserve-container")),
                "predictor: model.name is kserve-container; only a canary's server has a name",
            ),
            failing(
                predictor(
                    lambda p: (p.pop("model"), p.update(onnx={"name": "x", "storageUri": "s3://a/v1/"}))
                ),
                "predictor: onnx.name is x; only a canary's server has a name",
            ),
            failing(
                _spread("s3://models/v1/"),
                "predictor: runs on several nodes (workerSpec), which take their files from pvc:// or oci:// "
                "(got s3://models/v1/)",
            ),
            failing(
                _spread(by="hpa"), f"predictor: runs on several nodes (workerSpec), and {_SCALER} is not none"
            ),
            failing(
                _spread(containers=[{"name": "a"}, {"name": "b"}], tensorParallelSize=0),
                "predictor: workerSpec has more than one container",
                "predictor: workerSpec.tensorParallelSize is 0",
            ),
        ],
        not_applicable=OTHER,
        undecided=[Case(predictor(lambda p: p.update(minReplicas=UNKNOWN)))],
    ),
    "inference-graphs-are-admitted": RuleCases(
        passing=[
            Case(_root({"serviceName": "a"}, {"name": "b", "nodeName": "c"})),
            Case(
                _root(
                    {"serviceName": "a", "weight": 80}, {"serviceName": "b", "weight": 20}, router="Splitter"
                )
            ),
        ],
        failing=[
            failing(
                _graph({"start": {"steps": [{"serviceName": "a"}]}}),
                "no node is called root, where requests come in",
            ),
            failing(_root({"name": "a"}), "root: the step a names no target"),
            failing(
                _root({"serviceName": "a", "serviceUrl": "https://b.example.com"}),
                "root: the step 0 names serviceName and serviceUrl",
            ),
            failing(
                _root({"name": "a", "serviceName": "a"}, {"name": "a", "serviceName": "b"}),
                "root: two steps are called a",
            ),
            failing(
                _root(
                    {"serviceName": "a", "weight": 80}, {"serviceName": "b", "weight": 30}, router="Splitter"
                ),
                "root: the weights make 110, not 100",
            ),
            failing(
                _root({"serviceName": "a", "weight": 80}, {"serviceName": "b"}, router="Splitter"),
                "root: a step of a splitter has no weight",
            ),
        ],
        not_applicable=OTHER,
        undecided=[Case(_graph(UNKNOWN)), Case(_root({"serviceName": UNKNOWN}))],
    ),
    "inference-graphs-encrypt-what-leaves": RuleCases(
        passing=[
            Case(_root({"serviceName": "a"})),
            Case(_root({"serviceUrl": "https://a.example.com/v1"})),
            Case(_root({"serviceUrl": "http://a.models.svc.cluster.local"})),
            Case(_root({"serviceUrl": "http://a.models/v1"})),
        ],
        failing=[
            failing(
                _root({"serviceUrl": "http://a.example.com/v1"}),
                "root: requests go to a.example.com in the clear",
            ),
            failing(
                _root({"serviceUrl": "http://10.0.0.1:8080"}), "root: requests go to 10.0.0.1 in the clear"
            ),
        ],
        not_applicable=OTHER,
        undecided=[Case(_root({"serviceUrl": UNKNOWN}))],
    ),
}

test_cases = cases_test(RULES, CASES)
