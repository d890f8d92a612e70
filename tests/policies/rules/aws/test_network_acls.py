from policies.analysis.network.types import ACL, ACL_RULE
from policies.engine.graph import UNKNOWN
from policies.rules.aws.network_acls import RULES
from tests.policies.cases import Case, RuleCases, cases_test, resource

SSH = "SSH (port 22) is open to everybody"
RDP = "RDP (port 3389) is open to everybody"
ANYBODY = "0.0.0.0/0"


def rule(number=100, action="allow", protocol="tcp", *, first=22, last=22, **more):
    return {
        "ruleNo": number, "action": action, "protocol": protocol, "fromPort": first, "toPort": last,
        "cidrBlock": ANYBODY,
    } | more  # fmt: skip


def acl(*rules):
    return resource(ACL, {"vpcId": "vpc-1", "ingress": list(rules)})


def apart(number=100, action="allow", protocol="-1", name="x", **more):
    inputs = {
        "networkAclId": "acl-1", "ruleNumber": number, "ruleAction": action, "protocol": protocol,
        "cidrBlock": ANYBODY,
    } | more  # fmt: skip
    return resource(ACL_RULE, inputs, name=name)


ANSWERS = rule(first=1024, last=65535)

CASES = {
    "network-acls-close-ssh-and-rdp": RuleCases(
        passing=[
            Case(acl()),
            Case(acl(rule(cidrBlock="10.0.0.0/8"), rule(first=443, last=443), ANSWERS)),
            Case(acl(rule(90, "deny", "-1", first=0, last=0), rule(protocol="-1", first=0, last=0))),
            Case(acl(rule(protocol="-1", first=0, last=0), rule(90, "DENY", first=0, last=65535))),
            Case(acl(rule(protocol="17", first=0, last=65535))),
            Case(apart(egress=True)),
            Case(apart(), [apart(50, "deny", name="first")]),
            Case(apart(action="deny")),
        ],
        failing=[
            Case(acl(rule()), [], ["ingress[0].cidrBlock: SSH (port 22) is open to everybody"]),
            Case(
                acl(rule(protocol="6", first=0, last=65535)),
                [],
                [
                    "ingress[0].cidrBlock: RDP (port 3389) is open to everybody",
                    "ingress[0].cidrBlock: SSH (port 22) is open to everybody",
                ],
            ),
            Case(
                acl(rule(protocol=-1, first=0, last=0)),
                [],
                [
                    "ingress[0].cidrBlock: RDP (port 3389) is open to everybody",
                    "ingress[0].cidrBlock: SSH (port 22) is open to everybody",
                ],
            ),
            Case(
                acl(rule(cidrBlock=None, ipv6CidrBlock="::/0", first=3389, last=3389)),
                [],
                ["ingress[0].ipv6CidrBlock: RDP (port 3389) is open to everybody"],
            ),
            Case(
                acl(rule(110, "deny"), rule(100)),
                [],
                ["ingress[1].cidrBlock: SSH (port 22) is open to everybody"],
            ),
            Case(
                acl(rule(90, "deny"), rule(protocol="all")),
                [],
                ["ingress[1].cidrBlock: RDP (port 3389) is open to everybody"],
            ),
            Case(
                apart(),
                [apart(50, "deny", networkAclId="acl-2", name="other")],
                [
                    "cidrBlock: RDP (port 3389) is open to everybody",
                    "cidrBlock: SSH (port 22) is open to everybody",
                ],
            ),
            Case(
                apart(protocol="tcp", fromPort=20, toPort=25),
                [],
                ["cidrBlock: SSH (port 22) is open to everybody"],
            ),
        ],
        not_applicable=[Case(resource("aws:ec2/defaultNetworkAcl:DefaultNetworkAcl", {"ingress": [rule()]}))],
        undecided=[Case(acl(rule(cidrBlock=UNKNOWN))), Case(apart(cidrBlock="everywhere"))],
    ),
}

test_cases = cases_test(RULES, CASES)
