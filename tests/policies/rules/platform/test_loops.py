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


def association(namespace):
    return resource(ASSOCIATION, {"namespace": namespace, "serviceAccount": "rollout", "roleArn": "arn"})


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
    "loop-workers-have-no-role-in-aws": RuleCases(
        passing=[Case(association("models")), Case(association("temporal"))],
        failing=[
            Case(
                association("loops"),
                findings=["roleArn: rollout of the loops gets a role in AWS, where it has nothing to do"],
            ),
            Case(
                resource(ASSOCIATION, {"namespace": "loops", "serviceAccount": "drift"}),
                findings=["roleArn: drift of the loops gets a role in AWS, where it has nothing to do"],
            ),
        ],
        not_applicable=OTHER,
        undecided=[Case(association(UNKNOWN))],
    ),
}

test_rules = cases_test(PLATFORM, CASES)
