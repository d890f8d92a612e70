"""Where images and charts are pulled from, by the host they come from."""

import pytest

from components.foundation.registry import UPSTREAM, Registry
from facts.pins import chart_images, charts, images, public_registries

OURS = Registry("registry.example.com", "prod")


def test_without_a_registry_everything_stays_where_its_maker_has_it():
    values = {"image": {"tag": "1"}}
    assert UPSTREAM.chart("karpenter") == ("oci://public.ecr.aws/karpenter/karpenter", None)
    assert UPSTREAM.chart("istiod") == ("istiod", "https://istio-release.storage.googleapis.com/charts")
    assert UPSTREAM.values("keda", values) == values
    assert UPSTREAM.pulls({"image": "docker.io/library/redis:8"}) == {"image": "docker.io/library/redis:8"}


@pytest.mark.parametrize(
    ("pin", "chart"),
    [
        ("karpenter", "public.ecr.aws/karpenter/karpenter"),
        ("cert-manager", "quay.io/jetstack/charts/cert-manager"),
        ("istio-cni", "charts/cni"),
    ],
)
def test_a_chart_lies_under_the_host_it_comes_from_or_among_the_copies(pin, chart):
    assert OURS.chart(pin) == (f"oci://registry.example.com/prod/{chart}", None)


def test_without_a_prefix_the_host_comes_first():
    assert Registry("registry.example.com").of("quay.io") == "registry.example.com/quay.io"


def test_every_image_of_a_chart_is_named_in_its_values():
    given = {"controller": {"resources": {}}, "other": 1}
    assert OURS.values("ai-gateway", given) == {
        "controller": {
            "resources": {},
            "image": {"repository": "registry.example.com/prod/docker.io/envoyproxy/ai-gateway-controller"},
        },
        "extProc": {
            "image": {"repository": "registry.example.com/prod/docker.io/envoyproxy/ai-gateway-extproc"}
        },
        "other": 1,
    }
    assert given == {"controller": {"resources": {}}, "other": 1}


def test_an_image_with_its_version_has_the_charts():
    told = OURS.values("envoy-gateway", {})["global"]["images"]["envoyGateway"]["image"]
    assert told == "registry.example.com/prod/docker.io/envoyproxy/gateway:v1.8.1"


def test_manifests_name_images_here_wherever_they_stand_and_ecr_s_own_as_they_are():
    own = "111122223333.dkr.ecr.eu-central-1.amazonaws.com/example-prod/runtime:1"
    manifest = {
        "kind": "EnvoyProxy",
        "spec": {
            "containers": [{"image": "docker.io/library/redis:8"}, {"image": own}],
            "volumes": [{"image": {"reference": own}}],
        },
    }
    assert OURS.pulls(manifest) == {
        "kind": "EnvoyProxy",
        "spec": {
            "containers": [{"image": "registry.example.com/prod/docker.io/library/redis:8"}, {"image": own}],
            "volumes": [{"image": {"reference": own}}],
        },
    }


def test_the_images_of_every_pinned_chart_are_known():
    assert {pin.chart for pin in charts().values()} <= chart_images().keys()


def test_every_image_names_its_registry():
    """Docker Hub's too: without a host, a mirror has no folder for it."""
    texts = [text for places in chart_images().values() for text in places.values()]
    texts += [image.repository for name, image in images().items() if "/" in image.repository]
    assert [text for text in texts if "." not in text.partition("/")[0]] == []
    assert set(public_registries()) == {
        "docker.io",
        "ghcr.io",
        "public.ecr.aws",
        "quay.io",
        "registry.k8s.io",
    }
