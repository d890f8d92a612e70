from policies.engine.graph import UNKNOWN
from policies.rules.platform.hardening import PLATFORM
from tests.policies.cases import Case, RuleCases, cases_test, resource

DEPLOYMENT = "kubernetes:apps/v1:Deployment"
ISVC = "kubernetes:serving.kserve.io/v1beta1:InferenceService"
RUNTIME = "kubernetes:serving.kserve.io/v1alpha1:ClusterServingRuntime"
RELEASE = "kubernetes:helm.sh/v3:Release"
OTHER = resource("aws:s3/bucket:Bucket", {})
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


CASES = {
    "root-filesystems-are-read-only": RuleCases(
        passing=[
            Case(workload({"securityContext": {"readOnlyRootFilesystem": True}})),
        ],
        failing=[
            Case(
                workload(),
                findings=[
                    (
                        "spec.template.spec.containers[0].securityContext.readOnlyRootFilesystem: the root "
                        "filesystem of container main can be written; true"
                    )
                ],
            ),
            Case(
                runtime({"securityContext": {"readOnlyRootFilesystem": False}}),
                findings=[
                    (
                        "spec.containers[0].securityContext.readOnlyRootFilesystem: the root filesystem of "
                        "container server can be written; true"
                    )
                ],
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
            Case(
                workload(volumes=[{"name": "a", "emptyDir": {}}]),
                findings=["spec.template.spec.volumes[0].emptyDir.sizeLimit: volume a is not bounded"],
            ),
            Case(
                predictive({"volumes": [{"name": "tmp", "emptyDir": {"medium": "Memory"}}]}),
                findings=["spec.predictor.volumes[0].emptyDir.sizeLimit: volume tmp is not bounded"],
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
            Case(
                workload(),
                findings=["spec.template.spec.automountServiceAccountToken: the pod gets a token; false"],
            ),
            Case(
                account(automountServiceAccountToken=True),
                findings=["automountServiceAccountToken: every pod of the account gets a token; false"],
            ),
        ],
        not_applicable=[Case(OTHER)],
        undecided=[Case(account(automountServiceAccountToken=UNKNOWN))],
    ),
    "charts-ask-for-no-privilege": RuleCases(
        passing=[
            Case(chart({"securityContext": {"runAsNonRoot": True, "allowPrivilegeEscalation": False}})),
        ],
        failing=[
            Case(
                chart({"agent": [{"securityContext": {"privileged": True}}], "hostNetwork": True}),
                findings=[
                    "values.agent[0].securityContext.privileged: is true",
                    "values.hostNetwork: is true",
                ],
            ),
            Case(
                chart({"seccompProfile": {"type": "Unconfined"}, "readOnlyRootFilesystem": False}),
                findings=[
                    "values.readOnlyRootFilesystem: is false",
                    "values.seccompProfile.type: is Unconfined",
                ],
            ),
            Case(
                chart({"extensionApis": {"enableEnvoyPatchPolicy": True}}),
                findings=[
                    "values.extensionApis.enableEnvoyPatchPolicy: is true: who writes a patch rewrites the proxy"
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
            Case(
                runtime(HARD),
                findings=[
                    (
                        "spec.containers[0].securityContext.seccompProfile: server has none for models that leave "
                        "it out"
                    )
                ],
            ),
            Case(
                runtime({}, securityContext={"seccompProfile": {"type": "RuntimeDefault"}}),
                findings=[
                    "spec.containers[0].resources.limits.memory: server has none for models that state none",
                    (
                        "spec.containers[0].securityContext.runAsNonRoot: server may run as root for models that "
                        "leave it out; true"
                    ),
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
            Case(
                proxy({}),
                findings=[
                    (
                        "spec.provider.kubernetes.envoyDeployment.container.resources.limits.memory: its Envoys "
                        "have no limit of memory"
                    )
                ],
            ),
            Case(
                proxy({"cpu": "2"}),
                findings=[
                    (
                        "spec.provider.kubernetes.envoyDeployment.container.resources.limits.memory: its Envoys "
                        "have no limit of memory"
                    )
                ],
            ),
        ],
        not_applicable=[Case(OTHER)],
        undecided=[Case(proxy(UNKNOWN))],
    ),
}
test_rules = cases_test(PLATFORM, CASES)
