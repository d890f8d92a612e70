"""What a pod asks for, as the scheduler counts it."""

import pytest

from policies.analysis.machines.requests import Requests, millicores, of_pod, of_resources
from policies.engine.graph import UNKNOWN
from policies.engine.values import UndecidedError


@pytest.mark.parametrize(
    ("said", "amount"), [("500m", 500), ("2", 2000), ("0.5", 500), (1, 1000), ("1.25", 1250)]
)
def test_processors_are_read_as_kubernetes_writes_them(said, amount):
    assert millicores(said) == amount


@pytest.mark.parametrize("said", ["", "2 cores", "-1", None, UNKNOWN])
def test_what_is_no_amount_is_undecided(said):
    with pytest.raises(UndecidedError):
        millicores(said, "cpu")


def test_a_limit_without_a_request_is_the_request():
    said = {"limits": {"cpu": "2", "memory": "1Gi", "nvidia.com/gpu": "1"}, "requests": {"cpu": "500m"}}
    assert of_resources(said) == Requests(500, 1024, 1)


def test_gpus_that_are_no_number_are_undecided():
    with pytest.raises(UndecidedError, match=r"nvidia\.com/gpu: expected a number, got 'one'"):
        of_resources({"limits": {"nvidia.com/gpu": "one"}})


def _container(cpu, **extra):
    return {"resources": {"requests": {"cpu": cpu, "memory": "100Mi"}}, **extra}


def test_the_largest_init_container_counts_where_it_is_more_than_what_runs():
    assert of_pod({"containers": [_container("1")], "initContainers": [_container("3")]}) == Requests(
        3000, 100
    )


def test_sidecars_count_beside_what_runs_and_beside_init_containers_after_them():
    pod = {
        "containers": [_container("1")],
        "initContainers": [_container("500m", restartPolicy="Always"), _container("2")],
    }
    assert of_pod(pod) == Requests(2500, 200)


def test_overhead_of_a_runtime_class_is_added():
    pod = {"containers": [_container("1")], "overhead": {"cpu": "250m", "memory": "120Mi"}}
    assert of_pod(pod) == Requests(1250, 220)
