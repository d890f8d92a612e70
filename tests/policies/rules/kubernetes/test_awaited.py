from policies.analysis.kubernetes.metadata import SKIP_AWAIT
from policies.engine.graph import UNKNOWN
from policies.rules.kubernetes.awaited import RULES
from tests.policies.cases import Case, RuleCases, cases_test, resource

NAMESPACE = resource(
    "kubernetes:core/v1:Namespace",
    {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "loops"}},
    name="loops",
)
MOUNTED = {"volumes": [{"name": "keys", "secret": {"secretName": "loops-git"}}]}
READ = {
    "containers": [
        {
            "name": "c",
            "env": [{"name": "H", "valueFrom": {"secretKeyRef": {"name": "loops-git", "key": "h"}}}],
        }
    ]
}
ALL = {
    "containers": [
        {"name": "c", "envFrom": [{"configMapRef": {"name": "x"}}, {"secretRef": {"name": "loops-git"}}]}
    ],
    "volumes": [{"name": "p", "projected": {"sources": [{"secret": {"name": "loops-git"}}]}}],
}
_WAITS = "nothing in view makes the Secret loops-git, and the update that makes its namespace waits for it"


def made(kind, group, name="loops-git", namespace="loops", **more):
    api = group.removeprefix("core/")
    inputs = {"apiVersion": api, "kind": kind, "metadata": {"name": name, "namespace": namespace}, **more}
    return resource(f"kubernetes:{group}:{kind}", inputs, name=name)


def workload(spec, kind="Deployment", annotations=None, namespace="loops", **extra):
    meta = {"name": "w", "namespace": namespace, "annotations": annotations or {}}
    inputs = {"apiVersion": "apps/v1", "kind": kind, "metadata": meta, "spec": {"template": {"spec": spec}}}
    return resource(f"kubernetes:apps/v1:{kind}", inputs, name="w", **extra)


def of_certificate(name):
    return made("Certificate", "cert-manager.io/v1", name="c", spec={"secretName": name})


CASES = {
    "awaited-pods-find-their-secrets": RuleCases(
        passing=[
            Case(workload(MOUNTED), [NAMESPACE, made("Secret", "core/v1")]),
            Case(workload(MOUNTED), [NAMESPACE, of_certificate("loops-git")]),
            Case(
                workload(MOUNTED),
                [
                    NAMESPACE,
                    made(
                        "ExternalSecret",
                        "external-secrets.io/v1",
                        "e",
                        spec={"target": {"name": "loops-git"}},
                    ),
                ],
            ),
            Case(workload(READ), [NAMESPACE, made("SealedSecret", "bitnami.com/v1alpha1")]),
            Case(workload(READ, annotations={SKIP_AWAIT: "true"}), [NAMESPACE]),
            Case(workload(MOUNTED)),  # its namespace is another stack's: the Secret may have been made before
            Case(workload(MOUNTED, source="w.yaml"), [NAMESPACE]),
            Case(
                workload({"volumes": [{"name": "k", "secret": {"secretName": "x", "optional": True}}]}),
                [NAMESPACE],
            ),
            Case(workload({"volumes": [{"name": "k", "configMap": {"name": "x"}}]}), [NAMESPACE]),
        ],
        failing=[
            Case(
                workload(MOUNTED), [NAMESPACE], [f"spec.template.spec.volumes[0].secret.secretName: {_WAITS}"]
            ),
            Case(
                workload(READ, kind="StatefulSet"),
                [NAMESPACE, made("Secret", "core/v1", namespace="other")],
                [f"spec.template.spec.containers[0].env[0].valueFrom.secretKeyRef.name: {_WAITS}"],
            ),
            Case(
                workload(ALL, annotations={SKIP_AWAIT: "false"}),
                [NAMESPACE, of_certificate("loops-gti")],
                [
                    f"spec.template.spec.volumes[0].projected.sources[0].secret.name: {_WAITS}",
                    f"spec.template.spec.containers[0].envFrom[1].secretRef.name: {_WAITS}",
                ],
            ),
        ],
        not_applicable=[Case(NAMESPACE)],
        undecided=[
            Case(workload(MOUNTED), [NAMESPACE, made("Secret", "core/v1", name=UNKNOWN)]),
            Case(workload({"volumes": UNKNOWN}), [NAMESPACE]),
        ],
    ),
}

test_cases = cases_test(RULES, CASES)
