from policies.engine.graph import UNKNOWN
from policies.rules.kubernetes.third_party_network_policies import ADMIN, CALICO, CILIUM, RULES
from tests.policies.cases import Case, RuleCases, cases_test, resource

FRONTEND = {"matchLabels": {"role": "frontend"}}


def cilium(**spec):
    return resource(CILIUM[0], {"spec": {"endpointSelector": {}, **spec}})


def calico(way, **rule):
    return resource(CALICO[1], {"spec": {"selector": "all()", way: [{"action": "Allow", **rule}]}})


def admin(way="ingress", action="Allow", **peer):
    return resource(
        ADMIN[0], {"spec": {way: [{"action": action, "from" if way == "ingress" else "to": [peer]}]}}
    )


CASES = {
    "other-network-policies-name-their-peers": RuleCases(
        passing=[
            Case(cilium(ingress=[{"fromEndpoints": [FRONTEND]}])),
            Case(cilium(ingress=[{}])),
            Case(cilium(ingress=[{"fromCIDR": ["10.0.0.0/8"]}, {"fromEntities": ["host", "cluster"]}])),
            Case(cilium(egress=[{"toEntities": ["world"], "toPorts": [{"ports": [{"port": "443"}]}]}])),
            Case(calico("ingress", source={"selector": "role == 'frontend'"})),
            Case(calico("egress", protocol="UDP", destination={"ports": [53]})),
            Case(resource(CALICO[0], {"spec": {"selector": "all()", "types": ["Ingress", "Egress"]}})),
            Case(admin(namespaces={"matchLabels": {"team": "monitoring"}})),
            Case(admin(action="Deny", namespaces={})),
        ],
        failing=[
            Case(
                cilium(ingress=[{"fromEntities": ["all"]}]),
                findings=["spec.ingress[0].fromEntities[0]: all is admitted"],
            ),
            Case(
                resource(CILIUM[1], {"specs": [{"ingress": [{"fromCIDRSet": [{"cidr": "0.0.0.0/1"}]}]}]}),
                findings=["specs[0].ingress[0].fromCIDRSet[0].cidr: 0.0.0.0/1 is admitted"],
            ),
            Case(
                cilium(egress=[{"toEntities": ["world"]}]),
                findings=["spec.egress[0].toEntities[0]: every port of world is reached"],
            ),
            Case(calico("ingress"), findings=["spec.ingress[0].source: anybody is admitted"]),
            Case(
                calico("ingress", source={"nets": ["::/0"]}, destination={"ports": [443]}),
                findings=["spec.ingress[0].source: anybody is admitted"],
            ),
            Case(
                calico("egress"), findings=["spec.egress[0].destination: every port of everybody is reached"]
            ),
            Case(
                admin(namespaces={}),
                findings=[
                    "spec.ingress[0].from[0]: every pod of every namespace is admitted, whatever other policies say"
                ],
            ),
            Case(
                admin("egress", networks=["0.0.0.0/0"]),
                findings=[
                    "spec.egress[0].to[0].networks[0]: 0.0.0.0/0 is reached, whatever other policies say"
                ],
            ),
        ],
        not_applicable=[Case(resource("kubernetes:networking.k8s.io/v1:NetworkPolicy", {}))],
        undecided=[Case(cilium(ingress=UNKNOWN)), Case(calico("ingress", source=UNKNOWN))],
    ),
}

test_cases = cases_test(RULES, CASES)
