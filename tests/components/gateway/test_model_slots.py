"""Where a version stands at the edge follows from what the file says of it, whoever else comes or goes."""

import pytest

from components.gateway.model_slots import slot_of, slot_problems


@pytest.mark.parametrize(
    ("version", "chosen", "slot"),
    [("v1", None, "a"), ("v2", None, "b"), ("v3", None, "a"), ("v10", None, "b"), ("v3", "b", "b")],
)
def test_neighbours_never_meet_and_the_file_may_say_otherwise(version, chosen, slot):
    assert slot_of(version, chosen) == slot


def test_two_versions_in_one_slot_are_refused_with_the_way_out():
    assert list(slot_problems({"v1": None, "v2": None})) == []
    assert list(slot_problems({"v1": None, "v3": "b"})) == []
    assert list(slot_problems({"v3": None, "v1": None})) == [
        (
            "versions: one version a slot (got v1 and v3 in slot a); give the newest slot: b if nothing runs there, "
            "and never change it on a version that runs"
        )
    ]
    assert len(list(slot_problems({"v1": None, "v2": "a", "v4": None}))) == 1
