from policies.analysis.mesh.objects import AUTHORIZATION, NETWORK_POLICY
from policies.engine.graph import UNKNOWN, Resource
from policies.rules.kubernetes.network_policies import PLATFORM, RULES
from tests.policies.cases import OURS, Case, RuleCases, cases_test, resource


def allow(*rules: object, annotations: object = None, **spec: object) -> Resource:
    metadata = {"name": "x", "namespace": "models", "annotations": annotations}
    return resource(AUTHORIZATION[0], {"metadata": metadata, "spec": {"rules": list(rules), **spec}})


def network(**spec: object) -> Resource:
    return resource(NETWORK_POLICY, {"metadata": {"name": "x", "namespace": "models"}, "spec": spec})


def source(**fields: object) -> dict[str, object]:
    return {"from": [{"source": fields}]}


def when(key: str, **values: object) -> dict[str, object]:
    return {"when": [{"key": key, **values}]}


PORT = {"to": [{"operation": {"ports": ["8080"]}}]}
CALLER = source(principals=["cluster.local/ns/kserve/sa/kserve-ingress-gateway"])
SCRAPE = {"slipway.dev/mesh-exception": "metrics-scrape"}
PODS = {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "kserve"}}}
MESH_PORT = [{"port": 15008, "protocol": "TCP"}]
PROBE = {"ipBlock": {"cidr": "169.254.7.127/32"}}
OTHER = resource("kubernetes:core/v1:Secret", {})
EVERYWHERE = {"cidr": "0.0.0.0/0"}

CASES = {
    "allow-policies-name-their-caller": RuleCases(
        passing=[
            Case(allow({**CALLER, **PORT})),
            Case(allow(source(namespaces=["observability"]))),
            Case(allow(source(principals=["*"], namespaces=["observability"]))),
            Case(allow(source(ipBlocks=["10.0.0.0/16"]))),
            Case(allow({}, action="DENY")),
            Case(allow(PORT, annotations=SCRAPE)),
            Case(allow()),
            Case(allow(source(requestPrincipals=["https://idp.example.com/*"]))),
            Case(allow({**PORT, **when("source.principal", values=["cluster.local/ns/web/sa/web"])})),
            Case(allow(when("request.auth.claims[groups]", values=["ml"]))),
            Case(allow({**source(principals=["*"]), **when("source.ip", values=["10.1.0.0/16"])})),
        ],
        failing=[
            Case(allow({}), findings=["spec.rules[0].from: lets anybody in"]),
            Case(allow(CALLER, PORT), findings=["spec.rules[1].from: lets anybody in"]),
            Case(allow({}, annotations=SCRAPE), findings=["spec.rules[0].from: lets anybody in"]),
            Case(allow(source(namespaces=["*"])), findings=["spec.rules[0].from[0].source: is anybody"]),
            Case(
                allow(source(principals=["cluster.local/*"])),
                findings=["spec.rules[0].from[0].source: is anybody"],
            ),
            Case(
                allow(source(principals=["cluster.local/ns/*"])),
                findings=["spec.rules[0].from[0].source: is anybody"],
            ),
            Case(
                allow(source(notNamespaces=["models"])), findings=["spec.rules[0].from[0].source: is anybody"]
            ),
            Case(
                allow(source(ipBlocks=["0.0.0.0/0"])), findings=["spec.rules[0].from[0].source: is anybody"]
            ),
            Case(
                allow(source(remoteIpBlocks=["0.0.0.0/1", "128.0.0.0/1"])),
                findings=["spec.rules[0].from[0].source: is anybody"],
            ),
            Case(
                allow(when("source.namespace", values=["*"])),
                findings=["spec.rules[0].from: lets anybody in"],
            ),
            Case(
                allow(when("source.namespace", notValues=["dev"])),
                findings=["spec.rules[0].from: lets anybody in"],
            ),
            Case(
                allow(when("request.headers[x-team]", values=["ml"])),
                findings=["spec.rules[0].from: lets anybody in"],
            ),
        ],
        not_applicable=[Case(OTHER)],
        undecided=[
            Case(allow({"from": UNKNOWN})),
            Case(allow(source(principals=[UNKNOWN]))),
            Case(allow(when("source.ip", values=[UNKNOWN]))),
        ],
    ),
    "allow-policies-name-their-ports": RuleCases(
        passing=[
            Case(allow({**CALLER, **PORT})),
            Case(allow({**CALLER, "to": [{"operation": {"paths": ["/v1"]}}]}), [OURS]),
        ],
        failing=[
            Case(allow(CALLER), [OURS], ["spec.rules[0].to: every port is allowed"]),
            Case(
                allow({**CALLER, "to": [{"operation": {}}]}),
                [OURS],
                ["spec.rules[0].to: every port is allowed"],
            ),
        ],
        not_applicable=[Case(OTHER)],
        undecided=[Case(allow({**CALLER, "to": UNKNOWN}), [OURS])],
    ),
    "network-policies-admit-named-peers": RuleCases(
        passing=[
            Case(
                network(ingress=[{"from": [PODS], "ports": MESH_PORT}, {"from": [PROBE], "ports": MESH_PORT}])
            ),
            Case(network(ingress=[{"from": [{"podSelector": {}}]}])),
            Case(
                network(
                    ingress=[
                        {
                            "from": [
                                {
                                    "namespaceSelector": {
                                        "matchExpressions": [
                                            {"key": "team", "operator": "In", "values": ["ml"]}
                                        ]
                                    }
                                }
                            ]
                        }
                    ]
                )
            ),
            Case(network(ingress=[{}], policyTypes=["Egress"])),
            Case(network(podSelector={}, policyTypes=["Ingress"])),
        ],
        failing=[
            Case(network(ingress=[{}]), findings=["spec.ingress[0].from: anybody is admitted"]),
            Case(
                network(ingress=[{"from": [{}]}]),
                findings=["spec.ingress[0].from[0]: admits whom no field names"],
            ),
            Case(
                network(ingress=[{"from": [PODS]}, {"from": []}], policyTypes=["Ingress"]),
                findings=["spec.ingress[1].from: anybody is admitted"],
            ),
            Case(
                network(ingress=[{"from": [{"ipBlock": EVERYWHERE}]}]),
                findings=["spec.ingress[0].from[0]: admits 0.0.0.0/0"],
            ),
            Case(
                network(ingress=[{"from": [{"namespaceSelector": {}}]}]),
                findings=["spec.ingress[0].from[0]: admits every pod of every namespace"],
            ),
            *(
                Case(
                    network(ingress=[{"from": [{"namespaceSelector": {"matchExpressions": [expression]}}]}]),
                    findings=["spec.ingress[0].from[0]: admits every pod that is not left out"],
                )
                for expression in (
                    {"key": "kubernetes.io/metadata.name", "operator": "Exists"},
                    {"key": "team", "operator": "NotIn", "values": ["dev"]},
                )
            ),
        ],
        not_applicable=[Case(OTHER)],
        undecided=[Case(network(ingress=UNKNOWN))],
    ),
    "network-policies-name-their-ports": RuleCases(
        passing=[
            Case(network(ingress=[{"from": [PODS], "ports": MESH_PORT}])),
            Case(network(podSelector={})),
            Case(network(ingress=[{"from": [PODS]}])),
            Case(network(ingress=[{"from": [PODS], "ports": [{"port": 8000, "endPort": 8100}]}])),
            Case(
                network(egress=[{"to": [PODS]}, {"to": [{"ipBlock": EVERYWHERE}], "ports": [{"port": 443}]}])
            ),
        ],
        failing=[
            Case(network(ingress=[{"from": [PODS]}]), [OURS], ["spec.ingress[0].ports: every port is open"]),
            Case(
                network(egress=[{"to": [PODS, {"ipBlock": EVERYWHERE}]}]),
                findings=["spec.egress[0].ports: every port of 0.0.0.0/0 is reached"],
            ),
            Case(
                network(ingress=[{"from": [PODS], "ports": []}]),
                [OURS],
                ["spec.ingress[0].ports: every port is open"],
            ),
            Case(
                network(ingress=[{"from": [PODS], "ports": [{"port": 1, "endPort": 65535}]}]),
                findings=["spec.ingress[0].ports: every port is open"],
            ),
            Case(
                network(ingress=[{"from": [PODS], "ports": [{"protocol": "TCP"}]}]),
                findings=["spec.ingress[0].ports: every port is open"],
            ),
            Case(network(egress=[{}]), findings=["spec.egress[0].ports: every port of everybody is reached"]),
        ],
        not_applicable=[Case(OTHER)],
        undecided=[Case(network(ingress=[{"from": [PODS], "ports": UNKNOWN}]))],
    ),
    "pods-cannot-reach-imds": RuleCases(
        passing=[
            Case(network(egress=[{"to": [{"ipBlock": EVERYWHERE}], "ports": [{"port": 443}]}])),
            Case(network(egress=[{"to": [{"ipBlock": {**EVERYWHERE, "except": ["169.254.0.0/16"]}}]}])),
            Case(
                network(
                    egress=[{"to": [{"ipBlock": {"cidr": "169.254.170.23/32"}}], "ports": [{"port": 80}]}]
                )
            ),
            Case(network(egress=[{"ports": [{"port": 53, "protocol": "UDP"}, {"port": "dns"}]}])),
            Case(network(egress=[{"to": [PODS]}, {"to": [{"ipBlock": {"cidr": "::/0"}}]}])),
        ],
        failing=[
            Case(network(egress=[{}]), findings=["spec.egress[0].to: 169.254.169.254 is reached on port 80"]),
            Case(
                network(egress=[{"to": [{"ipBlock": EVERYWHERE}], "ports": [{"port": 1, "endPort": 1024}]}]),
                findings=["spec.egress[0].to: 169.254.169.254 is reached on port 80"],
            ),
            Case(
                network(egress=[{"to": [{"ipBlock": {**EVERYWHERE, "except": ["10.0.0.0/8"]}}]}]),
                findings=["spec.egress[0].to: 169.254.169.254 is reached on port 80"],
            ),
            Case(
                network(egress=[{"ports": [{"protocol": "TCP"}]}]),
                findings=["spec.egress[0].to: 169.254.169.254 is reached on port 80"],
            ),
        ],
        not_applicable=[Case(OTHER)],
        undecided=[
            Case(network(egress=[{"to": [{"ipBlock": {"cidr": UNKNOWN}}]}])),
            Case(network(egress=[{"to": [{"ipBlock": {"cidr": "everywhere"}}]}])),
            Case(network(egress=[{"ports": [{"port": ["*"]}]}])),
        ],
    ),
}

test_cases = cases_test((*RULES, *PLATFORM), CASES)
