from policies.engine.graph import UNKNOWN
from policies.rules.platform.hardening import RULES
from tests.policies.cases import Case, RuleCases, cases_test, resource

DEPLOYMENT = "kubernetes:apps/v1:Deployment"
ISVC = "kubernetes:serving.kserve.io/v1beta1:InferenceService"
LLM = "kubernetes:serving.kserve.io/v1alpha2:LLMInferenceService"
RUNTIME = "kubernetes:serving.kserve.io/v1alpha1:ClusterServingRuntime"
RELEASE = "kubernetes:helm.sh/v3:Release"
OTHER = resource("aws:s3/bucket:Bucket", {})
NOTES = {"slipway.dev/owner": "search", "slipway.dev/data-class": "internal"}
DIGEST = {"slipway.dev/artifact-digest": "sha256:1"}
HARD = {"resources": {"limits": {"memory": "1Gi"}}, "securityContext": {"runAsNonRoot": True}}


def workload(container=None, **pod):
    spec = {"containers": [{"name": "main", **(container or {})}], **pod}
    inputs = {"kind": "Deployment", "metadata": {"name": "x"}, "spec": {"template": {"spec": spec}}}
    return resource(DEPLOYMENT, inputs)


def account(**said):
    return resource(
        "kubernetes:core/v1:ServiceAccount", {"kind": "ServiceAccount", "metadata": {"name": "x"}, **said}
    )


def predictive(predictor, **spec):
    return resource(ISVC, {"kind": "x", "metadata": {"name": "m"}, "spec": {"predictor": predictor, **spec}})


def language(metadata, **spec):
    return resource(LLM, {"kind": "x", "metadata": {"name": "m", **metadata}, "spec": spec})


def runtime(container, **spec):
    said = {"containers": [{"name": "server", **container}], **spec}
    return resource(RUNTIME, {"kind": "x", "metadata": {"name": "r"}, "spec": said})


def chart(values):
    return resource(RELEASE, {"chart": "x", "values": values})


def proxy(limits):
    container = {"container": {"resources": {"limits": limits}}}
    spec = {"provider": {"kubernetes": {"envoyDeployment": container}}}
    return resource(
        "kubernetes:gateway.envoyproxy.io/v1alpha1:EnvoyProxy", {"kind": "EnvoyProxy", "spec": spec}
    )


NAMESPACE = resource("kubernetes:core/v1:Namespace", {"kind": "Namespace", "metadata": {"name": "models"}})
MODEL = resource(ISVC, {"kind": "x", "metadata": {"name": "m", "namespace": "models"}, "spec": {}}, "m")
BOUNDS = {"pods": "9", "requests.cpu": "9", "requests.memory": "9Gi", "requests.nvidia.com/gpu": "1"}
SHUT = {"services.loadbalancers": "0", "services.nodeports": 0}
PRIORITIES = ["slipway-platform", "system-cluster-critical", "system-node-critical"]


def quota(hard, priorities=None, name="quota"):
    spec = {"hard": hard}
    if priorities:
        test = {"scopeName": "PriorityClass", "operator": "In", "values": priorities}
        spec["scopeSelector"] = {"matchExpressions": [test]}
    metadata = {"name": name, "namespace": "models"}
    return resource(
        "kubernetes:core/v1:ResourceQuota",
        {"kind": "ResourceQuota", "metadata": metadata, "spec": spec},
        name,
    )


NONE_OF_OURS = quota({"pods": "0"}, PRIORITIES, "priorities")
CASES = {
    "root-filesystems-are-read-only": RuleCases(
        passing=[
            Case(workload({"securityContext": {"readOnlyRootFilesystem": True}})),
        ],
        failing=[
            Case(workload(), findings=["main: its root filesystem can be written"]),
            Case(
                runtime({"securityContext": {"readOnlyRootFilesystem": False}}),
                findings=["spec server: its root filesystem can be written"],
            ),
        ],
        not_applicable=[Case(OTHER)],
        undecided=[
            Case(workload({"securityContext": UNKNOWN})),
        ],
    ),
    "scratch-space-is-bounded": RuleCases(
        passing=[
            Case(workload(volumes=[{"name": "a", "emptyDir": {"sizeLimit": "1Gi"}}, {"name": "b"}])),
        ],
        failing=[
            Case(workload(volumes=[{"name": "a", "emptyDir": {}}]), findings=["volume a has no sizeLimit"]),
            Case(
                predictive({"volumes": [{"name": "tmp", "emptyDir": {"medium": "Memory"}}]}),
                findings=["predictor volume tmp has no sizeLimit"],
            ),
        ],
        not_applicable=[Case(OTHER)],
        undecided=[Case(workload(volumes=UNKNOWN))],
    ),
    "tokens-are-mounted-where-asked-for": RuleCases(
        passing=[
            Case(workload(automountServiceAccountToken=False)),
            Case(account(automountServiceAccountToken=False)),
        ],
        failing=[
            Case(workload(), findings=["automountServiceAccountToken is not false"]),
            Case(
                account(automountServiceAccountToken=True),
                findings=["automountServiceAccountToken is not false: every pod of the account gets a token"],
            ),
        ],
        not_applicable=[Case(OTHER)],
        undecided=[Case(account(automountServiceAccountToken=UNKNOWN))],
    ),
    "models-say-whose-they-are": RuleCases(
        passing=[
            Case(predictive({"labels": NOTES, "annotations": DIGEST})),
            Case(language({"labels": NOTES, "annotations": DIGEST}, labels=NOTES)),
        ],
        failing=[
            Case(
                predictive(
                    {"labels": NOTES, "annotations": DIGEST},
                    canary=[{"predictor": {"name": "v2", "labels": NOTES}}],
                ),
                findings=["canary[0].predictor.annotations has no slipway.dev/artifact-digest"],
            ),
            Case(
                language({"annotations": DIGEST}, labels=NOTES),
                findings=[
                    "metadata.labels has no slipway.dev/data-class",
                    "metadata.labels has no slipway.dev/owner",
                ],
            ),
        ],
        not_applicable=[Case(OTHER)],
        undecided=[
            Case(predictive({"labels": UNKNOWN, "annotations": DIGEST})),
        ],
    ),
    "model-namespaces-open-nothing": RuleCases(
        passing=[
            Case(NAMESPACE, [MODEL, quota(BOUNDS | SHUT), NONE_OF_OURS]),
            Case(NAMESPACE),
        ],
        failing=[
            Case(
                NAMESPACE,
                [MODEL, quota(BOUNDS), NONE_OF_OURS],
                [
                    "may open loadbalancers: no quota sets services.loadbalancers to 0",
                    "may open nodeports: no quota sets services.nodeports to 0",
                ],
            ),
            Case(
                NAMESPACE,
                [MODEL, quota(BOUNDS | SHUT | {"services.nodeports": "1"}), NONE_OF_OURS],
                ["may open nodeports: no quota sets services.nodeports to 0"],
            ),
            Case(
                NAMESPACE,
                [MODEL, quota({"pods": "9", "requests.cpu": "9"} | SHUT), NONE_OF_OURS],
                ["no quota bounds requests.memory", "no quota bounds requests.nvidia.com/gpu"],
            ),
            Case(
                NAMESPACE,
                [MODEL, quota(BOUNDS | SHUT), quota({"pods": "0"}, PRIORITIES[1:], "some")],
                ["pods may take the priority slipway-platform"],
            ),
            Case(
                NAMESPACE,
                [MODEL, quota(BOUNDS | SHUT), quota({"pods": "1"}, PRIORITIES, "some")],
                [f"pods may take the priority {name}" for name in PRIORITIES],
            ),
        ],
        not_applicable=[Case(OTHER)],
        undecided=[Case(NAMESPACE, [MODEL, quota(UNKNOWN)])],
    ),
    "charts-ask-for-no-privilege": RuleCases(
        passing=[
            Case(chart({"securityContext": {"runAsNonRoot": True, "allowPrivilegeEscalation": False}})),
        ],
        failing=[
            Case(
                chart({"agent": [{"securityContext": {"privileged": True}}], "hostNetwork": True}),
                findings=["values.agent.0.securityContext.privileged is true", "values.hostNetwork is true"],
            ),
            Case(
                chart({"seccompProfile": {"type": "Unconfined"}, "readOnlyRootFilesystem": False}),
                findings=["values.seccompProfile is Unconfined", "values.readOnlyRootFilesystem is false"],
            ),
            Case(
                chart({"extensionApis": {"enableEnvoyPatchPolicy": True}}),
                findings=[
                    "values.extensionApis.enableEnvoyPatchPolicy is true: who writes a patch rewrites the proxy"
                ],
            ),
        ],
        not_applicable=[Case(OTHER)],
        undecided=[
            Case(chart({"seccompProfile": UNKNOWN})),
        ],
    ),
    "runtimes-stand-on-their-own": RuleCases(
        passing=[
            Case(runtime(HARD, securityContext={"seccompProfile": {"type": "RuntimeDefault"}})),
        ],
        failing=[
            Case(runtime(HARD), findings=["server: no seccompProfile for models that leave it out"]),
            Case(
                runtime({}, securityContext={"seccompProfile": {"type": "RuntimeDefault"}}),
                findings=[
                    "server: no limits.memory for models that state none",
                    "server: runAsNonRoot is not set for models that leave it out",
                ],
            ),
        ],
        not_applicable=[Case(OTHER)],
        undecided=[Case(runtime(HARD, securityContext=UNKNOWN))],
    ),
    "proxies-are-bounded": RuleCases(
        passing=[
            Case(proxy({"memory": "1Gi"})),
        ],
        failing=[
            Case(proxy({}), findings=["its Envoys have no limit of memory"]),
            Case(proxy({"cpu": "2"}), findings=["its Envoys have no limit of memory"]),
        ],
        not_applicable=[Case(OTHER)],
        undecided=[Case(proxy(UNKNOWN))],
    ),
}
test_rules = cases_test(RULES, CASES)
