import pytest

from policies.engine.collect_errors import in_each
from policies.engine.graph import UNKNOWN, Graph
from policies.engine.values import UndecidedError, at, sequence, text
from tests.policies.cases import resource


def _parts(judged, _graph):
    return judged.inputs["spec"].items()


def _shouts(part):
    for word in sequence(at(part, "words"), "words"):
        if text(word, "words").isupper():
            yield f"says {word}"


def test_each_part_is_asked_and_named():
    judged = resource("kubernetes:x/v1:X", {"spec": {"a": {"words": ["A", "b"]}, "c": {"words": ["C"]}}})
    assert list(in_each(_parts, _shouts)(judged, Graph([judged]))) == ["a: says A", "c: says C"]


def test_what_cannot_be_read_in_one_part_hides_nothing_of_another():
    judged = resource("kubernetes:x/v1:X", {"spec": {"a": {"words": ["A", UNKNOWN]}, "c": {"words": ["C"]}}})
    said = in_each(_parts, _shouts)(judged, Graph([judged]))
    assert [next(said), next(said)] == ["a: says A", "c: says C"]
    with pytest.raises(UndecidedError):
        next(said)
