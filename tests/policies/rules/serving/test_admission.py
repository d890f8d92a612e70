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
                "metadata.name: 1-model is no name of a service; small letters, digits and -, a letter first",
            ),
            failing(
                _scaled("magic"),
                "metadata.annotations[serving.kserve.io/autoscalerClass]: KServe does not know magic; "
                "external, hpa, keda, none",
            ),
            failing(
                predictor(lambda p: p.update(onnx={"storageUri": "s3://a/v1/"})),
                "spec.predictor: names model and onnx; one server",
            ),
            failing(predictor(lambda p: p.pop("model")), "spec.predictor: names no server; one server"),
            failing(
                service(lambda m: m["spec"].update(canary=[{"predictor": {"name": "v2"}}])),
                "spec.canary[0].predictor: names no server; one server",
            ),
            failing(
                predictor(lambda p: p.update(minReplicas=4)),
                "spec.predictor.minReplicas: 4 is above maxReplicas (3)",
            ),
            failing(
                predictor(lambda p: p.update(minReplicas=-1)), "spec.predictor.minReplicas: -1 is no count"
            ),
            failing(
                predictor(lambda p: p.update(containerConcurrency=-1)),
                "spec.predictor.containerConcurrency: -1 is no count",
            ),
            failing(
                predictor(lambda p: p.update(storageUris=[{"uri": "s3://a/v1/"}])),
                "spec.predictor.storageUris: stands beside a storageUri; one of both",
            ),
            failing(
                model(lambda m: m.update(env=[{"name": "PYTHONPATH", "value": "/mnt/models"}])),
                "spec.predictor.model.env[0].value: a server loads code from PYTHONPATH",
            ),
            failing(
                _scaled("hpa", scaleMetric="concurrency", scaleTarget=150),
                "spec.predictor.scaleMetric: hpa does not scale by concurrency",
                "spec.predictor.scaleTarget: 150 is no percentage; 1 to 100",
            ),
            failing(
                _scaled("keda", scaleMetric="cpu"),
                "spec.predictor.scaleMetric: keda does not scale by cpu",
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
                "spec.predictor.autoScaling.metrics[0].resource.target.type: is no Value of cpu; Utilization",
                "spec.predictor.autoScaling.metrics[0].resource.target.value: is not set, and target.type is Value",
                "spec.predictor.autoScaling.metrics[1].resource.name: KEDA does not know disk; cpu or memory",
                "spec.predictor.autoScaling.metrics[2].resource.target.averageUtilization: is not set, "
                "and target.type is Utilization",
            ),
            failing(
                predictor(
                    lambda p: p.update(
                        containers=[{"name": "transformer-container", "env": [{"name": "STORAGE_URI"}]}]
                    )
                ),
                "spec.predictor.containers[0].env[0].value: transformer-container sets STORAGE_URI, and "
                "the predictor names the files",
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
                "spec.predictor.storageUris: /a/b, /mnt/models have no folder in common",
                "spec.predictor.storageUris[2].mountPath: c is no place for files; a folder below / without ..",
                "spec.predictor.storageUris[2].uri: is empty",
            ),
            failing(
                predictor(lambda p: p.update(canaryTrafficPercent=101)),
                "spec.predictor.canaryTrafficPercent: 101 is no percentage; 0 to 100",
            ),
            failing(
                predictor(lambda p: p.update(logger={"mode": "some"})),
                "spec.predictor.logger.mode: KServe does not know some; all, request, response",
            ),
            failing(
                predictor(lambda p: p.update(logger={"url": "http://sink"})),
                "spec.predictor.logger.mode: is not set; all, request, response",
            ),
            failing(
                predictor(lambda p: p.update(logger={"mode": "all", "storage": {"path": "sample"}})),
                "spec.predictor.logger.storage: has no parameters, key; KServe asks for path, parameters, key",
            ),
            failing(
                _canary(logger={"mode": "all", "storage": {"parameters": {}, "key": "k"}}),
                "spec.canary[0].predictor.logger.storage: has no path; KServe asks for path, parameters, key",
            ),
            failing(
                model(lambda m: m.update(name="kserve-container")),
                "spec.predictor.model.name: only a canary's server has a name",
            ),
            failing(
                predictor(
                    lambda p: (p.pop("model"), p.update(onnx={"name": "x", "storageUri": "s3://a/v1/"}))
                ),
                "spec.predictor.onnx.name: only a canary's server has a name",
            ),
            failing(
                _spread("s3://models/v1/"),
                "spec.predictor.model.storageUri: a predictor on several nodes (workerSpec) takes its "
                "files from s3://models/v1/; pvc:// or oci://",
            ),
            failing(
                _spread(by="hpa"),
                "metadata.annotations[serving.kserve.io/autoscalerClass]: a predictor on several nodes "
                "(workerSpec) is not scaled; none",
            ),
            failing(
                _spread(containers=[{"name": "a"}, {"name": "b"}], tensorParallelSize=0),
                "spec.predictor.workerSpec.containers: more than one container",
                "spec.predictor.workerSpec.tensorParallelSize: 0 is no size; at least 1",
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
                "spec.nodes.root: is missing, and requests come in there",
            ),
            failing(_root({"name": "a"}), "spec.nodes.root.steps[0]: the step a names no target; one target"),
            failing(
                _root({"serviceName": "a", "serviceUrl": "https://b.example.com"}),
                "spec.nodes.root.steps[0]: the step 0 names serviceName and serviceUrl; one target",
            ),
            failing(
                _root({"name": "a", "serviceName": "a"}, {"name": "a", "serviceName": "b"}),
                "spec.nodes.root.steps[1].name: two steps are called a",
            ),
            failing(
                _root(
                    {"serviceName": "a", "weight": 80}, {"serviceName": "b", "weight": 30}, router="Splitter"
                ),
                "spec.nodes.root.steps: the weights make 110; 100",
            ),
            failing(
                _root({"serviceName": "a", "weight": 80}, {"serviceName": "b"}, router="Splitter"),
                "spec.nodes.root.steps[1].weight: a step of a splitter has no weight",
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
                "spec.nodes.root.steps[0].serviceUrl: requests go to a.example.com in plain text; https, "
                "or a service of the cluster",
            ),
            failing(
                _root({"serviceUrl": "http://10.0.0.1:8080"}),
                "spec.nodes.root.steps[0].serviceUrl: requests go to 10.0.0.1 in plain text; https, or a "
                "service of the cluster",
            ),
        ],
        not_applicable=OTHER,
        undecided=[Case(_root({"serviceUrl": UNKNOWN}))],
    ),
}

test_cases = cases_test(RULES, CASES)
