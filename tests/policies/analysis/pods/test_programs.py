import pytest

from policies.analysis.kserve.objects import INFERENCE_SERVICE
from policies.analysis.pods.programs import called, containers_of
from policies.engine.graph import UNKNOWN
from policies.engine.values import UndecidedError
from tests.policies.cases import resource

_APP = {"name": "app", "image": "app:1", "args": ["run"]}
_WHOLE = {"template": {"spec": {"containers": [_APP], "initContainers": UNKNOWN}}}
_OTHER = {"template": {"spec": {"containers": [{**_APP, "name": "other"}]}}}


def test_containers_are_found_wherever_an_object_has_a_pod():
    job = resource("kubernetes:example.com/v1:Task", {"kind": "Task", "spec": {"jobs": [_OTHER]}})
    assert [called(container) for container in containers_of(job)] == ["other"]


def test_a_list_of_containers_that_is_unknown_hides_none_of_another_pod():
    job = resource("kubernetes:example.com/v1:Task", {"kind": "Task", "spec": {"jobs": [_WHOLE, _OTHER]}})
    found = containers_of(job)
    assert [called(next(found)), called(next(found))] == ["app", "other"]
    with pytest.raises(UndecidedError):
        next(found)


def test_a_models_object_is_searched_before_it_is_merged():
    service = resource(INFERENCE_SERVICE[0], {"spec": {"predictor": {"model": {"args": ["--x"]}}}})
    assert [dict(container) for container in containers_of(service)] == [{"args": ["--x"]}]


def test_a_container_without_a_name_that_can_be_read_has_one_in_messages():
    assert [called({"name": name}) for name in ("app", UNKNOWN, None)] == ["app", "container", "container"]
