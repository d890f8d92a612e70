"""Shares in the cluster's routes: read, moved as a whole or not at all, by one writer, within what the stack allows."""

import json

import pytest

from runtime.loops.ports import SharesMovedError, UnavailableError
from runtime.loops.shares.cluster import BACKENDS, WRITER, ClusterShares
from runtime.loops.shares.kubernetes_api import KubernetesApi, RefusedError
from tests.runtime.loops.shares.fake_api import World, serving

HTTP = "/apis/gateway.networking.k8s.io/v1/namespaces/models/httproutes/minilm"
AI = "/apis/aigateway.envoyproxy.io/v1beta1/namespaces/edge/aigatewayroutes/chat"
TOKEN = "of-the-pod"  # noqa: S105 of a server on loopback


def notes(**backends):
    return {WRITER: "controller", BACKENDS: json.dumps(backends)}


def http_route(v1=100, v2=0, most=100):
    return {
        "apiVersion": "gateway.networking.k8s.io/v1",
        "kind": "HTTPRoute",
        "metadata": {
            "name": "minilm",
            "namespace": "models",
            "annotations": notes(
                v1={"name": "minilm-v1-predictor", "most": 100},
                v2={"name": "minilm-v2-predictor", "most": most},
            ),
        },
        "spec": {
            "hostnames": ["minilm.models.models.internal"],
            "rules": [
                {
                    "matches": [{"path": {"type": "PathPrefix", "value": "/"}}],
                    "backendRefs": [
                        {
                            "group": "",
                            "kind": "Service",
                            "name": f"minilm-{v}-predictor",
                            "port": 80,
                            "weight": w,
                        }
                        for v, w in (("v1", v1), ("v2", v2))
                    ],
                    "timeouts": {"request": "0s"},
                }
            ],
        },
    }


def ai_route(refs, **backends):
    return {
        "apiVersion": "aigateway.envoyproxy.io/v1beta1",
        "kind": "AIGatewayRoute",
        "metadata": {"name": "chat", "namespace": "edge", "annotations": notes(**backends)},
        "spec": {"parentRefs": [{"name": "edge"}], "rules": [{"matches": [], "backendRefs": refs}]},
    }


@pytest.fixture
def world():
    return World()


@pytest.fixture
def shares(world, tmp_path):
    (tmp_path / "token").write_text(f"{TOKEN}\n")
    with serving(world) as server:
        yield ClusterShares(KubernetesApi(server=server, token=tmp_path / "token"))


def refs(world, path):
    return [(r["name"], r["weight"]) for r in world.objects[path]["spec"]["rules"][0]["backendRefs"]]


def patches(world):
    return [call for call in world.calls if call[0] == "PATCH"]


def test_a_share_is_moved_and_nothing_else(world, shares):
    world.put(HTTP, http_route())
    before = world.objects[HTTP]["spec"]
    assert shares.read("minilm") == {"v1": 100, "v2": 0}

    shares.write("minilm", {"v1": 90, "v2": 10}, {"v1": 100})

    after = world.objects[HTTP]
    assert shares.read("minilm") == {"v1": 90, "v2": 10}
    assert after["metadata"]["managedFields"] == [{"manager": "slipway-shares", "operation": "Apply"}]
    assert after["spec"]["hostnames"] == before["hostnames"]
    assert {k: v for k, v in after["spec"]["rules"][0].items() if k != "backendRefs"} == {
        "matches": [{"path": {"type": "PathPrefix", "value": "/"}}],
        "timeouts": {"request": "0s"},
    }
    assert after["spec"]["rules"][0]["backendRefs"][1] == {
        "group": "", "kind": "Service", "name": "minilm-v2-predictor", "port": 80, "weight": 10
    }  # fmt: skip
    assert {call[2] for call in world.calls} == {f"Bearer {TOKEN}"}
    assert patches(world)[0][1] == f"{HTTP}?fieldManager=slipway-shares&force=true"


def test_what_stands_already_is_not_written_again(world, shares):
    world.put(HTTP, http_route(90, 10))
    shares.write("minilm", {"v1": 90, "v2": 10}, {"v1": 100})
    assert patches(world) == []


def test_what_was_not_expected_is_left_as_it_is(world, shares):
    world.put(HTTP, http_route(50, 50))
    with pytest.raises(
        SharesMovedError, match=r"shares are {'v1': 50, 'v2': 50}, not {'v1': 100} as expected"
    ):
        shares.write("minilm", {"v1": 90, "v2": 10}, {"v1": 100})
    assert patches(world) == []


def test_of_two_writers_at_once_one_is_refused(world, shares):
    world.put(HTTP, http_route())
    world.before = lambda: world.put(HTTP, http_route(75, 25))
    with pytest.raises(SharesMovedError, match=r"shares are {'v1': 75, 'v2': 25}"):
        shares.write("minilm", {"v1": 90, "v2": 10}, {"v1": 100})
    assert refs(world, HTTP) == [("minilm-v1-predictor", 75), ("minilm-v2-predictor", 25)]


def test_a_version_that_the_stack_added_later_enters_by_its_first_share(world, shares):
    """Rules of a route are left alone by the stack once a controller moves its shares; the annotation is not."""
    route = http_route()
    route["spec"]["rules"][0]["backendRefs"].pop()
    world.put(HTTP, route)
    assert shares.read("minilm") == {"v1": 100, "v2": 0}
    shares.write("minilm", {"v1": 99, "v2": 1}, {"v1": 100})
    assert refs(world, HTTP) == [("minilm-v1-predictor", 99), ("minilm-v2-predictor", 1)]


def test_a_version_that_left_the_stack_leaves_the_route_with_the_next_write(world, shares):
    route = http_route()
    route["spec"]["rules"][0]["backendRefs"].insert(
        0, {"name": "minilm-v0-predictor", "port": 80, "weight": 0}
    )
    world.put(HTTP, route)
    shares.write("minilm", {"v1": 90, "v2": 10}, {"v1": 100})
    assert refs(world, HTTP) == [("minilm-v1-predictor", 90), ("minilm-v2-predictor", 10)]


def test_a_share_of_somebody_whom_the_stack_does_not_name_stops_every_write(world, shares):
    route = http_route(90, 0)
    route["spec"]["rules"][0]["backendRefs"].insert(
        0, {"name": "minilm-v0-predictor", "port": 80, "weight": 10}
    )
    world.put(HTTP, route)
    with pytest.raises(RefusedError, match="minilm-v0-predictor has 10, and the stack names it no more"):
        shares.write("minilm", {"v1": 90, "v2": 10}, {"v1": 90})


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        ({"v1": 50, "v2": 50}, "minilm: v2 may get at most 10, as the stack file says (got 50)"),
        ({"v1": 90, "v2": 9}, "minilm: shares should add up to 100 (got {'v1': 90, 'v2': 9})"),
        (
            {"v1": 110, "v2": -10},
            (
                "minilm: shares should add up to 100 (got {'v1': 110, 'v2': -10}); "
                "v1 may get at most 100, as the stack file says (got 110)"
            ),
        ),
        ({"v1": 90, "v9": 10}, "minilm: v9 is not behind the route; there are v1, v2"),
    ],
)
def test_what_the_stack_does_not_allow_is_refused_with_its_reason(world, shares, wanted, said):
    world.put(HTTP, http_route(most=10))
    with pytest.raises(RefusedError) as caught:
        shares.write("minilm", wanted, {"v1": 100})
    assert str(caught.value) == said
    assert patches(world) == []


def test_shares_that_are_the_stacks_are_not_touched(world, shares):
    route = http_route()
    route["metadata"]["annotations"][WRITER] = "stack"
    world.put(HTTP, route)
    with pytest.raises(PermissionError, match="its shares are the stack's"):
        shares.write("minilm", {"v1": 90, "v2": 10}, {"v1": 100})


def test_a_route_without_the_annotation_is_nobodys_to_move(world, shares):
    route = http_route()
    del route["metadata"]["annotations"]
    world.put(HTTP, route)
    with pytest.raises(LookupError, match="no route with shares that are handed over"):
        shares.read("minilm")


def test_a_language_model_keeps_its_places_and_who_stands_in_for_it(world, shares):
    smaller = {"name": "tiny-v1", "priority": 1, "modelNameOverride": "tiny"}
    v1, v2 = ({"name": f"chat-v{n}", "most": 100, "slot": slot} for n, slot in ((1, "a"), (2, "b")))
    refs_before = [
        {"name": "chat-v1", "weight": 100, "priority": 0},
        {"name": "chat-v1", "weight": 0, "priority": 0},
        smaller,
    ]
    world.put(AI, ai_route(refs_before, v1=v1, v2=v2))
    assert shares.read("chat") == {"v1": 100, "v2": 0}

    shares.write("chat", {"v1": 95, "v2": 5}, {"v1": 100})

    assert world.objects[AI]["spec"]["rules"][0]["backendRefs"] == [
        {"name": "chat-v1", "weight": 95, "priority": 0},
        {"name": "chat-v2", "weight": 5, "priority": 0},
        smaller,
    ]


def test_an_empty_place_is_kept_by_the_version_that_answers(world, shares):
    v2 = {"name": "chat-v2", "most": 100, "slot": "b"}
    world.put(AI, ai_route([{"name": "chat-v1", "weight": 0}, {"name": "chat-v2", "weight": 99}], v2=v2))
    shares.write("chat", {"v2": 100}, {"v2": 99})
    assert refs(world, AI) == [("chat-v2", 0), ("chat-v2", 100)]


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (401, {"message": "Unauthorized"}, PermissionError),
        (403, {"message": "forbidden"}, PermissionError),
        (429, {"message": "too many requests"}, UnavailableError),
        (500, {"message": "etcd is away"}, UnavailableError),
        (200, b"not JSON", UnavailableError),
        (422, {"message": "is invalid"}, RefusedError),
    ],
)
def test_every_answer_that_is_none_has_its_kind(world, shares, status, body, error):
    world.put(HTTP, http_route())
    world.fails = [(status, body)]
    with pytest.raises(error):
        shares.read("minilm")


def test_a_write_that_is_not_answered_is_no_write(world, shares):
    world.put(HTTP, http_route())
    first = world.get(HTTP)
    world.fails = [first, (503, {"message": "shutting down"})]
    with pytest.raises(UnavailableError, match="503 shutting down"):
        shares.write("minilm", {"v1": 90, "v2": 10}, {"v1": 100})
    shares.write("minilm", {"v1": 90, "v2": 10}, {"v1": 100})
    assert shares.read("minilm") == {"v1": 90, "v2": 10}


def test_an_api_server_that_is_away_and_a_token_that_is_not_there(tmp_path):
    away = KubernetesApi(server="http://127.0.0.1:9", token=tmp_path / "token")
    with pytest.raises(UnavailableError, match=r"token: No such file"):
        ClusterShares(away).read("minilm")
    (tmp_path / "token").write_text(TOKEN)
    with pytest.raises(UnavailableError, match="ConnectionRefusedError"):
        ClusterShares(away).read("minilm")


def test_backends_that_nobody_of_ours_wrote_are_refused(world, shares):
    route = http_route()
    route["metadata"]["annotations"][BACKENDS] = '{"v1": "minilm"}'
    world.put(HTTP, route)
    with pytest.raises(RefusedError, match="is not as the stack writes it"):
        shares.read("minilm")
