"""In which order a model's route at the edge is made."""

import pytest

from components.gateway.edge_route import EdgeRoute, EdgeRouteArgs
from gate.schema.shape import check_shapes
from tests.components.gateway.test_model_route import ROUTES


@pytest.mark.parametrize(
    ("name", "before"),
    [
        ("chat", {"service-v1", "access", "protection"}),
        ("embeddings", {"backend", "service", "access", "protection"}),
        ("inference", {"access", "protection"}),
    ],
)
def test_the_route_opens_when_all_that_limits_it_stands(deploy, name, before):
    route = ROUTES[name]
    made = deploy(lambda: EdgeRoute("edge", EdgeRouteArgs(route=route, after=[])))

    assert check_shapes(made.graph).problems == ()
    assert {name for _, name in made.children("edge")} == {"edge-route", *(f"edge-{role}" for role in before)}
    waits = made.graph.waits_for(made.named("edge-route").urn)
    assert {made.named(f"edge-{role}").urn for role in before} <= waits
    names = {r.inputs["metadata"]["name"] for r in made.graph if r.object is not None}
    assert names == {route.name, *(share.name for share in route.shares)}
    assert {r.inputs["metadata"]["namespace"] for r in made.graph if r.object is not None} == {"edge"}
