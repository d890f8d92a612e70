"""Everything a stack declares is made in the simulated account and cluster in the program's own order."""

import json
from graphlib import TopologicalSorter

import pytest

from tests.captured import captured
from tests.tools.rehearsal.account.conftest import SITE
from tools.rehearsal.account.account import Account
from tools.rehearsal.account.errors import AwsError
from tools.rehearsal.account.provider import named
from tools.rehearsal.elsewhere import bootstrapped
from tools.rehearsal.objects.provider import RELEASE
from tools.rehearsal.objects.store import ApiError, Objects

INSIDE = ("vpcConfig", "certificateAuthority")


def replayed(stack, account, objects, change=lambda _urn, settings: settings, forget=frozenset()):
    """Values that the capture made up are put right by those that the account gave; what is refused ends it.

    ``forget``: resources that nothing waits for, as if an edge were missing; they come last.
    """
    graph = captured(stack).graph
    waits = {r.urn: {u for u in graph.waits_for(r.urn) if u not in forget} for r in graph}
    order = [u for u in TopologicalSorter(waits).static_order() if u not in forget] + sorted(forget)
    resources = {r.urn: r for r in graph}
    given: dict[str, str] = {}
    for urn in order:
        resource = resources.get(urn)
        if resource is None:
            continue
        if resource.type == RELEASE:
            objects.install(resource.inputs)
        elif resource.object is not None:
            objects.apply(resource.object)
        elif resource.type.startswith("aws:"):
            text = json.dumps(resource.inputs)
            for old, new in given.items():
                text = text.replace(old, new)
            inputs = named(resource.type, resource.name, json.loads(text), {})
            one = account.create(resource.type, change(urn, inputs))
            given |= _pairs({"id": resource.id, **resource.outputs}, {"id": one.id, **one.outputs})


def _pairs(old, new):
    found = {}
    for key in old.keys() & new.keys():
        if isinstance(old[key], str) and old[key] != new[key] and len(old[key]) > 10:
            found[old[key]] = new[key]
        elif key in INSIDE:
            found |= _pairs(old[key], new[key])
    return found


@pytest.fixture(scope="module")
def bootstrap():
    return bootstrapped()


@pytest.fixture
def ready(tmp_path, bootstrap):
    account = Account(tmp_path, SITE)
    account.seed(bootstrap)
    return account


@pytest.fixture
def objects(tmp_path):
    (tmp_path / "objects").mkdir()
    return Objects(tmp_path / "objects")


def counted(stack, before):
    return sum(r.type.startswith(before) for r in captured(stack).graph)


@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_account_and_cluster_take_everything_of_the_stack(ready, objects, stack):
    replayed(stack, ready, objects)
    assert sum(not one.elsewhere for one in ready.records) == counted(stack, "aws:")
    assert len(list(objects)) + len(objects.releases) == counted(stack, "kubernetes:")


def test_without_the_bootstrap_the_first_role_is_refused(tmp_path, objects):
    with pytest.raises(AwsError) as refused:
        replayed("dev", Account(tmp_path, SITE), objects)
    assert "arn:aws:iam::111122223333:" in str(refused.value)
    assert str(refused.value).partition(":")[0] in {"NoSuchEntity", "MalformedPolicyDocument"}


def test_a_minimum_above_the_desired_size_ends_it(ready, objects):
    def change(urn, settings):
        if urn.endswith("::system-nodes-group-b"):
            settings["scalingConfig"] |= {"minSize": 2, "maxSize": 2}
        return settings

    with pytest.raises(AwsError) as refused:
        replayed("dev", ready, objects, change)
    assert str(refused.value).endswith("Minimum capacity 2 can't be greater than desired size 1")


def test_a_name_over_the_length_ends_it(ready, objects):
    long = "example-dev-" + "x" * 60

    def change(urn, settings):
        return {**settings, "name": long} if urn.endswith("::karpenter-role") else settings

    with pytest.raises(AwsError) as refused:
        replayed("dev", ready, objects, change)
    assert str(refused.value) == f"ValidationError: name ({long}) has 72 characters; at most 64 are allowed"


def test_a_definition_that_nothing_waits_for_ends_it(ready, objects):
    graph = captured("dev").graph
    (pools,) = (
        r.urn
        for r in graph
        if r.object is not None and r.object["metadata"]["name"] == "nodepools.karpenter.sh"
    )
    with pytest.raises(ApiError) as refused:
        replayed("dev", ready, objects, forget=frozenset({pools}))
    assert str(refused.value) == 'no matches for kind "NodePool" in version "karpenter.sh/v1"'
