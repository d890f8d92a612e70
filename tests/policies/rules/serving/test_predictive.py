from policies.engine.graph import UNKNOWN
from policies.rules.serving.predictive import RULES
from tests.policies.cases import OURS, Case, RuleCases, cases_test, resource
from tests.policies.model_examples import (
    API,
    OTHER,
    RESTRICTED,
    RUNTIME,
    budget,
    failing,
    model,
    predictor,
    service,
)

PREFIXED = ("image", "resources", "securityContext")


def _on_runtime(fields):
    for field in PREFIXED:
        fields.pop(field)
    fields["runtime"] = "ours"


def _custom(pod):
    pod["containers"] = [{"name": "kserve-container", **{k: pod["model"][k] for k in PREFIXED}}]
    pod.pop("model")


def _anonymous(pod):
    pod.pop("serviceAccountName")
    pod.pop("automountServiceAccountToken")


def _annotated(**notes):
    return service(lambda m: m["metadata"].update(annotations=notes))


def _exposed(**notes):
    labels = {"networking.kserve.io/visibility": "exposed"}
    return service(lambda m: m["metadata"].update(annotations=notes, labels=labels))


def _sleeping(mode=""):
    def change(made):
        made["metadata"]["annotations"] = {"serving.kserve.io/deploymentMode": mode} if mode else {}
        made["spec"]["predictor"]["minReplicas"] = 0

    return service(change)


def _scaler(kind, target="minilm-predictor"):
    spec = {"scaleTargetRef": {"name": target}, "triggers": [{"type": kind, "metadata": {}}]}
    manifest = {"kind": "ScaledObject", "metadata": {"namespace": "models"}, "spec": spec}
    return resource("kubernetes:keda.sh/v1alpha1:ScaledObject", manifest, name="scaler")


def _kserve(mode):
    values = {"kserve": {"controller": {"deploymentMode": mode}}}
    inputs = {"chart": "oci://ghcr.io/kserve/charts/kserve-resources", "values": values}
    return resource("kubernetes:helm.sh/v3:Release", inputs, name="kserve")


_FETCHED = {"name": "STORAGE_URI", "value": "hf://a/b"}
_CACHE = resource(
    f"{API}/v1alpha1:LocalModelCache",
    {"kind": "LocalModelCache", "metadata": {"name": "c"}, "spec": {"sourceModelUri": "hf://org/model"}},
    name="cache",
)
_TWO = {"minReplicas": 2}
_PODS = {"serving.kserve.io/inferenceservice": "minilm"}
_GONE = "no PodDisruptionBudget selects its pods: a drain may take all replicas at once"
_DEFAULT = "predictor: runs as the namespace's default account"
_MOUNTED = "predictor: mounts a token for the cluster's API (automountServiceAccountToken is not false)"
_ASLEEP = "predictor: minReplicas is 0, and no ScaledObject here has a trigger that wakes it"
_AUTH = "security.opendatahub.io/enable-auth"

CASES = {
    "predictive-models-have-one-version": RuleCases(
        passing=[
            Case(service()),
            Case(predictor(_custom)),
            Case(model(lambda m: m.update(storageUri="oci://host/model@sha256:" + "0" * 64))),
            Case(model(lambda m: m.update(storageUri="s3://bucket/iris"))),
        ],
        failing=[
            failing(
                model(lambda m: m.update(storageUri="s3://models/minilm/latest/")),
                "predictor: s3://models/minilm/latest/ is whatever latest means today",
            ),
            failing(
                predictor(lambda p: p.update(sklearn={"storageUri": "gs://bucket/iris"})),
                "predictor: gs://bucket/iris names no version",
                others=(OURS,),
            ),
            failing(
                predictor(lambda p: p.update(storageUris=[{"uri": "oci://host/model:v1"}])),
                "predictor: oci://host/model:v1 names no digest",
            ),
        ],
        not_applicable=OTHER,
        undecided=[Case(model(lambda m: m.update(storageUri=UNKNOWN)))],
    ),
    "predictive-models-ask-no-hub": RuleCases(
        passing=[
            Case(service()),
            Case(model(lambda m: m.update(args=["--model_name=minilm"]))),
            Case(model(lambda m: m.update(storageUri="https://acme.blob.core.windows.net/models/minilm/1"))),
            Case(model(lambda m: m.update(storageUri="hf://org/model")), others=[_CACHE]),
        ],
        failing=[
            failing(
                model(lambda m: m.update(storageUri="hf://org/model:" + "0" * 40)),
                "predictor: fetches hf://org/model:" + "0" * 40 + " whenever a pod starts",
            ),
            failing(
                model(lambda m: m.update(args=["--model_id=org/model"])),
                "predictor: kserve-container takes org/model from a hub (--model_id)",
            ),
            failing(
                predictor(lambda p: (_custom(p), p["containers"][0].update(env=[_FETCHED]))),
                "predictor: fetches hf://a/b whenever a pod starts",
            ),
            failing(
                model(lambda m: m.update(storageUri="hf://org/modelled")),
                "predictor: fetches hf://org/modelled whenever a pod starts",
                others=(_CACHE,),
            ),
        ],
        not_applicable=OTHER,
        undecided=[Case(model(lambda m: m.update(args=UNKNOWN)))],
    ),
    "predictive-models-have-no-rights-on-the-node": RuleCases(
        passing=[
            Case(service()),
            Case(predictor(_custom)),
            Case(model(_on_runtime), others=[RUNTIME]),
        ],
        failing=[
            failing(
                model(lambda m: m.update(securityContext={**RESTRICTED, "privileged": True})),
                "predictor: kserve-container: privileged",
            ),
            failing(predictor(lambda p: p.update(hostNetwork=True)), "predictor: hostNetwork is on"),
            failing(
                model(lambda m: (_on_runtime(m), m.update(securityContext={"runAsNonRoot": False}))),
                "predictor: kserve-container: may run as root",
                others=(RUNTIME,),
            ),
        ],
        not_applicable=OTHER,
        undecided=[Case(model(lambda m: m.update(securityContext=UNKNOWN)))],
    ),
    "predictive-models-are-bounded": RuleCases(
        passing=[Case(service()), Case(model(_on_runtime), others=[RUNTIME])],
        failing=[
            failing(
                model(lambda m: m.pop("resources")),
                "predictor: kserve-container: no requests.cpu, requests.memory, limits.memory",
            ),
            failing(
                model(lambda m: m["resources"].pop("limits")), "predictor: kserve-container: no limits.memory"
            ),
        ],
        not_applicable=OTHER,
        undecided=[Case(model(lambda m: m.update(resources=UNKNOWN)))],
    ),
    "predictive-model-images-have-one-version": RuleCases(
        passing=[Case(service()), Case(model(_on_runtime))],
        failing=[
            failing(
                model(lambda m: m.update(image="server:latest")),
                "predictor: kserve-container: server:latest is whatever was pushed last",
            ),
            failing(
                predictor(lambda p: p.update(initContainers=[{"name": "get", "image": "curl"}])),
                "predictor: get: curl is whatever was pushed last",
            ),
            failing(
                predictor(lambda p: p.update(workerSpec={"containers": [{"name": "w", "image": "engine"}]})),
                "predictor.workerSpec: w: engine is whatever was pushed last",
            ),
        ],
        not_applicable=OTHER,
        undecided=[Case(model(lambda m: m.update(image=UNKNOWN)))],
    ),
    "predictive-models-run-as-themselves": RuleCases(
        passing=[
            Case(service()),
            Case(predictor(lambda p: p.pop("automountServiceAccountToken"))),
            Case(predictor(lambda p: p.pop("serviceAccountName"))),
            Case(predictor(lambda p: (_anonymous(p), p["model"].update(storageUri="pvc://models/v1")))),
        ],
        failing=[
            failing(predictor(lambda p: p.pop("serviceAccountName")), _DEFAULT, others=(OURS,)),
            failing(predictor(lambda p: p.pop("automountServiceAccountToken")), _MOUNTED, others=(OURS,)),
            failing(predictor(lambda p: p.update(automountServiceAccountToken=True)), _MOUNTED),
            failing(
                predictor(_anonymous),
                _DEFAULT,
                _MOUNTED,
            ),
        ],
        not_applicable=OTHER,
        undecided=[Case(predictor(lambda p: p.update(serviceAccountName=UNKNOWN)))],
    ),
    "predictive-models-are-bounded-in-number": RuleCases(
        passing=[
            Case(service()),
            Case(_annotated(**{"serving.kserve.io/autoscalerClass": "none"})),
            Case(_sleeping("Standard"), others=[_scaler("prometheus")]),
            Case(_sleeping("Knative")),
            Case(_sleeping()),
        ],
        failing=[
            failing(predictor(lambda p: p.pop("maxReplicas")), "predictor: no maxReplicas"),
            failing(_sleeping(), _ASLEEP, others=(OURS,)),
            *(
                failing(_sleeping("Standard"), _ASLEEP, others=others)
                for others in ((), (_scaler("cpu"),), (_scaler("prometheus", "other-predictor"),))
            ),
        ],
        not_applicable=OTHER,
        undecided=[Case(predictor(lambda p: p.update(maxReplicas=UNKNOWN)))],
    ),
    "predictive-models-run-in-standard-mode": RuleCases(
        passing=[
            Case(service()),
            Case(_annotated(**{"serving.kserve.io/deploymentMode": "RawDeployment"})),
            Case(_annotated(), others=[OURS, _kserve("Standard")]),
            Case(_annotated(**{"serving.kserve.io/deploymentMode": "Knative"})),
        ],
        failing=[
            failing(
                _annotated(**{"serving.kserve.io/deploymentMode": "Serverless"}),
                "runs in Serverless mode",
                others=(OURS,),
            ),
            failing(_annotated(), "leaves its mode to the cluster, where it may be Knative", others=(OURS,)),
            failing(
                _annotated(),
                "leaves its mode to the cluster, where it may be Knative",
                others=(OURS, _kserve("Knative")),
            ),
        ],
        not_applicable=OTHER,
        undecided=[Case(_annotated(**{"serving.kserve.io/deploymentMode": UNKNOWN}))],
    ),
    "predictive-models-survive-a-drain": RuleCases(
        passing=[
            Case(service()),
            Case(predictor(lambda p: p.update(_TWO))),
            *(
                Case(predictor(lambda p: p.update(_TWO)), others=[OURS, budget(labels)])
                for labels in (_PODS, {"app": "isvc.minilm-predictor"})
            ),
        ],
        failing=[
            failing(predictor(lambda p: p.update(_TWO)), _GONE, others=(OURS, *others))
            for others in ((), (budget(_PODS, "elsewhere"),), (budget({"app": "other"}),))
        ],
        not_applicable=OTHER,
        undecided=[Case(predictor(lambda p: p.update(minReplicas=UNKNOWN)))],
    ),
    "predictive-models-keep-authentication": RuleCases(
        passing=[Case(service()), Case(_annotated(**{_AUTH: "true"})), Case(_exposed(**{_AUTH: "true"}))],
        failing=[
            failing(_annotated(**{_AUTH: "false"}), f"{_AUTH} is false"),
            failing(_annotated(**{_AUTH: "False"}), f"{_AUTH} is False"),
            failing(_exposed(), f"networking.kserve.io/visibility is exposed, and {_AUTH} is not true"),
        ],
        not_applicable=OTHER,
        undecided=[Case(_annotated(**{_AUTH: UNKNOWN}))],
    ),
}

test_cases = cases_test(RULES, CASES)
