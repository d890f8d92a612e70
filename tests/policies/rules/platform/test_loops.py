import json

from policies.engine.graph import UNKNOWN
from policies.rules.platform.loops import PLATFORM
from tests.policies.cases import Case, RuleCases, cases_test, resource

RBAC = "kubernetes:rbac.authorization.k8s.io/v1:"
ASSOCIATION = "aws:eks/podIdentityAssociation:PodIdentityAssociation"
HTTP = {"apiGroups": ["gateway.networking.k8s.io"], "resources": ["httproutes"], "verbs": ["get", "patch"]}
OTHER = [Case(resource("kubernetes:core/v1:Service", {}))]


def binding(kind="RoleBinding", role="shares", namespace="models", account_namespace="loops"):
    ref = {"kind": "ClusterRole" if kind == "ClusterRoleBinding" else "Role", "name": role}
    subject = {"kind": "ServiceAccount", "namespace": account_namespace, "name": "rollout"}
    inputs = {"metadata": {"name": "b", "namespace": namespace}, "roleRef": ref, "subjects": [subject]}
    return resource(f"{RBAC}{kind}", inputs, "b")


def role(*rules, kind="Role", namespace="models"):
    return resource(
        f"{RBAC}{kind}", {"metadata": {"name": "shares", "namespace": namespace}, "rules": rules}, "r"
    )


ROLE_ARN = "arn:aws:iam::111122223333:role/example-dev-loops-rollout"
OWN_KEY = {"ForAnyValue:StringEquals": {"kms:ResourceAliases": "alias/example-dev-loops-rollout"}}
SIGN = {"Sid": "Sign", "Effect": "Allow", "Action": "kms:Sign", "Resource": "*", "Condition": OWN_KEY}
PUBLIC = {**SIGN, "Sid": "Public", "Action": "kms:GetPublicKey"}


def association(namespace):
    inputs = {
        "clusterName": "c",
        "namespace": namespace,
        "serviceAccount": "rollout",
        "roleArn": ROLE_ARN,
    }
    return resource(ASSOCIATION, inputs)


def aws_role(*statements, policy=None):
    document = policy or json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
    made = resource("aws:iam/role:Role", {"name": "r"}, "r", outputs={"arn": ROLE_ARN, "name": "r"})
    return made, resource("aws:iam/rolePolicy:RolePolicy", {"role": "r", "policy": document}, "p")


SIGNER = resource("slipway:loops:Signer", {"account": "rollout", "alias": "alias/x"}, "s", custom=False)
VPC = resource("aws:ec2/vpc:Vpc", {"cidrBlock": "10.0.0.0/16"})
SUBNET = resource("aws:ec2/subnet:Subnet", {"cidrBlock": "10.0.1.0/27"}, "subnet", id="subnet-1")


def deployment(account="rollout", namespace="loops"):
    template = {"metadata": {"labels": {"app": "l"}}, "spec": {"serviceAccountName": account}}
    return resource(
        "kubernetes:apps/v1:Deployment",
        {"metadata": {"name": "rollout", "namespace": namespace}, "spec": {"template": template}},
    )


def let_out(*cidrs, port=443):
    ways = [
        {"ports": [{"port": port, "protocol": "TCP"}], "to": [{"ipBlock": {"cidr": one}}]} for one in cidrs
    ]
    spec = {"podSelector": {}, "policyTypes": ["Egress"], "egress": ways}
    return resource(
        "kubernetes:networking.k8s.io/v1:NetworkPolicy",
        {"metadata": {"name": "out", "namespace": "loops"}, "spec": spec},
        "out",
    )


def kms(**changes):
    inputs = {
        "serviceName": "com.amazonaws.eu-central-1.kms",
        "vpcEndpointType": "Interface",
        "subnetIds": ["subnet-1"],
        **changes,
    }
    return resource("aws:ec2/vpcEndpoint:VpcEndpoint", inputs, "kms")


NOWHERE = (
    "spec.template.spec.serviceAccountName: rollout signs in KMS, and no endpoint of KMS stands in a subnet"
)
KEPT_IN = (
    "spec.template.spec.serviceAccountName: rollout signs in KMS, and no policy lets its pods out to the endpoint on "
    "port 443"
)
CASES = {
    "loop-workers-move-shares-only": RuleCases(
        passing=[
            Case(binding(), [role(HTTP)]),
            Case(binding(), [role({**HTTP, "verbs": ["get"]})]),
            Case(binding(account_namespace="models"), [role({**HTTP, "resources": ["secrets"]})]),
            Case(
                binding(),
                [role({**HTTP, "apiGroups": ["aigateway.envoyproxy.io"], "resources": ["aigatewayroutes"]})],
            ),
        ],
        failing=[
            Case(
                binding(),
                [role({**HTTP, "verbs": ["get", "create"]})],
                findings=[
                    "roleRef.name: rollout of the loops gets rules[0]: create, where a share takes get and patch"
                ],
            ),
            Case(
                binding(),
                [role(HTTP, {"apiGroups": [""], "resources": ["secrets"], "verbs": ["get"]})],
                findings=[
                    "roleRef.name: rollout of the loops gets rules[1]: secrets of core, which carry no shares"
                ],
            ),
            Case(
                binding("ClusterRoleBinding"),
                [role(HTTP, kind="ClusterRole")],
                findings=["subjects: rollout of the loops gets rights in every namespace"],
            ),
            Case(
                binding(role="view"),
                [role(HTTP), role(HTTP, namespace="edge")],
                findings=["roleRef.name: what rollout of the loops gets is not of this stack"],
            ),
        ],
        not_applicable=OTHER,
        undecided=[Case(binding(), [role({**HTTP, "verbs": UNKNOWN})])],
    ),
    "loop-workers-only-sign-in-aws": RuleCases(
        passing=[
            Case(association("loops"), aws_role(SIGN, PUBLIC)),
            Case(association("loops"), aws_role(SIGN, {"Effect": "Deny", "Action": "s3:*", "Resource": "*"})),
            Case(association("models"), aws_role({**SIGN, "Action": "s3:GetObject", "Condition": {}})),
        ],
        failing=[
            Case(
                association("loops"),
                aws_role(
                    SIGN, {"Effect": "Allow", "Action": ["s3:GetObject"], "Resource": "arn:aws:s3:::b/*"}
                ),
                findings=["roleArn: rollout of the loops may s3:GetObject, where it only signs"],
            ),
            Case(
                association("loops"),
                aws_role({**SIGN, "Condition": {}}),
                findings=["roleArn: rollout of the loops may kms:Sign with keys of others (Sign)"],
            ),
            Case(
                association("loops"),
                aws_role(
                    {
                        **PUBLIC,
                        "Condition": {
                            "ForAnyValue:StringEquals": {
                                "kms:ResourceAliases": "alias/example-dev-loops-remedy"
                            }
                        },
                    }
                ),
                findings=["roleArn: rollout of the loops may kms:GetPublicKey with keys of others (Public)"],
            ),
            Case(
                association("loops"),
                aws_role({"Sid": "All", "Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}),
                findings=["roleArn: rollout of the loops may all but what All names"],
            ),
            Case(
                association("loops"),
                findings=[f"roleArn: what rollout of the loops may is not of this stack: {ROLE_ARN}"],
            ),
        ],
        not_applicable=OTHER,
        undecided=[
            Case(association(UNKNOWN)),
            Case(association("loops"), aws_role(policy=UNKNOWN)),
        ],
    ),
    "signers-reach-kms": RuleCases(
        passing=[
            Case(deployment(), [SIGNER, VPC, SUBNET, kms(), let_out("10.0.1.0/27", "192.0.2.1/32")]),
            Case(deployment(), [SIGNER, VPC, SUBNET, kms()]),  # nothing closes it
            Case(deployment(), [SIGNER, let_out("10.0.1.0/27")]),  # the network is another stack's
            Case(deployment(), [SIGNER, VPC, let_out("0.0.0.0/0")]),
            Case(deployment("receiver"), [SIGNER, VPC, let_out()]),
            Case(deployment(namespace="models"), [SIGNER, VPC, let_out()]),
        ],
        failing=[
            Case(deployment(), [SIGNER, VPC, SUBNET, let_out("10.0.1.0/27")], [NOWHERE]),
            Case(deployment(), [SIGNER, VPC, SUBNET, kms(subnetIds=[]), let_out("10.0.1.0/27")], [NOWHERE]),
            Case(
                deployment(),
                [SIGNER, VPC, SUBNET, kms(vpcEndpointType="Gateway"), let_out("10.0.1.0/27")],
                [NOWHERE],
            ),
            Case(deployment(), [SIGNER, VPC, SUBNET, kms(), let_out("192.0.2.1/32")], [KEPT_IN]),
            Case(deployment(), [SIGNER, VPC, SUBNET, kms(), let_out("10.0.1.0/27", port=80)], [KEPT_IN]),
            Case(deployment(), [SIGNER, let_out()], [KEPT_IN]),
        ],
        not_applicable=OTHER,
        undecided=[Case(deployment(UNKNOWN), [SIGNER])],
    ),
}

test_rules = cases_test(PLATFORM, CASES)
