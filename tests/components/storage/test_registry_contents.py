"""What no cache fetches."""

from components.storage.registry_contents import copied


def test_charts_of_an_index_and_images_of_other_registries_are_copied():
    assert copied() == [
        "charts/aws-load-balancer-controller",
        "charts/base",
        "charts/cni",
        "charts/dcgm-exporter",
        "charts/istiod",
        "charts/ztunnel",
        "nvcr.io/nvidia/k8s/dcgm-exporter",
    ]
