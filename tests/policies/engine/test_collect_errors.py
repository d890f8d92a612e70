import pytest

from policies.engine.collect_errors import in_each
from policies.engine.graph import UNKNOWN, Graph
from policies.engine.rule import Offence
from policies.engine.values import UndecidedError, at, sequence, text
from tests.policies.cases import resource


def _parts(judged, _graph):
    return judged.inputs["spec"].items()


def _shouts(part):
    name, said = part
    for word in sequence(at(said, "words"), "words"):
        if text(word, "words").isupper():
            yield Offence(path=f"spec.{name}", problem=f"says {word}")


A, C = Offence(path="spec.a", problem="says A"), Offence(path="spec.c", problem="says C")


def test_each_part_is_asked_and_named():
    judged = resource("kubernetes:x/v1:X", {"spec": {"a": {"words": ["A", "b"]}, "c": {"words": ["C"]}}})
    assert list(in_each(_parts, _shouts)(judged, Graph([judged]))) == [A, C]


def test_what_cannot_be_read_in_one_part_hides_nothing_of_another():
    judged = resource("kubernetes:x/v1:X", {"spec": {"a": {"words": ["A", UNKNOWN]}, "c": {"words": ["C"]}}})
    said = in_each(_parts, _shouts)(judged, Graph([judged]))
    assert [next(said), next(said)] == [A, C]
    with pytest.raises(UndecidedError):
        next(said)
