import pytest

from policies.analysis.kubernetes.rights import BINDINGS, CLUSTER_ROLES, ROLES
from policies.engine.evaluate import judge
from policies.engine.graph import UNKNOWN, Graph
from policies.rules.kubernetes.rbac import CONFIG_MAP, RULES
from tests.policies.cases import Case, RuleCases, cases_test, resource

OTHER = [Case(resource("kubernetes:core/v1:Service", {}))]


BUILT_IN = {"kubernetes.io/bootstrapping": "rbac-defaults"}


def role(*rules, name="reader", of="ClusterRole", takes=(), labels=None):
    said = {"kind": of, "metadata": {"name": name, "labels": labels}, "rules": list(rules)}
    said["aggregationRule"] = {"clusterRoleSelectors": list(takes)}
    return resource(next(kind for kind in ROLES if kind.endswith(f":{of}")), said)


def rule(verbs, kinds, group="", **more):
    return {"apiGroups": [group], "resources": kinds, "verbs": verbs, **more}


def binding(*subjects, to="view", of="ClusterRoleBinding", kind="ClusterRole"):
    said = {
        "kind": of,
        "metadata": {"name": "b", "namespace": "shop"},
        "subjects": list(subjects),
        "roleRef": {"kind": kind, "name": to},
    }
    return resource(next(one for one in BINDINGS if one.endswith(f":{of}")), said)


def mapped(roles, name="aws-auth"):
    said = {"kind": "ConfigMap", "metadata": {"name": name}, "data": {"mapRoles": roles}}
    return resource(CONFIG_MAP, said)


TEAM = {"kind": "Group", "name": "team-shop"}
WEB = {"kind": "ServiceAccount", "name": "web", "namespace": "shop"}

CASES = {
    "rbac-roles-name-resources-and-verbs": RuleCases(
        passing=[
            Case(role(rule(["get", "list", "watch"], ["nodes", "pods"]))),
            Case(role(rule(["*"], ["leases"]), name="system:kubelet", labels=BUILT_IN)),
            Case(role(rule(["get", "list"], ["*"], "apps"))),
            Case(role({"nonResourceURLs": ["/metrics"], "verbs": ["get"]})),
            Case(role(takes=[{"matchLabels": {"aggregate-to-monitoring": "true"}}])),
        ],
        failing=[
            Case(role(rule(["create"], ["*/*"])), findings=["rules[0].resources: create on every kind"]),
            Case(role(rule(["*"], ["*"], "*")), findings=["rules[0].verbs: every verb on *"]),
            Case(
                role(rule(["*"], ["*"], "*"), name="system:mine", labels={"app": "x"}),
                findings=["rules[0].verbs: every verb on *"],
            ),
            Case(
                role(rule(["get"], ["pods"]), rule(["*"], ["secrets"]), of="Role"),
                findings=["rules[1].verbs: every verb on secrets"],
            ),
            Case(
                role(rule(["get", "delete"], ["*"], "apps")),
                findings=["rules[0].resources: get, delete on every kind"],
            ),
            Case(
                role({"nonResourceURLs": ["*"], "verbs": ["get"]}),
                findings=["rules[0].nonResourceURLs: get on every address of the API server"],
            ),
            Case(
                role(takes=[{}]),
                findings=["aggregationRule.clusterRoleSelectors[0]: takes in the rights of every other role"],
            ),
            Case(
                role(rule(["list"], ["*"])),
                findings=["rules[0].resources: list on every kind, secrets among them"],
            ),
        ],
        not_applicable=OTHER,
        undecided=[Case(role(rule(UNKNOWN, ["pods"])))],
    ),
    "rbac-roles-do-not-escalate": RuleCases(
        passing=[
            Case(role(rule(["get"], ["secrets"], resourceNames=["tls"]))),
            Case(role(rule(["get", "list"], ["secrets"]), of="Role")),
            Case(role(rule(["create"], ["pods"]), of="Role")),
            Case(role(rule(["get", "list"], ["pods", "pods/log", "nodes"]))),
            Case(role(rule(["update", "patch"], ["configmaps", "deployments/scale", "pods/status"]))),
            Case(role(rule(["patch"], ["deployments"], "apps"), of="Role")),
            Case(role(rule(["impersonate"], ["users"], resourceNames=["ci"]))),
            Case(role(rule(["bind"], ["clusterroles"], "rbac.authorization.k8s.io", resourceNames=["view"]))),
            Case(role(rule(["create"], ["subjectaccessreviews"], "authorization.k8s.io"))),
        ],
        failing=[
            Case(
                role(rule(["get", "list"], ["secrets"])),
                findings=["rules[0].resources[0]: get, list on secrets reads the secrets of every namespace"],
            ),
            Case(
                role(rule(["create"], ["pods/exec"]), of="Role"),
                findings=["rules[0].resources[0]: create on pods/exec enters running pods"],
            ),
            Case(
                role(rule(["create"], ["pods/*"])),
                findings=[
                    (
                        "rules[0].resources[0]: create on pods/attach, pods/ephemeralcontainers, pods/exec "
                        "enters running pods"
                    ),
                    (
                        "rules[0].resources[0]: create on pods/portforward, pods/proxy reaches pods past "
                        "every network policy"
                    ),
                ],
            ),
            Case(
                role(rule(["impersonate"], ["groups"], resourceNames=["system:masters"])),
                findings=["rules[0].resources[0]: impersonate on groups acts as somebody else"],
            ),
            Case(
                role(rule(["Patch"], ["ConfigMaps"], resourceNames=["aws-auth"]), of="Role"),
                findings=["rules[0].resourceNames: patch on aws-auth makes administrators of the cluster"],
            ),
            Case(
                role(rule(["delete"], ["validatingadmissionpolicies"], "admissionregistration.k8s.io")),
                findings=[
                    "rules[0].resources[0]: delete on validatingadmissionpolicies takes away what refuses others"
                ],
            ),
            Case(
                role(rule(["get"], ["pods"]), rule(["bind"], ["clusterroles"], "rbac.authorization.k8s.io")),
                findings=["rules[1].resources[0]: bind on clusterroles gives itself any right"],
            ),
            Case(
                role(rule(["create"], ["serviceaccounts/token"], resourceNames=["one"])),
                findings=[
                    "rules[0].resources[0]: create on serviceaccounts/token makes tokens of other accounts"
                ],
            ),
        ],
        not_applicable=OTHER,
        undecided=[Case(role(rule(["get"], UNKNOWN)))],
    ),
    "rbac-bindings-name-subjects": RuleCases(
        passing=[
            Case(binding(TEAM, WEB)),
            Case(
                binding({"kind": "Group", "name": "system:unauthenticated"}, to="system:public-info-viewer")
            ),
        ],
        failing=[
            Case(
                binding(TEAM, {"kind": "User", "name": "system:anonymous"}),
                findings=[
                    "subjects[1].name: system:anonymous has the role view: whoever reaches the API server"
                ],
            ),
            Case(
                binding({"kind": "Group", "name": "system:authenticated"}, of="RoleBinding"),
                findings=[
                    "subjects[0].name: system:authenticated has the role view: everybody who can log in, pods too"
                ],
            ),
        ],
        not_applicable=OTHER,
        undecided=[Case(binding({"kind": "Group", "name": UNKNOWN}))],
    ),
    "rbac-bindings-are-not-cluster-admin": RuleCases(
        passing=[
            Case(binding(TEAM)),
            Case(binding(TEAM, to="edit", of="RoleBinding")),
            Case(mapped("- groups: [system:bootstrappers, system:nodes]\n")),
            Case(mapped("- groups: [system:masters]\n", name="notes")),
            Case(binding({"kind": "Group", "name": "system:masters"}, to="cluster-admin")),
            Case(binding(TEAM, to="admin", kind="Role", of="RoleBinding")),
            Case(binding({"kind": "User", "name": "apiserver"}, to="system:kubelet-api-admin")),
        ],
        failing=[
            Case(
                binding(WEB, to="cluster-admin"),
                findings=["subjects[0].name: web has the role cluster-admin everywhere"],
            ),
            Case(
                binding(WEB, to="system:kubelet-api-admin"),
                findings=["subjects[0].name: web has the role system:kubelet-api-admin everywhere"],
            ),
            Case(
                mapped("- groups: [system:masters]\n  rolearn: arn:aws:iam::111122223333:role/dev\n"),
                findings=["data.mapRoles: puts identities into system:masters"],
            ),
            Case(
                binding(TEAM, to="edit"),
                findings=["subjects[0].name: team-shop has the role edit everywhere"],
            ),
            Case(
                binding(WEB, to="cluster-admin", of="RoleBinding"),
                findings=["subjects[0].name: web has the role cluster-admin in its namespace"],
            ),
        ],
        not_applicable=OTHER,
        undecided=[Case(binding(WEB, to=UNKNOWN))],
    ),
}

test_cases = cases_test(RULES, CASES)


@pytest.mark.parametrize(
    ("verb", "kind", "group"),
    [
        ("impersonate", "users", ""),
        ("impersonate", "uids", "authentication.k8s.io"),
        ("get", "nodes/proxy", ""),
        ("create", "persistentvolumes", ""),
        ("create", "pods", ""),
        ("update", "daemonsets", "apps"),
        ("create", "cronjobs", "batch"),
        ("create", "pods/portforward", ""),
        ("patch", "namespaces", ""),
        ("delete", "clusterpolicies", "kyverno.io"),
        ("impersonate", "userextras/scopes", "authentication.k8s.io"),
        ("update", "apiservices", "apiregistration.k8s.io"),
        ("create", "mutatingadmissionpolicies", "admissionregistration.k8s.io"),
        ("patch", "rolebindings", "rbac.authorization.k8s.io"),
        ("update", "mutatingwebhookconfigurations", "admissionregistration.k8s.io"),
        ("approve", "signers", "certificates.k8s.io"),
        ("update", "certificatesigningrequests/approval", "certificates.k8s.io"),
    ],
)
@pytest.mark.parametrize("groups", ["named", "all"])
def test_every_known_way_to_more_is_found(verb, kind, group, groups):
    made = role(rule(["list", verb], [kind, "configmaps"], group if groups == "named" else "*"))
    said = judge(Graph([made]), RULES)
    assert [f.rule for f in said.findings] == ["rbac-roles-do-not-escalate"]
    assert made.type == CLUSTER_ROLES[0]
