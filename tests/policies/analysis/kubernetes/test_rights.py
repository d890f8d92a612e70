from policies.analysis.kubernetes.rights import Right, rights
from policies.engine.graph import UNKNOWN, Graph
from tests.policies.cases import resource

RBAC = "kubernetes:rbac.authorization.k8s.io/v1:"
ACCOUNT = {"kind": "ServiceAccount", "namespace": "kserve", "name": "manager"}


def role(name, *rules, kind="ClusterRole", namespace=None, **more):
    metadata = {"name": name, "namespace": namespace, "labels": more.pop("labels", {})}
    return resource(f"{RBAC}{kind}", {"metadata": metadata, "rules": list(rules)} | more, name=name)


def bound(to, *subjects, kind="ClusterRoleBinding", of="ClusterRole", namespace=None):
    written = {
        "metadata": {"name": "b", "namespace": namespace},
        "roleRef": {"kind": of, "name": to},
        "subjects": list(subjects),
    }
    return resource(f"{RBAC}{kind}", written, name="b")


def rule(verbs, resources, groups=("",), **more):
    return {"verbs": list(verbs), "resources": list(resources), "apiGroups": list(groups)} | more


SECRETS = rule(["list", "get"], ["secrets"])


def test_a_binding_gives_each_rule_of_its_role_to_each_subject():
    graph = Graph([role("reader", SECRETS), bound("reader", ACCOUNT, {"kind": "Group", "name": "ops"})])
    assert rights(graph) == [
        Right(who="group ops", verbs=("get", "list"), what=("secrets",)),
        Right(who="kserve/manager", verbs=("get", "list"), what=("secrets",)),
    ]


def test_a_role_binding_gives_it_in_its_own_namespace_only():
    own = {"kind": "ServiceAccount", "name": "manager"}
    graph = Graph([role("reader", SECRETS), bound("reader", own, kind="RoleBinding", namespace="models")])
    assert rights(graph) == [
        Right(who="models/manager", where="models", verbs=("get", "list"), what=("secrets",))
    ]


def test_a_role_of_another_namespace_is_another_role():
    here = role("r", SECRETS, kind="Role", namespace="models")
    there = role("r", rule(["*"], ["*"], ["*"]), kind="Role", namespace="edge")
    binding = bound("r", ACCOUNT, kind="RoleBinding", of="Role", namespace="models")
    assert [r.verbs for r in rights(Graph([here, there, binding]))] == [("get", "list")]


def test_names_groups_and_addresses_are_said():
    of_one = rule(["patch"], ["deployments"], ["apps"], resourceNames=["a", "b"])
    graph = Graph(
        [
            role("r", of_one, {"verbs": ["get"], "nonResourceURLs": ["/metrics"]}),
            bound("r", {"kind": "User", "name": "ann"}),
        ]
    )
    assert [(r.who, r.verbs, r.what) for r in rights(graph)] == [
        ("user ann", ("get",), ("/metrics",)),
        ("user ann", ("patch",), ("deployments.apps a, b",)),
    ]


def test_an_aggregated_role_has_the_rules_of_those_it_selects_and_none_of_its_own():
    selects = {"clusterRoleSelectors": [{"matchLabels": {"to": "all"}}]}
    graph = Graph(
        [
            role("all", rule(["*"], ["*"]), aggregationRule=selects, labels={"to": "all"}),
            role("part", SECRETS, labels={"to": "all"}),
            role("apart", rule(["delete"], ["pods"])),
            bound("all", ACCOUNT),
        ]
    )
    assert rights(graph) == [Right(who="kserve/manager", verbs=("get", "list"), what=("secrets",))]


def test_what_a_role_allows_that_is_not_in_view_is_not_known():
    assert rights(Graph([bound("cluster-admin", ACCOUNT)])) == [
        Right(who="kserve/manager", unseen="ClusterRole cluster-admin")
    ]


def test_a_role_of_the_stack_above_is_in_view():
    graph = Graph([bound("reader", ACCOUNT)], [role("reader", SECRETS)])
    assert rights(graph) == [Right(who="kserve/manager", verbs=("get", "list"), what=("secrets",))]


def test_what_cannot_be_read_is_said_and_nothing_else_is_lost():
    graph = Graph(
        [
            role("reader", SECRETS),
            bound("reader", ACCOUNT),
            resource(f"{RBAC}ClusterRoleBinding", {"roleRef": UNKNOWN}, name="late"),
        ]
    )
    assert rights(graph) == [
        Right(who="binding late", unread="roleRef.kind is not known yet"),
        Right(who="kserve/manager", verbs=("get", "list"), what=("secrets",)),
    ]


def test_roles_that_take_each_other_in_are_each_read_once():
    selects = {"clusterRoleSelectors": [{"matchLabels": {"to": "all"}}]}
    ring = [role(f"r{n}", aggregationRule=selects, labels={"to": "all"}) for n in range(60)]
    graph = Graph([*ring, role("part", SECRETS, labels={"to": "all"}), bound("r0", ACCOUNT)])
    assert rights(graph) == [Right(who="kserve/manager", verbs=("get", "list"), what=("secrets",))]
