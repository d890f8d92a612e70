from functools import cache

from gate.report.cluster_rights import cluster_rights
from gate.report.permissions import permissions
from gate.report.report import Permission
from policies.analysis.charts.joined import joined
from policies.engine.graph import UNKNOWN, Graph
from tests.captured import captured
from tests.policies.analysis.kubernetes.test_rights import ACCOUNT, RBAC, bound, role, rule
from tests.policies.cases import resource


@cache
def of_dev():
    return cluster_rights(joined(captured("dev").graph))


def test_what_charts_grant_in_the_cluster_stands_among_the_permissions():
    everything = next(p for p in of_dev() if p.identity == "envoy-ai-gateway-system/ai-gateway-controller")
    assert everything.actions == ("kubernetes:*",)
    assert {"secrets", "pods", "services", "deployments.apps"} <= set(everything.resources)
    assert everything.conditions == ()


def test_so_does_what_our_own_roles_grant_with_its_namespace():
    assert (
        Permission(
            identity="loops/receiver",
            actions=("kubernetes:get",),
            resources=("httproutes.gateway.networking.k8s.io",),
            conditions=("in the namespace models",),
        )
        in of_dev()
    )


def test_a_chart_that_was_not_rendered_grants_nobody_knows_what():
    (said,) = [p for p in of_dev() if p.identity == "release autoscaling-keda"]
    assert said == Permission(
        identity="release autoscaling-keda",
        actions=("unreadable: what keda 2.18.0 grants in the cluster: no rendering of this chart is known",),
        resources=("unknown",),
    )


def test_verbs_in_one_place_are_one_entry():
    graph = Graph([role("r", rule(["get"], ["pods"]), rule(["get"], ["nodes"])), bound("r", ACCOUNT)])
    assert cluster_rights(graph) == [
        Permission(identity="kserve/manager", actions=("kubernetes:get",), resources=("nodes", "pods"))
    ]


def test_roles_of_kubernetes_and_unreadable_ones_are_said():
    graph = Graph(
        [
            bound("view", ACCOUNT, kind="RoleBinding", namespace="models"),
            resource(f"{RBAC}RoleBinding", {"roleRef": UNKNOWN}, name="late"),
        ]
    )
    assert cluster_rights(graph) == [
        Permission(
            identity="binding late",
            actions=("unreadable: roleRef.kind is not known yet",),
            resources=("unknown",),
        ),
        Permission(
            identity="kserve/manager",
            actions=("what ClusterRole view allows (declared elsewhere)",),
            resources=("see there",),
            conditions=("in the namespace models",),
        ),
    ]


def test_they_are_told_with_those_of_aws():
    graph = Graph([role("r", rule(["get"], ["pods"])), bound("r", ACCOUNT)])
    assert permissions(graph) == cluster_rights(graph)
