from policies.engine.graph import UNKNOWN
from policies.rules.mesh.pods import RULES
from tests.policies.cases import Case, RuleCases, cases_test, resource

EXCLUDED = "traffic.sidecar.istio.io/excludeInboundPorts"
INJECT = "sidecar.istio.io/inject"
MODE = "istio.io/dataplane-mode"
PLAIN = "what it answers is answered in plain text, to anybody"


def workload(labels=(), notes=(), kind="Deployment"):
    ports = [{"name": "http", "containerPort": 8080}, {"name": "metrics", "containerPort": 9090}]
    template = {
        "metadata": {"labels": {"app": "a", **dict(labels)}, "annotations": dict(notes)},
        "spec": {"containers": [{"name": "app", "ports": ports}]},
    }
    return resource(
        f"kubernetes:apps/v1:{kind}",
        {"kind": kind, "metadata": {"namespace": "n"}, "spec": {"template": template}},
    )


def namespace(**labels):
    spelt = {key.replace("__", "/").replace("_", "-"): value for key, value in labels.items()}
    return resource("kubernetes:core/v1:Namespace", {"metadata": {"name": "n", "labels": spelt}}, name="n")


def service(selector, *ports):
    spec = {"selector": selector, "ports": list(ports)}
    return resource(
        "kubernetes:core/v1:Service", {"metadata": {"namespace": "n", "name": "s"}, "spec": spec}, name="s"
    )


SIDECARS = namespace(istio_injection="enabled")
AMBIENT = resource(
    "kubernetes:core/v1:Namespace", {"metadata": {"name": "n", "labels": {MODE: "ambient"}}}, name="n"
)
HTTP = service({"app": "a"}, {"name": "http", "port": 80, "targetPort": "http"})
METRICS = service({"app": "a"}, {"name": "http-metrics", "port": 9090})
OFF = {INJECT: "false"}

CASES = {
    "servers-stay-in-the-mesh": RuleCases(
        passing=[
            Case(workload(), [SIDECARS, HTTP]),
            Case(workload(OFF), [HTTP]),
            Case(workload(OFF), [SIDECARS]),
            Case(workload(OFF), [namespace(), HTTP]),
            Case(workload(OFF), [SIDECARS, service({"app": "b"}, {"port": 80}), METRICS]),
            Case(workload(OFF, {"slipway.dev/reason": "speaks TLS itself"}), [SIDECARS, HTTP]),
            Case(workload({INJECT: "true"}, OFF), [SIDECARS, HTTP]),
            Case(workload(notes={EXCLUDED: "9090"}), [SIDECARS, HTTP, METRICS]),
        ],
        failing=[
            Case(
                workload(OFF),
                [SIDECARS, HTTP],
                [
                    (
                        "spec.template.metadata.labels[sidecar.istio.io/inject]: what the workload answers "
                        "is answered in plain text, to anybody"
                    )
                ],
            ),
            Case(
                workload(notes={INJECT: False}),
                [SIDECARS, HTTP],
                [
                    (
                        "spec.template.metadata.annotations[sidecar.istio.io/inject]: what the workload "
                        "answers is answered in plain text, to anybody"
                    )
                ],
            ),
            Case(
                workload({MODE: "none"}, kind="StatefulSet"),
                [AMBIENT, HTTP],
                [
                    (
                        "spec.template.metadata.labels[istio.io/dataplane-mode]: what the workload answers "
                        "is answered in plain text, to anybody"
                    )
                ],
            ),
            Case(
                workload(notes={EXCLUDED: "9090, 8080"}),
                [SIDECARS, HTTP],
                [
                    (
                        "spec.template.metadata.annotations[traffic.sidecar.istio.io/excludeInboundPorts]: "
                        "names 8080, which a Service sends requests to"
                    )
                ],
            ),
        ],
        not_applicable=[Case(resource("kubernetes:batch/v1:Job", {"kind": "Job"}))],
        undecided=[Case(workload({INJECT: UNKNOWN}), [SIDECARS, HTTP])],
    ),
}
test_rules = cases_test(RULES, CASES)
