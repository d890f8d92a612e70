from policies.engine.graph import UNKNOWN
from policies.rules.serving.predictive import PLATFORM, RULES
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
_GONE = "spec.predictor.minReplicas: a drain may take all replicas at once; a PodDisruptionBudget that selects its pods"
_DEFAULT = "spec.predictor.serviceAccountName: the pod runs as the namespace's default account"
_MOUNTED = (
    "spec.predictor.automountServiceAccountToken: the pod mounts a token for the cluster's API; must be false"
)
_ASLEEP = "spec.predictor.minReplicas: 0, and no ScaledObject here has a trigger that wakes it"
_COMMIT = "hf://org/model:" + "0" * 40
_CONTEXT = "spec.predictor.model.securityContext"
_BARE = "spec.predictor.model.resources: container kserve-container has no"
_KEY = "metadata.annotations[serving.kserve.io/deploymentMode]"
_LEFT = f"{_KEY}: the mode is left to the cluster, where it may be Knative; Standard"
_AUTH = "security.opendatahub.io/enable-auth"

PODS = {
    "model-pods-meet-restricted-pss": RuleCases(
        passing=[Case(service()), Case(predictor(_custom)), Case(model(_on_runtime), others=[RUNTIME])],
        failing=[
            failing(
                model(lambda m: m.update(securityContext={**RESTRICTED, "privileged": True})),
                f"{_CONTEXT}.privileged: container kserve-container has every right on the node",
            ),
            failing(
                predictor(lambda p: p.update(hostNetwork=True)),
                "spec.predictor.hostNetwork: the pod shares the node's network",
            ),
            failing(
                model(lambda m: (_on_runtime(m), m.update(securityContext={"runAsNonRoot": False}))),
                f"{_CONTEXT}.runAsNonRoot: container kserve-container may run as root; must be true",
                others=(RUNTIME,),
            ),
        ],
        not_applicable=OTHER,
        undecided=[Case(model(lambda m: m.update(securityContext=UNKNOWN)))],
    ),
    "model-containers-are-bounded": RuleCases(
        passing=[Case(service()), Case(model(_on_runtime), others=[RUNTIME])],
        failing=[
            failing(
                model(lambda m: m.pop("resources")), f"{_BARE} requests.cpu, requests.memory, limits.memory"
            ),
            failing(
                model(lambda m: m["resources"].pop("limits")),
                "spec.predictor.model.resources: container kserve-container has no limits.memory",
            ),
        ],
        not_applicable=OTHER,
        undecided=[Case(model(lambda m: m.update(resources=UNKNOWN)))],
    ),
    "model-images-are-pinned": RuleCases(
        passing=[Case(service()), Case(model(_on_runtime))],
        failing=[
            failing(
                model(lambda m: m.update(image="server:latest")),
                "spec.predictor.model.image: server:latest is whatever was pushed last",
            ),
            failing(
                predictor(lambda p: p.update(initContainers=[{"name": "get", "image": "curl"}])),
                "spec.predictor.initContainers[0].image: curl is whatever was pushed last",
            ),
            failing(
                predictor(lambda p: p.update(workerSpec={"containers": [{"name": "w", "image": "engine"}]})),
                "spec.predictor.workerSpec.containers[0].image: engine is whatever was pushed last",
            ),
        ],
        not_applicable=OTHER,
        undecided=[Case(model(lambda m: m.update(image=UNKNOWN)))],
    ),
}
SERVICES = {
    "models-have-one-version": RuleCases(
        passing=[
            Case(service()),
            Case(predictor(_custom)),
            Case(model(lambda m: m.update(storageUri="oci://host/model@sha256:" + "0" * 64))),
            Case(model(lambda m: m.update(storageUri="s3://bucket/iris"))),
        ],
        failing=[
            failing(
                model(lambda m: m.update(storageUri="s3://models/minilm/latest/")),
                "spec.predictor.model.storageUri: s3://models/minilm/latest/ is whatever latest means today",
            ),
            failing(
                predictor(lambda p: p.update(sklearn={"storageUri": "gs://bucket/iris"})),
                "spec.predictor.sklearn.storageUri: gs://bucket/iris names no version",
                others=(OURS,),
            ),
            failing(
                predictor(lambda p: p.update(storageUris=[{"uri": "oci://host/model:v1"}])),
                "spec.predictor.storageUris[0].uri: oci://host/model:v1 names no digest",
            ),
        ],
        not_applicable=OTHER,
        undecided=[Case(model(lambda m: m.update(storageUri=UNKNOWN)))],
    ),
    "models-ask-no-hub": RuleCases(
        passing=[
            Case(service()),
            Case(model(lambda m: m.update(args=["--model_name=minilm"]))),
            Case(model(lambda m: m.update(storageUri="https://acme.blob.core.windows.net/models/minilm/1"))),
            Case(model(lambda m: m.update(storageUri="hf://org/model")), others=[_CACHE]),
        ],
        failing=[
            failing(
                model(lambda m: m.update(storageUri=_COMMIT)),
                f"spec.predictor.model.storageUri: {_COMMIT} is fetched whenever a pod starts",
            ),
            failing(
                model(lambda m: m.update(args=["--model_id=org/model"])),
                "spec.predictor.model.args[0]: container kserve-container takes org/model from a hub (--model_id)",
            ),
            failing(
                predictor(lambda p: (_custom(p), p["containers"][0].update(env=[_FETCHED]))),
                "spec.predictor.containers[0].env[0].value: hf://a/b is fetched whenever a pod starts",
            ),
            failing(
                model(lambda m: m.update(storageUri="hf://org/modelled")),
                "spec.predictor.model.storageUri: hf://org/modelled is fetched whenever a pod starts",
                others=(_CACHE,),
            ),
        ],
        not_applicable=OTHER,
        undecided=[Case(model(lambda m: m.update(args=UNKNOWN)))],
    ),
    "models-run-as-themselves": RuleCases(
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
            failing(predictor(_anonymous), _DEFAULT, _MOUNTED),
        ],
        not_applicable=OTHER,
        undecided=[Case(predictor(lambda p: p.update(serviceAccountName=UNKNOWN)))],
    ),
    "models-survive-a-drain": RuleCases(
        passing=[
            Case(service()),
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
    "models-keep-authentication": RuleCases(
        passing=[Case(service()), Case(_annotated(**{_AUTH: "true"})), Case(_exposed(**{_AUTH: "true"}))],
        failing=[
            failing(
                _annotated(**{_AUTH: "false"}),
                "metadata.annotations[security.opendatahub.io/enable-auth]: the model answers anybody",
            ),
            failing(
                _annotated(**{_AUTH: "False"}),
                "metadata.annotations[security.opendatahub.io/enable-auth]: the model answers anybody",
            ),
            failing(
                _exposed(),
                "metadata.labels[networking.kserve.io/visibility]: the model is exposed, and "
                "security.opendatahub.io/enable-auth is not true",
            ),
        ],
        not_applicable=OTHER,
        undecided=[Case(_annotated(**{_AUTH: UNKNOWN}))],
    ),
}
CASES = {
    "predictive-models-are-bounded-in-number": RuleCases(
        passing=[
            Case(service()),
            Case(_annotated(**{"serving.kserve.io/autoscalerClass": "none"})),
            Case(_sleeping("Standard"), others=[_scaler("prometheus")]),
            Case(_sleeping("Knative")),
            Case(_sleeping()),
        ],
        failing=[
            failing(
                predictor(lambda p: p.pop("maxReplicas")), "spec.predictor.maxReplicas: no ceiling is set"
            ),
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
        ],
        failing=[
            failing(
                _annotated(**{"serving.kserve.io/deploymentMode": "Serverless"}),
                "metadata.annotations[serving.kserve.io/deploymentMode]: the model runs in Serverless mode; Standard",
                others=(OURS,),
            ),
            failing(
                _annotated(),
                _LEFT,
                others=(OURS,),
            ),
            failing(
                _annotated(),
                _LEFT,
                others=(OURS, _kserve("Knative")),
            ),
        ],
        not_applicable=OTHER,
        undecided=[Case(_annotated(**{"serving.kserve.io/deploymentMode": UNKNOWN}))],
    ),
}

test_cases = cases_test((*RULES, *PLATFORM), CASES)
