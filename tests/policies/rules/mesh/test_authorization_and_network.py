from policies.engine.graph import UNKNOWN
from policies.rules.mesh.authorization_and_network import PLATFORM, RULES
from tests.policies.cases import Case, RuleCases, cases_test, resource

MESH = "kubernetes:security.istio.io/v1:AuthorizationPolicy"
NETWORK = "kubernetes:networking.k8s.io/v1:NetworkPolicy"
METADATA = {"name": "callers", "namespace": "models", "annotations": {"slipway.dev/reason": "requests"}}
PODS = {"matchLabels": {"app": "chat"}}
WHOLE_EDGE = {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "edge"}}}
EDGE = {**WHOLE_EDGE, "podSelector": {"matchLabels": {"app": "edge"}}}
KUBELET = {"from": [{"ipBlock": {"cidr": "169.254.7.127/32"}}], "ports": [{"port": 8000}]}


def mesh_half(metadata=METADATA, pods=PODS, **source):
    source = source or {"principals": ["cluster.local/ns/edge/sa/edge"]}
    rule = {"from": [{"source": source}], "to": [{"operation": {"ports": ["8000"]}}]}
    return resource(MESH, {"kind": "x", "metadata": metadata, "spec": {"selector": pods, "rules": [rule]}})


def network_half(*peers, pods=PODS, port=15008, **spec):
    ingress = [{"from": list(peers or [EDGE]), "ports": [{"port": port}]}, KUBELET]
    said = {"podSelector": pods, "ingress": ingress} | spec
    return resource(NETWORK, {"kind": "x", "metadata": METADATA, "spec": said}, "network")


BLOCK = {"ipBlock": {"cidr": "10.0.0.0/16"}}
DNS = {"ports": [{"port": 53, "protocol": "UDP"}], "to": [EDGE]}
EXCEPTED = {
    **METADATA,
    "annotations": {**METADATA["annotations"], "slipway.dev/mesh-exception": "api-server-to-webhook"},
}
PLAIN = resource(
    "kubernetes:security.istio.io/v1:PeerAuthentication", {"kind": "x", "metadata": EXCEPTED}, "plain"
)
CASES = {
    "flows-have-all-their-parts": RuleCases(
        passing=[
            Case(mesh_half(), [network_half()]),
            Case(network_half(), [mesh_half()]),
            Case(mesh_half(EXCEPTED, ipBlocks=["10.0.0.0/16"]), [network_half(BLOCK, port=8000), PLAIN]),
            Case(mesh_half({"name": "deny", "namespace": "models"})),
            Case(network_half(ingress=[], egress=[DNS])),
        ],
        failing=[
            Case(
                mesh_half(),
                findings=["metadata.name: no NetworkPolicy models/callers is the other half of this flow"],
            ),
            Case(
                network_half(),
                findings=[
                    "metadata.name: no AuthorizationPolicy models/callers is the other half of this flow"
                ],
            ),
            Case(
                mesh_half(EXCEPTED),
                [network_half()],
                ["metadata.name: no PeerAuthentication models/callers is the other half of this flow"],
            ),
            Case(
                network_half(ingress=[{"from": [EDGE], "ports": [{"port": 15008}]}]),
                [mesh_half()],
                [
                    (
                        "spec.ingress: the kubelet's probes of these pods come from 169.254.7.127/32 in the mesh, and "
                        "no rule lets them in"
                    )
                ],
            ),
        ],
        not_applicable=[Case(PLAIN)],
        undecided=[Case(network_half(ingress=UNKNOWN))],
    ),
    "both-halves-of-a-flow-agree": RuleCases(
        passing=[
            Case(mesh_half(), [network_half()]),
            Case(mesh_half(ipBlocks=["10.0.0.0/16"]), [network_half(BLOCK, port=8000)]),
            Case(mesh_half(), []),
            Case(mesh_half(metadata={"name": "callers", "namespace": "models"}), [network_half(pods={})]),
            Case(mesh_half(), [network_half(ingress=[], egress=[DNS])]),
        ],
        failing=[
            Case(
                mesh_half(pods={}),
                [network_half()],
                ["spec.selector.matchLabels: it and the NetworkPolicy callers select different pods"],
            ),
            Case(
                mesh_half(),
                [network_half(EDGE, {"podSelector": {}})],
                ["spec.rules: only the NetworkPolicy admits the namespace models"],
            ),
            Case(
                mesh_half(principals=["cluster.local/ns/edge/sa/edge", "cluster.local/ns/other/sa/x"]),
                [network_half()],
                ["spec.rules: only the AuthorizationPolicy admits the namespace other"],
            ),
            Case(
                mesh_half(ipBlocks=["10.0.0.0/8"]),
                [network_half(BLOCK, port=8000)],
                [
                    "spec.rules: only the AuthorizationPolicy admits 10.0.0.0/8",
                    "spec.rules: only the NetworkPolicy admits 10.0.0.0/16",
                ],
            ),
            Case(
                mesh_half(ipBlocks=["10.0.0.0/16"]),
                [network_half(BLOCK, port=9000)],
                [
                    "spec.rules: 10.0.0.0/16 may reach other ports in the NetworkPolicy than in the AuthorizationPolicy"
                ],
            ),
        ],
        not_applicable=[Case(network_half())],
        undecided=[Case(mesh_half(pods=UNKNOWN), [network_half()])],
    ),
    "flows-are-of-some-pods-and-ports": RuleCases(
        passing=[
            Case(network_half(egress=[DNS])),
        ],
        failing=[
            Case(
                network_half(egress=[DNS, {"to": [EDGE]}]),
                findings=["spec.egress[1].ports: every port is open"],
            ),
            Case(
                network_half(pods={}),
                findings=["spec.podSelector: a flow that is of every pod of the namespace"],
            ),
            Case(
                network_half(WHOLE_EDGE),
                findings=[
                    "spec.ingress[0].from[0].podSelector: a flow that every pod of its caller's namespace may use"
                ],
            ),
        ],
        not_applicable=[Case(mesh_half())],
        undecided=[Case(network_half(egress=UNKNOWN))],
    ),
}
test_rules = cases_test((*RULES, *PLATFORM), CASES)
