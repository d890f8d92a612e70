"""What the provider tells the engine about names and changes."""

from tools.rehearsal.account.provider import changed, named

GROUP = "aws:eks/nodeGroup:NodeGroup"
ROLE = "aws:iam/role:Role"


def test_a_resource_without_a_name_gets_one_and_keeps_it():
    first = named(ROLE, "edge", {"path": "/"}, {})
    assert first["name"].startswith("edge-")
    assert len(first["name"]) == len("edge-") + 7
    assert named(ROLE, "edge", {"path": "/"}, {"name": "edge-old"})["name"] == "edge-old"
    assert "nodeGroupName" in named(GROUP, "g", {}, {})
    assert named("aws:ec2/vpc:Vpc", "v", {}, {}) == {}
    assert named(ROLE, "edge", {"name": "own"}, {}) == {"name": "own"}


def test_a_change_of_what_cannot_change_makes_it_anew():
    old = {"name": "a", "description": "x", "tags": {"a": "1", "b": None}}
    assert changed(ROLE, old, {**old, "tags": {"a": "1"}}) == ([], [])
    assert changed(ROLE, old, {**old, "description": "y"}) == (["description"], [])
    assert changed(ROLE, old, {**old, "name": "b"}) == (["name"], ["name"])
