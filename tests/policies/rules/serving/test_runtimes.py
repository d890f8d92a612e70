from copy import deepcopy

from policies.engine.graph import UNKNOWN
from policies.rules.kubernetes.pods import RULES as POD_RULES
from policies.rules.serving.runtimes import PLATFORM, RULES
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
_ASKS = "spec.containers[0].env[HF_HUB_OFFLINE]: container kserve-container may ask a hub (HF_HUB_OFFLINE is not 1)"

OF_RUNTIMES = {
    "pods-meet-restricted-pss": RuleCases(
        passing=[Case(runtime()), Case(runtime(kind="ServingRuntime"))],
        failing=[
            failing(
                runtime(lambda _s, c: c["securityContext"].pop("capabilities")),
                "spec.containers[0].securityContext: container kserve-container does not say capabilities.drop: [ALL]",
            ),
            failing(
                runtime(lambda s, _c: s.update(hostIPC=True)),
                "spec.hostIPC: the pod shares the node's memory segments",
            ),
            failing(
                runtime(
                    lambda s, c: s.update(
                        workerSpec={
                            "containers": [{**c, "securityContext": {**RESTRICTED, "privileged": True}}]
                        }
                    )
                ),
                "spec.workerSpec.containers[0].securityContext.privileged: container kserve-container "
                "has every right on the node",
            ),
        ],
        not_applicable=OTHER,
        undecided=[Case(runtime(lambda _s, c: c.update(securityContext=UNKNOWN)))],
    ),
    "images-are-pinned": RuleCases(
        passing=[Case(runtime())],
        failing=[
            failing(
                runtime(lambda _s, c: c.update(image="server")),
                "spec.containers[0].image: server is whatever was pushed last",
            ),
            failing(
                runtime(lambda _s, c: c.update(image="host:5000/server:latest")),
                "spec.containers[0].image: host:5000/server:latest is whatever was pushed last",
            ),
        ],
        not_applicable=OTHER,
        undecided=[Case(runtime(lambda _s, c: c.update(image=UNKNOWN)))],
    ),
    "containers-are-bounded": RuleCases(
        passing=[Case(runtime())],
        failing=[
            failing(
                runtime(lambda _s, c: c.pop("resources")),
                "spec.containers[0].resources: container kserve-container has no requests.cpu, "
                "requests.memory, limits.memory",
            ),
            failing(
                runtime(lambda s, _c: s.update(workerSpec={"containers": [{"name": "w"}]})),
                "spec.workerSpec.containers[0].resources: container w has no requests.cpu, "
                "requests.memory, limits.memory",
            ),
        ],
        not_applicable=OTHER,
        undecided=[Case(runtime(lambda _s, c: c.update(resources=UNKNOWN)))],
    ),
}
OF_CONFIGS = {
    "pods-meet-restricted-pss": RuleCases(
        passing=[Case(_config()), Case(_config(version="v1alpha1"))],
        failing=[
            failing(
                _config(
                    lambda _s, c: c["securityContext"]["capabilities"].update(add=["NET_RAW", "SYS_RAWIO"])
                ),
                "spec.template.containers[0].securityContext.capabilities.add: container main adds NET_RAW, SYS_RAWIO",
            ),
            failing(
                _config(lambda s, _c: s.update(router={"scheduler": {"template": {"hostPID": True}}})),
                "spec.router.scheduler.template.hostPID: the pod sees every process of the node",
            ),
            failing(
                _config(lambda s, _c: s.update(worker={"containers": [{"name": "main"}]})),
                "spec.worker.containers[0].securityContext: container main does not say "
                "allowPrivilegeEscalation: false, "
                "capabilities.drop: [ALL], runAsNonRoot: true, seccompProfile.type: RuntimeDefault",
            ),
        ],
        not_applicable=OTHER,
        undecided=[Case(_config(lambda s, _c: s.update(template=UNKNOWN)))],
    ),
    "images-are-pinned": RuleCases(
        passing=[Case(_config()), Case(_config(lambda _s, c: c.pop("image")))],
        failing=[
            failing(
                _config(lambda _s, c: c.update(image="engine")),
                "spec.template.containers[0].image: engine is whatever was pushed last",
            ),
            failing(
                _config(
                    lambda s, c: s.update(prefill={"template": {"containers": [{**c, "image": "p:latest"}]}})
                ),
                "spec.prefill.template.containers[0].image: p:latest is whatever was pushed last",
            ),
        ],
        not_applicable=OTHER,
        undecided=[Case(_config(lambda _s, c: c.update(image=UNKNOWN)))],
    ),
}
CASES = {
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
                "spec.containers[0].env[0].value: container kserve-container may ask a hub (HF_HUB_OFFLINE is 0)",
            ),
        ],
        not_applicable=OTHER,
        undecided=[Case(runtime(lambda _s, c: c.update(env=UNKNOWN)))],
    ),
    "serving-runtimes-load-no-code": RuleCases(
        passing=[
            Case(runtime(), [OURS]),
            Case(runtime(formats=("onnx", "xgboost", "lightgbm")), [OURS]),
        ],
        failing=[
            failing(
                runtime(formats=("xgboost", name)),
                f"spec.supportedModelFormats[1].name: files of {name} are loaded by running what is in them",
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
        ],
        failing=[
            failing(
                runtime(),
                "spec.containers[0].readinessProbe: is not set, and KServe asks whether the port is open",
                others=(OURS,),
            ),
            failing(
                runtime(lambda _s, c: c.update(readinessProbe={"tcpSocket": {"port": 8080}})),
                "spec.containers[0].readinessProbe.tcpSocket: asks whether the port is open, not whether "
                "the model is there",
                others=(OURS,),
            ),
        ],
        not_applicable=OTHER,
        undecided=[Case(runtime(lambda _s, c: c.update(readinessProbe=UNKNOWN)), [OURS])],
    ),
    "kserve-runs-in-standard-mode": RuleCases(
        passing=[Case(_mode("Standard")), Case(_mode("RawDeployment"))],
        failing=[
            failing(
                _mode("Knative"),
                "values.kserve.controller.deploymentMode: models run in Knative mode; Standard",
            ),
            failing(
                _mode(""),
                "values.kserve.controller.deploymentMode: is not set, and the chart says Knative; Standard",
            ),
            failing(
                _mode("Standard", gateway_api=False),
                "values.kserve.controller.gateway.ingressGateway.enableGatewayApi: models get the "
                "ingress of an older Istio; must be true",
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
                "values.kserve.llmisvcConfigs.enabled: upstream's configs are merged into every model "
                "and cannot be taken away",
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
                "values.kserve.storage.resources.limits.memory: is not set, and the chart's is 1Gi; a "
                "large model needs 2Gi to be fetched",
            )
            for kserve in ({}, {"storage": {"resources": {"requests": {"memory": "8Gi"}}}})
        ]
        + [
            failing(
                _downloads(limit),
                f"values.kserve.storage.resources.limits.memory: {limit} is little; a large model needs "
                f"2Gi to be fetched",
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
                "spec.container.resources: container storage-initializer has no requests.cpu, "
                "requests.memory, limits.memory",
            ),
            failing(
                _storage(lambda c: c.update(image="get:latest")),
                "spec.container.image: get:latest is whatever was pushed last",
            ),
            failing(
                _storage(lambda c: c["securityContext"].update(privileged=True)),
                "spec.container.securityContext.privileged: container storage-initializer has every right on the node",
            ),
        ],
        not_applicable=OTHER,
        undecided=[Case(_storage(lambda c: c.update(image=UNKNOWN)))],
    ),
}

test_cases = cases_test((*RULES, *PLATFORM), CASES)
test_pods_of_runtimes = cases_test([rule for rule in POD_RULES if rule.id in OF_RUNTIMES], OF_RUNTIMES)
test_pods_of_configs = cases_test([rule for rule in POD_RULES if rule.id in OF_CONFIGS], OF_CONFIGS)
