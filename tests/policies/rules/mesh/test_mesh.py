from dataclasses import replace

from policies.analysis.kubernetes.charts import RELEASE
from policies.analysis.mesh.objects import AUTHENTICATION, AUTHORIZATION
from policies.engine.graph import UNKNOWN, Resource
from policies.rules.mesh.mesh import RULES
from tests.policies.cases import Case, RuleCases, cases_test, resource

PEER = AUTHENTICATION[0]
ISTIO = {"repo": "https://istio-release.storage.googleapis.com/charts"}


def release(chart: str, name: str = "", *, after: tuple[Resource, ...] = (), **inputs: object) -> Resource:
    return resource(
        RELEASE,
        {"chart": chart, "repositoryOpts": ISTIO, "namespace": "istio-system", **inputs},
        name or chart,
        dependencies=frozenset(r.urn for r in after),
    )


def peer(
    spec: object, namespace: str = "istio-system", annotations: object = None, name: str = "p"
) -> Resource:
    metadata = {"name": name, "namespace": namespace, "annotations": annotations}
    return resource(PEER, {"kind": "PeerAuthentication", "metadata": metadata, "spec": spec}, name)


STRICT = {"mtls": {"mode": "STRICT"}}
WEBHOOK = {"slipway.dev/mesh-exception": "api-server-to-webhook"}
PORT = {"selector": {"matchLabels": {"app": "x"}}, "portLevelMtls": {"9443": {"mode": "PERMISSIVE"}}}
BASE = release("base")
ISTIOD = release("istiod", after=(BASE,))
CNI = release("cni", after=(BASE,))
MISSING = "no PeerAuthentication in istio-system requires mutual TLS of the whole mesh"


def namespace(name: str = "models", **labels: str) -> Resource:
    metadata = {"name": name, "labels": labels}
    return resource("kubernetes:core/v1:Namespace", {"kind": "Namespace", "metadata": metadata}, name)


def authorization(place: object = "models", **notes: object) -> Resource:
    metadata = {"name": "callers", "namespace": place, "annotations": notes}
    return resource(AUTHORIZATION[0], {"kind": "AuthorizationPolicy", "metadata": metadata, "spec": {}})


AMBIENT = {"istio.io/dataplane-mode": "ambient"}
UNENFORCED = "metadata.namespace: models is not in the mesh: nobody enforces the policy"

CASES = {
    "mesh-policies-are-enforced": RuleCases(
        passing=[
            Case(authorization(), [namespace(**AMBIENT)]),
            Case(authorization(), [namespace(**{"istio-injection": "enabled"})]),
            Case(authorization(), [namespace(**{"istio.io/rev": "stable"})]),
            Case(authorization("istio-system"), [namespace("istio-system")]),
            Case(authorization(), []),
            Case(replace(authorization(), source="a.yaml#AuthorizationPolicy/models/callers"), [namespace()]),
            Case(
                authorization(),
                [namespace(), resource(RELEASE, {"namespace": "models", "values": {"podLabels": [AMBIENT]}})],
            ),
        ],
        failing=[
            Case(authorization(), [namespace()], [UNENFORCED]),
            Case(
                authorization(**{"istio.io/dry-run": "true"}),
                findings=["metadata.annotations[istio.io/dry-run]: the policy is logged and not enforced"],
            ),
            Case(
                authorization(),
                [namespace(), resource(RELEASE, {"namespace": "other", "values": {"podLabels": AMBIENT}})],
                [UNENFORCED],
            ),
        ],
        not_applicable=[Case(BASE)],
        undecided=[Case(authorization(UNKNOWN), [namespace()])],
    ),
    "mesh-requires-mutual-tls": RuleCases(
        passing=[
            Case(ISTIOD, [peer(STRICT)]),
            Case(release("oci://example/istio/istiod", repositoryOpts=None), [peer(STRICT)]),
            Case(release("istiod", namespace="mesh"), [peer(STRICT, "mesh")]),
        ],
        failing=[
            Case(ISTIOD, findings=[MISSING]),
            Case(ISTIOD, [peer({"mtls": {"mode": "PERMISSIVE"}})], [MISSING]),
            Case(ISTIOD, [peer(STRICT, "models")], [MISSING]),
            Case(ISTIOD, [peer({**STRICT, "selector": {"matchLabels": {"app": "x"}}})], [MISSING]),
        ],
        not_applicable=[Case(release("karpenter", repositoryOpts={"repo": "https://example.com"}))],
        undecided=[Case(ISTIOD, [peer(UNKNOWN)])],
    ),
    "plain-text-is-a-named-exception": RuleCases(
        passing=[
            Case(peer(STRICT)),
            Case(peer(PORT, "kserve", WEBHOOK)),
            Case(peer({"mtls": {"mode": "UNSET"}}, "models")),
            Case(peer({"selector": {"matchLabels": {"a": "b"}}})),
        ],
        failing=[
            Case(
                peer({"mtls": {"mode": "PERMISSIVE"}}, "models"),
                findings=["spec.mtls.mode: PERMISSIVE for every workload of models; STRICT"],
            ),
            Case(
                peer(
                    {"selector": {"matchLabels": {"a": "b"}}, "mtls": {"mode": "DISABLE"}}, "models", WEBHOOK
                ),
                findings=["spec.mtls.mode: DISABLE for the workload of models; STRICT"],
            ),
            Case(
                peer({"mtls": {"mode": "UNSET"}}),
                findings=["spec.mtls.mode: UNSET for the whole mesh, which takes plain text; STRICT"],
            ),
            Case(
                peer({}), findings=["spec.mtls.mode: none for the whole mesh, which takes plain text; STRICT"]
            ),
            Case(
                peer(PORT, "kserve"), findings=["spec.portLevelMtls.9443.mode: plain text is taken; STRICT"]
            ),
            Case(
                peer(PORT, "kserve", {"slipway.dev/mesh-exception": "because"}),
                findings=["spec.portLevelMtls.9443.mode: plain text is taken; STRICT"],
            ),
            Case(
                peer({**PORT, "portLevelMtls": {"9443": {"mode": "DISABLE"}}}, "kserve", WEBHOOK),
                findings=["spec.portLevelMtls.9443.mode: plain text is taken; STRICT"],
            ),
        ],
        not_applicable=[Case(BASE)],
        undecided=[Case(peer({"mtls": {"mode": UNKNOWN}}))],
    ),
    "mesh-parts-start-in-order": RuleCases(
        passing=[
            Case(BASE, [ISTIOD]),
            Case(ISTIOD, [BASE]),
            Case(release("ztunnel", after=(ISTIOD, CNI)), [BASE, ISTIOD, CNI]),
            Case(release("ztunnel")),
        ],
        failing=[
            Case(release("istiod"), [BASE], ["dependsOn: the release does not wait for base"]),
            Case(
                release("ztunnel", after=(ISTIOD,)),
                [BASE, ISTIOD, CNI],
                ["dependsOn: the release does not wait for cni"],
            ),
        ],
        not_applicable=[Case(release("kserve", repositoryOpts={"repo": "https://example.com"}), [BASE])],
        undecided=[Case(release("istiod", repositoryOpts=UNKNOWN), [BASE])],
    ),
}

test_cases = cases_test(RULES, CASES)
