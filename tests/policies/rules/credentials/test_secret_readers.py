from policies.engine.graph import UNKNOWN
from policies.rules.credentials.secret_readers import RULES
from tests.policies.cases import Case, RuleCases, cases_test, resource

RBAC = "kubernetes:rbac.authorization.k8s.io/v1"
ISVC = "kubernetes:serving.kserve.io/v1beta1:InferenceService"


def binding(account, kind="ServiceAccount", role="Role"):
    return resource(
        f"{RBAC}:RoleBinding",
        {
            "metadata": {"name": "b", "namespace": "n"},
            "roleRef": {"kind": role, "name": "r"},
            "subjects": [{"kind": kind, "name": account}],
        },
    )


def role(**changes):
    rule = {"apiGroups": [""], "resources": ["secrets"], "verbs": ["get"], **changes}
    return resource(f"{RBAC}:Role", {"metadata": {"name": "r", "namespace": "n"}, "rules": [rule]}, name="r")


def model(account, namespace="n"):
    return resource(
        ISVC,
        {
            "metadata": {"name": "churn", "namespace": namespace},
            "spec": {"predictor": {"serviceAccountName": account}},
        },
        name="churn",
    )


CASES = {
    "servers-read-their-own-secrets": RuleCases(
        passing=[
            Case(binding("controller"), [role()]),
            Case(binding("churn"), [role(resourceNames=["db"]), model("churn")]),
            Case(binding("churn"), [role(resources=["configmaps"]), model("churn")]),
            Case(binding("churn"), [role(verbs=["create"]), model("churn")]),
            Case(binding("churn"), [role(), model("churn", "other")]),
            Case(binding("default", kind="User"), [role()]),
            Case(binding("default", role="ClusterRole"), [role()]),
            Case(binding("default")),
        ],
        failing=[
            Case(
                binding("default"),
                [role()],
                [
                    (
                        "subjects[0].name: the account default of n, which is every pod's that names no other, "
                        "reads every secret"
                    )
                ],
            ),
            Case(
                binding("churn"),
                [role(), model("churn")],
                ["subjects[0].name: churn, under which churn answers requests, reads every secret"],
            ),
        ],
        not_applicable=[Case(resource(f"{RBAC}:ClusterRoleBinding", {}))],
        undecided=[Case(binding(UNKNOWN), [role()]), Case(binding("default"), [role(verbs=UNKNOWN)])],
    ),
}
test_rules = cases_test(RULES, CASES)
