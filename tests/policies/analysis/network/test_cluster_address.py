import pytest

from policies.analysis.network.cluster_address import is_inside


@pytest.mark.parametrize(
    ("host", "inside"),
    [
        ("sink", True),
        ("sink.models.svc", True),
        ("sink.models.svc.cluster.local", True),
        ("sink.default", True),
        ("sink.models", True),
        ("broker.knative-eventing", True),
        ("", False),
        (".default", False),
        ("example.com", False),
        ("sink.other", False),
        ("shop.xn--p1ai", False),
        ("a.b-c.example", False),
    ],
)
def test_an_address_is_inside_where_it_can_be_no_other(host, inside):
    assert is_inside(host, "models") is inside
