from policies.analysis.kubernetes.charts import RELEASE
from policies.analysis.mesh.objects import (
    AUTHENTICATION,
    AUTHORIZATION,
    MODEL_KINDS,
    NAMESPACE,
    NETWORK_POLICY,
)
from policies.engine.graph import UNKNOWN, Resource
from policies.rules.kubernetes.namespaces import QUOTA, RULES
from tests.policies.cases import Case, RuleCases, cases_test, resource

ENFORCE = "pod-security.kubernetes.io/enforce"
MESH = {"istio.io/dataplane-mode": "ambient"}


def namespace(labels: object, name: str = "models", **extra: object) -> Resource:
    return resource(
        NAMESPACE, {"kind": "Namespace", "metadata": {"name": name, "labels": labels}}, name, **extra
    )


def inside(type_: str, spec: object, where: str = "models", name: str = "x") -> Resource:
    return resource(type_, {"kind": "x", "metadata": {"name": name, "namespace": where}, "spec": spec}, name)


MODEL = inside(MODEL_KINDS[0], {})
LLM = inside(MODEL_KINDS[1], {})
STRICT = {"mtls": {"mode": "STRICT"}}
ZTUNNEL = resource(
    RELEASE, {"chart": "ztunnel", "repositoryOpts": {"repo": "https://istio-release.example"}}, "ztunnel"
)
OTHER = resource("kubernetes:core/v1:Secret", {})
UNREAD = namespace(UNKNOWN)


def authorization(spec: object, where: str = "models") -> Resource:
    return inside(AUTHORIZATION[0], spec, where)


def network(spec: object) -> Resource:
    return inside(NETWORK_POLICY, spec)


DEPLOYMENT = "kubernetes:apps/v1:Deployment"
POD = {"template": {"spec": {"containers": [{"name": "a"}]}}}
NONE = {"istio.io/dataplane-mode": "none"}

CASES = {
    "namespaces-state-their-pod-security": RuleCases(
        passing=[Case(namespace({ENFORCE: "baseline"})), Case(namespace({}, "kube-system"))],
        failing=[
            Case(
                namespace(None),
                findings=[
                    (
                        "metadata.labels[pod-security.kubernetes.io/enforce]: is not set: pods may be "
                        "privileged; baseline or privileged or restricted"
                    )
                ],
            ),
            Case(
                namespace({ENFORCE: "strict"}),
                findings=[
                    (
                        "metadata.labels[pod-security.kubernetes.io/enforce]: 'strict' is no level; baseline "
                        "or privileged or restricted"
                    )
                ],
            ),
        ],
        not_applicable=[Case(OTHER)],
        undecided=[Case(UNREAD)],
    ),
    "model-namespaces-are-restricted": RuleCases(
        passing=[Case(namespace({ENFORCE: "restricted"}), [MODEL]), Case(namespace({ENFORCE: "privileged"}))],
        failing=[
            Case(
                namespace({ENFORCE: "baseline"}),
                [MODEL],
                [
                    (
                        "metadata.labels[pod-security.kubernetes.io/enforce]: baseline is enforced, and "
                        "models stand here; restricted"
                    )
                ],
            ),
            Case(
                namespace({}),
                [LLM],
                [
                    (
                        "metadata.labels[pod-security.kubernetes.io/enforce]: nothing is enforced, and "
                        "models stand here; restricted"
                    )
                ],
            ),
        ],
        not_applicable=[Case(OTHER)],
        undecided=[Case(UNREAD, [MODEL])],
    ),
    "model-namespaces-are-in-the-mesh": RuleCases(
        passing=[
            Case(namespace(MESH), [MODEL]),
            Case(namespace({"istio-injection": "enabled"}), [MODEL]),
            Case(namespace({}), [inside(MODEL_KINDS[0], {}, "elsewhere")]),
        ],
        failing=[
            Case(
                namespace({}),
                [MODEL],
                ["metadata.labels[istio.io/dataplane-mode]: models stand here, outside the mesh; ambient"],
            ),
            Case(
                namespace({"istio.io/dataplane-mode": "none"}),
                [LLM],
                ["metadata.labels[istio.io/dataplane-mode]: models stand here, outside the mesh; ambient"],
            ),
        ],
        not_applicable=[Case(OTHER)],
        undecided=[Case(UNREAD, [MODEL])],
    ),
    "model-namespaces-require-mutual-tls": RuleCases(
        passing=[
            Case(namespace(MESH), [MODEL, inside(AUTHENTICATION[0], STRICT)]),
            Case(namespace(MESH), [MODEL, inside(AUTHENTICATION[1], STRICT, "istio-system")]),
            Case(namespace(MESH)),
        ],
        failing=[
            Case(
                namespace(MESH), [MODEL], ["models stand here, and no PeerAuthentication requires mutual TLS"]
            ),
            Case(
                namespace(MESH),
                [LLM, inside(AUTHENTICATION[0], STRICT, "elsewhere")],
                ["models stand here, and no PeerAuthentication requires mutual TLS"],
            ),
        ],
        not_applicable=[Case(OTHER)],
        undecided=[Case(namespace(MESH), [MODEL, inside(AUTHENTICATION[0], {"mtls": UNKNOWN})])],
    ),
    "namespaces-stay-in-the-mesh": RuleCases(
        passing=[
            Case(namespace({})),
            Case(namespace(MESH)),
            Case(namespace(NONE, "kube-system")),
            Case(
                resource(
                    NAMESPACE,
                    {
                        "metadata": {
                            "name": "x",
                            "labels": NONE,
                            "annotations": {"slipway.dev/reason": "gVisor"},
                        }
                    },
                )
            ),
        ],
        failing=[
            Case(
                namespace({key: value}),
                findings=[
                    f"metadata.labels[{key}]: {value}: workloads take and send plain text, under no name"
                ],
            )
            for key, value in (*NONE.items(), ("istio-injection", "disabled"))
        ],
        not_applicable=[Case(OTHER)],
        undecided=[Case(UNREAD)],
    ),
    "mesh-namespaces-deny-requests": RuleCases(
        passing=[
            Case(namespace(MESH), [authorization({})]),
            Case(namespace(MESH), [authorization({"action": "ALLOW"}, "istio-system")]),
            Case(namespace({})),
            Case(namespace(MESH, source="ns.yaml#x"), [inside(DEPLOYMENT, POD, "elsewhere")]),
        ],
        failing=[
            Case(namespace(MESH), findings=["no AuthorizationPolicy denies by default"]),
            Case(
                namespace(MESH, source="ns.yaml#x"),
                [inside(DEPLOYMENT, POD)],
                ["no AuthorizationPolicy denies by default"],
            ),
            Case(
                namespace(MESH),
                [authorization({"rules": [{}]}), authorization({"selector": {"matchLabels": {"app": "x"}}})],
                ["no AuthorizationPolicy denies by default"],
            ),
            Case(
                namespace(MESH),
                [authorization({"action": "DENY"})],
                ["no AuthorizationPolicy denies by default"],
            ),
        ],
        not_applicable=[Case(OTHER)],
        undecided=[Case(namespace(MESH), [authorization({"rules": UNKNOWN})])],
    ),
    "mesh-namespaces-deny-traffic": RuleCases(
        passing=[
            Case(namespace(MESH), [network({"podSelector": {}, "policyTypes": ["Ingress", "Egress"]})]),
            Case(namespace(MESH), [network({"podSelector": {}})]),
            Case(namespace({})),
            Case(namespace(MESH, source="ns.yaml#x")),
        ],
        failing=[
            Case(namespace(MESH), findings=["no NetworkPolicy denies incoming traffic by default"]),
            Case(
                namespace(MESH),
                [network({"podSelector": {}, "policyTypes": ["Egress"]})],
                ["no NetworkPolicy denies incoming traffic by default"],
            ),
            Case(
                namespace(MESH),
                [network({"podSelector": {"matchExpressions": [{"key": "a", "operator": "Exists"}]}})],
                ["no NetworkPolicy denies incoming traffic by default"],
            ),
        ],
        not_applicable=[Case(OTHER)],
        undecided=[Case(namespace(MESH), [network(UNKNOWN)])],
    ),
    "model-namespaces-deny-egress": RuleCases(
        passing=[
            Case(namespace({}), [MODEL, network({"podSelector": {}, "policyTypes": ["Egress"]})]),
            Case(namespace({}), [MODEL, network({"podSelector": {}, "egress": []})]),
            Case(namespace(MESH)),
        ],
        failing=[
            Case(
                namespace({}),
                [MODEL],
                ["models stand here, and no NetworkPolicy denies outgoing traffic"],
            ),
            Case(
                namespace({}),
                [LLM, network({"podSelector": {}})],
                ["models stand here, and no NetworkPolicy denies outgoing traffic"],
            ),
        ],
        not_applicable=[Case(OTHER)],
        undecided=[Case(namespace({}), [MODEL, network({"policyTypes": UNKNOWN})])],
    ),
    "model-namespaces-are-bounded": RuleCases(
        passing=[
            Case(namespace({}), [MODEL, inside(QUOTA, {"hard": {"requests.nvidia.com/gpu": "16"}})]),
            Case(namespace({})),
        ],
        failing=[
            Case(
                namespace({}), [MODEL], ["models stand here, and no ResourceQuota bounds their GPUs or pods"]
            ),
            Case(
                namespace({}),
                [LLM, inside(QUOTA, {"hard": {"services.nodeports": "0"}})],
                ["models stand here, and no ResourceQuota bounds their GPUs or pods"],
            ),
            Case(
                namespace({}),
                [LLM, inside(QUOTA, {"hard": {"pods": "9"}, "scopes": ["BestEffort"]})],
                ["models stand here, and no ResourceQuota bounds their GPUs or pods"],
            ),
        ],
        not_applicable=[Case(OTHER)],
        undecided=[Case(namespace({}), [MODEL, inside(QUOTA, {"hard": UNKNOWN})])],
    ),
    "mesh-namespaces-wait-for-the-mesh": RuleCases(
        passing=[
            Case(namespace(MESH, dependencies=frozenset({ZTUNNEL.urn})), [ZTUNNEL]),
            Case(namespace(MESH)),
            Case(namespace({}), [ZTUNNEL]),
        ],
        failing=[
            Case(namespace(MESH), [ZTUNNEL], ["dependsOn: the namespace does not wait for ztunnel"]),
            Case(
                namespace(MESH, dependencies=frozenset({OTHER.urn})),
                [ZTUNNEL, OTHER],
                ["dependsOn: the namespace does not wait for ztunnel"],
            ),
        ],
        not_applicable=[Case(OTHER)],
        undecided=[Case(UNREAD, [ZTUNNEL])],
    ),
}


test_cases = cases_test(RULES, CASES)
