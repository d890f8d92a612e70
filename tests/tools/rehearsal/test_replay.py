"""Every AWS resource of a stack is made in the simulated account in the program's own order, without the engine."""

import json
from graphlib import TopologicalSorter

import pytest

from tests.captured import captured
from tests.tools.rehearsal.account.conftest import SITE
from tools.rehearsal.account.account import Account
from tools.rehearsal.account.errors import AwsError
from tools.rehearsal.account.provider import named
from tools.rehearsal.elsewhere import bootstrapped

INSIDE = ("vpcConfig", "certificateAuthority")


def replayed(stack, account, change=lambda _urn, settings: settings):
    """Values that the capture made up are put right by those that the account gave; what is refused ends it."""
    graph = captured(stack).graph
    waits = {r.urn: set(graph.waits_for(r.urn)) for r in graph}
    resources = {r.urn: r for r in graph}
    given: dict[str, str] = {}
    made = 0
    for urn in TopologicalSorter(waits).static_order():
        resource = resources.get(urn)
        if resource is None or not resource.type.startswith("aws:"):
            continue
        text = json.dumps(resource.inputs)
        for old, new in given.items():
            text = text.replace(old, new)
        settings = change(urn, named(resource.type, resource.name, json.loads(text), {}))
        one = account.create(resource.type, settings)
        given |= _pairs({"id": resource.id, **resource.outputs}, {"id": one.id, **one.outputs})
        made += 1
    return made


def _pairs(old, new):
    found = {}
    for key in old.keys() & new.keys():
        if isinstance(old[key], str) and old[key] != new[key] and len(old[key]) > 10:
            found[old[key]] = new[key]
        elif key in INSIDE:
            found |= _pairs(old[key], new[key])
    return found


@pytest.fixture
def ready(tmp_path):
    account = Account(tmp_path, SITE)
    account.seed(bootstrapped())
    return account


@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_the_account_takes_every_resource_of_the_stack(ready, stack):
    wanted = sum(r.type.startswith("aws:") for r in captured(stack).graph)
    assert replayed(stack, ready) == wanted
    assert sum(not one.elsewhere for one in ready.records) == wanted


def test_without_the_bootstrap_the_first_role_is_refused(tmp_path):
    with pytest.raises(AwsError) as refused:
        replayed("dev", Account(tmp_path, SITE))
    assert "arn:aws:iam::111122223333:" in str(refused.value)
    assert str(refused.value).partition(":")[0] in {"NoSuchEntity", "MalformedPolicyDocument"}


def test_a_minimum_above_the_desired_size_ends_it(ready):
    def change(urn, settings):
        if urn.endswith("::system-nodes-group-b"):
            settings["scalingConfig"] |= {"minSize": 2, "maxSize": 2}
        return settings

    with pytest.raises(AwsError) as refused:
        replayed("dev", ready, change)
    assert str(refused.value).endswith("Minimum capacity 2 can't be greater than desired size 1")
