"""Order is held as an API server holds it."""

import pytest

from tools.rehearsal.objects.store import ApiError, Objects

DEFINITION = {
    "apiVersion": "apiextensions.k8s.io/v1",
    "kind": "CustomResourceDefinition",
    "metadata": {"name": "pools.example.com"},
    "spec": {
        "group": "example.com",
        "names": {"kind": "Pool"},
        "versions": [{"name": "v1", "served": True}, {"name": "v1beta1", "served": False}],
    },
}
POOL = {"apiVersion": "example.com/v1", "kind": "Pool", "metadata": {"name": "p"}}


def namespaced(kind, version, **more):
    return {"apiVersion": version, "kind": kind, "metadata": {"name": "x", "namespace": "n"}, **more}


def refusal(call, object_):
    with pytest.raises(ApiError) as refused:
        call(object_)
    return str(refused.value)


@pytest.fixture
def objects(tmp_path):
    return Objects(tmp_path)


def test_a_custom_resource_comes_after_its_definition_and_ends_with_it(objects, tmp_path):
    said = 'no matches for kind "Pool" in version "example.com/v1"'
    assert refusal(objects.apply, POOL) == said
    objects.apply(DEFINITION)
    objects.apply(POOL)
    assert Objects(tmp_path).get(POOL) == POOL
    assert refusal(objects.apply, {**POOL, "apiVersion": "example.com/v1beta1"}) == said.replace(
        "v1", "v1beta1"
    )
    objects.remove(DEFINITION)
    assert list(objects) == []


def test_a_chart_may_bring_a_definition(objects):
    scaled = {"apiVersion": "karpenter.sh/v1", "kind": "NodePool", "metadata": {"name": "p"}}
    assert refusal(objects.apply, scaled).startswith("no matches for kind")
    objects.install(
        {"name": "k", "namespace": "default", "chart": "oci://registry.example.com/karpenter-crd"}
    )
    objects.apply(scaled)
    assert list(objects.releases) == ["default/k"]


def test_an_object_comes_after_its_namespace_and_ends_with_it(objects):
    config = namespaced("ConfigMap", "v1")
    assert refusal(objects.apply, config) == 'namespaces "n" not found'
    release = {"name": "k", "namespace": "n", "chart": "c"}
    assert refusal(objects.install, release) == 'create: failed to create: namespaces "n" not found'
    namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "n"}}
    objects.apply(namespace)
    objects.apply(config)
    objects.remove(namespace)
    assert list(objects) == []


def test_what_cannot_change_does_not(objects):
    objects.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "n"}})
    first = namespaced("Deployment", "apps/v1", spec={"replicas": 1, "selector": {"a": "b"}})
    objects.apply(first)
    objects.apply({**first, "spec": {"replicas": 2, "selector": {"a": "b"}}})
    assert refusal(objects.apply, {**first, "spec": {"selector": {"a": "c"}}}) == (
        "Deployment x: spec.selector: field is immutable"
    )
