"""Every text that an upgrade changes is in the project, and each step may do what it is about and no more."""

from pathlib import Path

import pytest

from gate.core.errors import GateError
from tools.rehearsal.engine import Operation, Run
from tools.rehearsal.texts import Text, exchange
from tools.rehearsal.upgrades import BEHIND, UPGRADES

ROOT = Path(__file__).parents[3]
CLUSTER, SUBNET = "aws:eks/cluster:Cluster", "aws:ec2/subnet:Subnet"
KUBERNETES, ADD_ON, IMAGE, ZONE = UPGRADES


def ran(*operations):
    made = [
        Operation(op=op, urn=f"urn:pulumi:dev::slipway::a${type_}::x", seconds=0) for op, type_ in operations
    ]
    return Run(command="up", code=0, seconds=1, operations=made)


@pytest.mark.parametrize("text", BEHIND, ids=lambda text: text.old)
def test_every_text_is_in_the_project_once(text):
    assert (ROOT / text.file).read_text(encoding="utf-8").count(text.old) == 1


def test_the_steps_together_bring_back_what_is_pinned():
    assert {text.back for change in UPGRADES for text in change.texts} == set(BEHIND)
    assert ZONE.edit({"network": {"zones": ["a", "b"]}}) == {"network": {"zones": ["a", "b", "c"]}}


def test_a_control_plane_that_is_made_anew_fails_the_step():
    assert KUBERNETES.problems(ran(("update", CLUSTER))) == []
    assert KUBERNETES.problems(ran(("replace", CLUSTER))) == [
        f"replace {CLUSTER} x: is not what this change is about"
    ]
    assert ADD_ON.problems(ran(("update", CLUSTER))) == [
        f"update {CLUSTER} x: is not what this change is about"
    ]


def test_a_new_zone_that_moves_a_subnet_fails_the_step():
    assert ZONE.problems(ran(("create", SUBNET))) == []
    assert ZONE.problems(ran(("create", SUBNET), ("delete", SUBNET))) == [
        f"delete {SUBNET} x: is not what this change is about"
    ]
    assert IMAGE.problems(ran()) == ["nothing was done"]


def test_a_text_that_is_not_there_is_named(tmp_path):
    (tmp_path / "a.py").write_text("two two\n", encoding="utf-8")
    with pytest.raises(GateError, match=r"^a\.py: holds 'two' 2 times; this change needs it once"):
        exchange(tmp_path, Text(file="a.py", old="two", new="one"))
    assert (tmp_path / "a.py").read_text(encoding="utf-8") == "two two\n"
