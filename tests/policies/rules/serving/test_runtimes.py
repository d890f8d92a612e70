from copy import deepcopy

from policies.engine.graph import UNKNOWN
from policies.rules.serving.runtimes import RULES
from tests.policies.cases import OURS, Case, RuleCases, cases_test, resource
from tests.policies.model_examples import API, OTHER, RESTRICTED, SERVER, failing, runtime


def _config(change=None, version="v1alpha2"):
    container = {"name": "main", "image": "engine:1.2.3", "securityContext": deepcopy(RESTRICTED)}
    spec = {"template": {"containers": [container]}}
    if change is not None:
        change(spec, container)
    return resource(f"{API}/{version}:LLMInferenceServiceConfig", {"kind": "x", "spec": spec})


def _release(chart, kserve):
    inputs = {"chart": f"oci://ghcr.io/kserve/charts/{chart}", "values": {"kserve": kserve}}
    return resource("kubernetes:helm.sh/v3:Release", inputs)


def _mode(mode, gateway_api=True):
    controller = {"gateway": {"ingressGateway": {"enableGatewayApi": gateway_api}}}
    if mode:
        controller["deploymentMode"] = mode
    return _release("kserve-resources", {"controller": controller})


def _pools(name="pools"):
    spec = {"group": "inference.networking.k8s.io"}
    return resource("kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition", {"spec": spec}, name=name)


def _storage(change=None):
    container = {**deepcopy(SERVER), "name": "storage-initializer"}
    if change is not None:
        change(container)
    return resource(f"{API}/v1alpha1:ClusterStorageContainer", {"spec": {"container": container}})


def _downloads(limit):
    return _release("kserve-resources", {"storage": {"resources": {"limits": {"memory": limit}}}})


_PROBE = {"httpGet": {"path": "/v2/models/x/ready", "port": 8080}}
_OTHER_CHART = [*OTHER, Case(_release("keda", {}))]
_LLM_CHART = "kserve-llmisvc-resources"
_ASKS = "kserve-container may ask a hub (HF_HUB_OFFLINE is not 1)"

CASES = {
    "serving-runtimes-have-no-rights-on-the-node": RuleCases(
        passing=[Case(runtime()), Case(runtime(kind="ServingRuntime"))],
        failing=[
            failing(
                runtime(lambda _s, c: c["securityContext"].pop("capabilities")),
                "spec: kserve-container: keeps capabilities",
            ),
            failing(runtime(lambda s, _c: s.update(hostIPC=True)), "spec: hostIPC is on"),
            failing(
                runtime(
                    lambda s, c: s.update(
                        workerSpec={
                            "containers": [{**c, "securityContext": {**RESTRICTED, "privileged": True}}]
                        }
                    )
                ),
                "workerSpec: kserve-container: privileged",
            ),
        ],
        not_applicable=OTHER,
        undecided=[Case(runtime(lambda _s, c: c.update(securityContext=UNKNOWN)))],
    ),
    "serving-runtime-images-have-one-version": RuleCases(
        passing=[Case(runtime())],
        failing=[
            failing(
                runtime(lambda _s, c: c.update(image="server")),
                "spec: kserve-container: server is whatever was pushed last",
            ),
            failing(
                runtime(lambda _s, c: c.update(image="host:5000/server:latest")),
                "spec: kserve-container: host:5000/server:latest is whatever was pushed last",
            ),
        ],
        not_applicable=OTHER,
        undecided=[Case(runtime(lambda _s, c: c.update(image=UNKNOWN)))],
    ),
    "serving-runtimes-are-bounded": RuleCases(
        passing=[Case(runtime())],
        failing=[
            failing(
                runtime(lambda _s, c: c.pop("resources")),
                "spec: kserve-container: no requests.cpu, requests.memory, limits.memory",
            ),
            failing(
                runtime(lambda s, _c: s.update(workerSpec={"containers": [{"name": "w"}]})),
                "workerSpec: w: no requests.cpu, requests.memory, limits.memory",
            ),
        ],
        not_applicable=OTHER,
        undecided=[Case(runtime(lambda _s, c: c.update(resources=UNKNOWN)))],
    ),
    "serving-runtimes-ask-no-hub": RuleCases(
        passing=[
            Case(runtime()),
            Case(runtime(lambda _s, c: c.pop("env"), formats=("sklearn",)), [OURS]),
            Case(runtime(lambda _s, c: c.pop("env"))),
        ],
        failing=[
            failing(runtime(lambda _s, c: c.pop("env")), _ASKS, others=(OURS,)),
            failing(
                runtime(lambda _s, c: c["env"][0].update(value="0"), formats=("vLLM",)),
                "kserve-container may ask a hub (HF_HUB_OFFLINE is 0)",
            ),
        ],
        not_applicable=OTHER,
        undecided=[Case(runtime(lambda _s, c: c.update(env=UNKNOWN)))],
    ),
    "serving-runtimes-load-no-code": RuleCases(
        passing=[
            Case(runtime(), [OURS]),
            Case(runtime(formats=("onnx", "xgboost", "lightgbm")), [OURS]),
            Case(runtime(formats=("sklearn",))),
        ],
        failing=[
            failing(
                runtime(formats=("xgboost", name)),
                f"{name.lower()}: its files are loaded by running what is in them",
                others=(OURS,),
            )
            for name in ("sklearn", "PyTorch", "mlflow")
        ],
        not_applicable=OTHER,
        undecided=[Case(runtime(lambda s, _c: s.update(supportedModelFormats=UNKNOWN)), [OURS])],
    ),
    "serving-runtimes-ask-for-the-model": RuleCases(
        passing=[
            Case(runtime(lambda _s, c: c.update(readinessProbe=_PROBE)), [OURS]),
            Case(runtime()),
        ],
        failing=[
            failing(runtime(), "no readinessProbe: KServe asks whether the port is open", others=(OURS,)),
            failing(
                runtime(lambda _s, c: c.update(readinessProbe={"tcpSocket": {"port": 8080}})),
                "readinessProbe asks whether the port is open",
                others=(OURS,),
            ),
        ],
        not_applicable=OTHER,
        undecided=[Case(runtime(lambda _s, c: c.update(readinessProbe=UNKNOWN)), [OURS])],
    ),
    "llm-configs-have-no-rights-on-the-node": RuleCases(
        passing=[Case(_config()), Case(_config(version="v1alpha1"))],
        failing=[
            failing(
                _config(
                    lambda _s, c: c["securityContext"]["capabilities"].update(add=["NET_RAW", "SYS_RAWIO"])
                ),
                "template: main: adds NET_RAW, SYS_RAWIO",
            ),
            failing(
                _config(lambda s, _c: s.update(router={"scheduler": {"template": {"hostPID": True}}})),
                "router.scheduler.template: hostPID is on",
            ),
            failing(
                _config(lambda s, _c: s.update(worker={"containers": [{"name": "main"}]})),
                "worker: main: may gain privileges (allowPrivilegeEscalation is not false)",
                "worker: main: keeps capabilities",
                "worker: main: may run as root",
                "worker: main: no seccomp profile",
            ),
        ],
        not_applicable=OTHER,
        undecided=[Case(_config(lambda s, _c: s.update(template=UNKNOWN)))],
    ),
    "llm-config-images-have-one-version": RuleCases(
        passing=[Case(_config()), Case(_config(lambda _s, c: c.pop("image")))],
        failing=[
            failing(
                _config(lambda _s, c: c.update(image="engine")),
                "template: main: engine is whatever was pushed last",
            ),
            failing(
                _config(
                    lambda s, c: s.update(prefill={"template": {"containers": [{**c, "image": "p:latest"}]}})
                ),
                "prefill.template: main: p:latest is whatever was pushed last",
            ),
        ],
        not_applicable=OTHER,
        undecided=[Case(_config(lambda _s, c: c.update(image=UNKNOWN)))],
    ),
    "kserve-runs-in-standard-mode": RuleCases(
        passing=[Case(_mode("Standard")), Case(_mode("RawDeployment"))],
        failing=[
            failing(_mode("Knative"), "deploymentMode is Knative"),
            failing(_mode(""), "deploymentMode is not set, and the chart says Knative"),
            failing(
                _mode("Standard", gateway_api=False),
                "enableGatewayApi is off: models get the ingress of an older Istio",
            ),
        ],
        not_applicable=_OTHER_CHART,
        undecided=[Case(_mode(UNKNOWN))],
    ),
    "well-known-configs-are-our-own": RuleCases(
        passing=[
            Case(_release("kserve-runtime-configs", {})),
            Case(_release("kserve-runtime-configs", {"llmisvcConfigs": {"enabled": False}})),
        ],
        failing=[
            failing(
                _release("kserve-runtime-configs", {"llmisvcConfigs": {"enabled": value}}),
                "installs upstream's configs, which are merged into every model and cannot be taken away",
            )
            for value in (True, "true")
        ],
        not_applicable=_OTHER_CHART,
        undecided=[Case(_release("kserve-runtime-configs", {"llmisvcConfigs": UNKNOWN}))],
    ),
    "downloads-have-room": RuleCases(
        passing=[Case(_downloads(limit)) for limit in ("8Gi", "2048Mi", 2147483648, "3G")],
        failing=[
            failing(
                _release("kserve-resources", kserve),
                "storage.resources.limits.memory is not set: 1Gi ends the download of a large model",
            )
            for kserve in ({}, {"storage": {"resources": {"requests": {"memory": "8Gi"}}}})
        ]
        + [
            failing(
                _downloads(limit),
                f"storage.resources.limits.memory is {limit}: a large model needs 2Gi to be fetched",
            )
            for limit in ("1Gi", "2G", 1073741824, "2047Mi")
        ],
        not_applicable=_OTHER_CHART,
        undecided=[Case(_release("kserve-resources", {"storage": UNKNOWN})), Case(_downloads("lots"))],
    ),
    "downloads-are-bounded": RuleCases(
        passing=[Case(_storage())],
        failing=[
            failing(
                _storage(lambda c: c.pop("resources")),
                "storage-initializer: no requests.cpu, requests.memory, limits.memory",
            ),
            failing(
                _storage(lambda c: c.update(image="get:latest")),
                "storage-initializer: get:latest is whatever was pushed last",
            ),
            failing(
                _storage(lambda c: c["securityContext"].update(privileged=True)),
                "storage-initializer: privileged",
            ),
        ],
        not_applicable=OTHER,
        undecided=[Case(_storage(lambda c: c.update(image=UNKNOWN)))],
    ),
}

test_cases = cases_test(RULES, CASES)
