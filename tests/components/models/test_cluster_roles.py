"""What previews and deploys of models may do in the cluster. Only the API server can say that RBAC evaluates it so."""

import pytest

from components.models.cluster_roles import (
    MODEL_DEPLOYERS,
    OF_MODELS,
    OF_ROUTES,
    READABLE,
    WRITE,
)
from tests.captured import EXAMPLES, STACKS, captured

PLURALS = {"NetworkPolicy": "networkpolicies", "AuthorizationPolicy": "authorizationpolicies"}
PLATFORMS = [stack for stack in STACKS if not stack.endswith("-models")]
GROUP = {"apiGroup": "rbac.authorization.k8s.io", "kind": "Group"}


def plural(kind: str) -> str:
    word = kind.lower()
    return f"{word[:-1]}ies" if word.endswith("cy") else f"{word}s"


def objects(stack):
    for made in captured(stack).graph:
        if made.object is not None:
            api = made.object["apiVersion"]
            yield api.rpartition("/")[0], made.object["kind"], made.object["metadata"].get("namespace")


@pytest.mark.parametrize("stack", [*STACKS, *EXAMPLES])
def test_a_preview_reads_every_kind_that_a_stack_declares_but_secrets(stack):
    unread = {
        (group, kind)
        for group, kind, _ in objects(stack)
        if "*" not in READABLE.get(group, ()) and plural(kind) not in READABLE.get(group, ())
    }
    assert unread - {("helm.sh", "Release"), ("", "Secret")} == set()
    assert "secrets" not in READABLE[""]


@pytest.mark.parametrize("stack", ["prod-models", "staging-models"])
def test_a_stack_of_models_is_made_without_administering(stack):
    made = {(namespace, group, plural(kind)) for group, kind, namespace in objects(stack)}
    allowed = {("models", g, r) for g, rs in OF_MODELS.items() for r in rs}
    allowed |= {("edge", g, r) for g, rs in OF_ROUTES.items() for r in rs}
    assert made - allowed == set()


@pytest.mark.parametrize("may", [OF_MODELS, OF_ROUTES])
def test_deployers_of_models_cannot_give_themselves_more(may):
    named = {(group, resource) for group, resources in may.items() for resource in resources}
    assert not any(resource == "*" for _, resource in named)
    assert named.isdisjoint({
        ("", "secrets"),
        ("", "namespaces"),
        ("", "pods"),
        ("", "resourcequotas"),
        ("apps", "deployments"),
        ("gateway.networking.k8s.io", "gateways"),
        ("security.istio.io", "peerauthentications"),
    })  # fmt: skip
    assert "rbac.authorization.k8s.io" not in may


@pytest.mark.parametrize("stack", PLATFORMS)
def test_each_namespace_has_a_role_bound_to_the_group(stack):
    graph = captured(stack).graph
    by_name = {r.name: r for r in graph}
    for place in ("models", "edge"):
        role, bound = (by_name[f"model-deployers-{place}-{part}"] for part in ("role", "binding"))
        assert role.inputs["metadata"] == {"name": "slipway-model-deployers", "namespace": place}
        assert bound.inputs["metadata"] == role.inputs["metadata"]
        assert bound.inputs["subjects"] == [{**GROUP, "name": MODEL_DEPLOYERS}]
        assert bound.inputs["roleRef"]["kind"] == "Role"
        assert role.urn in bound.dependencies
        assert {tuple(rule["verbs"]) for rule in role.inputs["rules"]} == {WRITE, ("get", "list", "watch")}
    assert by_name["cluster-readers-binding"].inputs["subjects"] == [{**GROUP, "name": "slipway:previewers"}]
    verbs = {tuple(rule["verbs"]) for rule in by_name["cluster-readers-role"].inputs["rules"]}
    assert verbs == {("get", "list", "watch")}
    assert "cluster-access-deploy-policy" in {
        graph.by_urn[u].name for u in by_name["cluster-readers-role"].dependencies
    }


@pytest.mark.parametrize("stack", ["prod", "staging"])
def test_the_roles_of_models_stacks_are_let_in_by_group_alone(stack):
    graph = captured(stack).graph
    entries = {
        e.inputs["principalArn"].rpartition("/")[2]: e.inputs.get("kubernetesGroups")
        for e in graph.of_type("aws:eks/accessEntry:AccessEntry")
    }
    assert entries[f"example-{stack}-models-deploy"] == ["slipway:model-deployers"]
    assert entries[f"example-{stack}-models-preview"] == ["slipway:previewers"]
    assert entries[f"example-{stack}-preview"] == ["slipway:previewers"]
    associations = graph.of_type("aws:eks/accessPolicyAssociation:AccessPolicyAssociation")
    assert [a.inputs["principalArn"].rpartition("/")[2] for a in associations] == [f"example-{stack}-deploy"]
