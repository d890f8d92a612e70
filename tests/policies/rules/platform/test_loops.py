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
}

test_rules = cases_test(PLATFORM, CASES)
