"""One rendering for every registry."""

import pytest

from policies.analysis.charts.moved import moved
from policies.engine.graph import UNKNOWN
from policies.engine.values import UndecidedError

ROOT = "registry.example.com/prod"


def test_a_mirror_s_values_are_those_of_the_chart_itself_without_its_images():
    values = {"global": {"hub": f"{ROOT}/docker.io/istio"}, "profile": "ambient", "kept": {}}
    plain = moved("istiod", "1.30.1", values)
    assert plain.values == {"profile": "ambient", "kept": {}}
    assert plain.images == {"docker.io/istio": f"{ROOT}/docker.io/istio"}


def test_images_move_where_they_are_named_and_nowhere_else():
    plain = moved("cert-manager", "v1.20.2", {"imageRegistry": f"{ROOT}/quay.io"})
    assert plain.applied({
        "image": "quay.io/jetstack/cert-manager-controller:v1.20.2",
        "args": ["--acme-http01-solver-image=quay.io/jetstack/cert-manager-acmesolver:v1.20.2", 3],
        "elsewhere": "example.com/quay.io/jetstack/x:1",
        "near": "my-quay.io/x:1",
    }) == {
        "image": f"{ROOT}/quay.io/jetstack/cert-manager-controller:v1.20.2",
        "args": [f"--acme-http01-solver-image={ROOT}/quay.io/jetstack/cert-manager-acmesolver:v1.20.2", 3],
        "elsewhere": "example.com/quay.io/jetstack/x:1",
        "near": "my-quay.io/x:1",
    }  # fmt: skip


def test_docker_hub_s_images_move_with_and_without_its_host():
    values = {"kserve": {"controller": {"image": f"{ROOT}/docker.io/kserve/kserve-controller"}}}
    plain = moved("kserve-resources", "v0.20.0", values)
    there = f"{ROOT}/docker.io/kserve/kserve-controller:v0.20.0"
    assert plain.applied("kserve/kserve-controller:v0.20.0") == there
    assert plain.applied("docker.io/kserve/kserve-controller:v0.20.0") == there
    assert plain.applied("kserve/kserve-controller-other:v0.20.0") == "kserve/kserve-controller-other:v0.20.0"


def test_a_word_that_is_also_a_registry_s_folder_stays_a_word():
    plain = moved("istiod", "1.30.1", {"global": {"hub": f"{ROOT}/docker.io/istio"}})
    assert plain.applied({"part-of": "istio", "image": "docker.io/istio/pilot:1.30.1"}) == {
        "part-of": "istio",
        "image": f"{ROOT}/docker.io/istio/pilot:1.30.1",
    }


def test_another_image_is_a_value_like_all_others():
    values = {"global": {"hub": "registry.example.com/our-own-istio"}}
    assert moved("istiod", "1.30.1", values).images == {}
    assert moved("istiod", "1.30.1", values).values == values


def test_what_is_not_known_cannot_be_told_from_a_mirror():
    with pytest.raises(UndecidedError, match=r"global\.hub is not known yet"):
        moved("istiod", "1.30.1", {"global": {"hub": UNKNOWN}})
