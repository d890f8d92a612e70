"""What a reviewer is told of a change of backends that answers 500 until the AI gateway has read it."""

from gate.difference.edge_places import place_changes

LATE = "the AI gateway knows backends by their position and learns it seconds after Envoy: 500 until then"


def report(*backends, kind="AIGatewayRoute", name="chat"):
    return {
        "resources": [
            {
                "type": f"kubernetes:aigateway.envoyproxy.io/v1beta1:{kind}",
                "inputs": {
                    "metadata": {"name": name, "namespace": "edge"},
                    "spec": {
                        "rules": [
                            {
                                "backendRefs": [
                                    dict(zip(("name", "weight", "priority"), b, strict=False))
                                    for b in backends
                                ]
                            }
                        ]
                    },
                },
            }
        ]
    }


def test_a_version_that_comes_without_traffic_moves_nobody():
    assert place_changes(report(("v1", 100), ("v1", 0)), report(("v1", 100), ("v2", 0))) == []
    assert place_changes(report(("v1", 100), ("v2", 0)), report(("v1", 90), ("v2", 10))) == []
    assert place_changes(report(("v1", 0), ("v2", 100)), report(("v2", 0), ("v2", 100))) == []
    assert place_changes(report(("v2", 0), ("v2", 100)), report(("v3", 0), ("v2", 100))) == []


def test_a_live_version_that_moves_is_an_outage():
    assert place_changes(report(("v1", 0), ("v2", 100)), report(("v2", 100))) == [
        (
            "outage: edge/chat: v2, which answers 100 %, moves from position 1 to 0 of spec.rules[].backendRefs; "
            f"{LATE}. Keep its place"
        )
    ]


def test_a_version_that_comes_with_a_share_is_one_too():
    said = place_changes(report(("v1", 100), ("v1", 0)), report(("v1", 90), ("v2", 10)))
    assert said == [
        (
            f"outage: edge/chat: v2 enters spec.rules[].backendRefs with 10 % at once; {LATE}. "
            "List it without traffic first, and give it a share in the next change"
        )
    ]
    assert len(place_changes(report(("v1",)), report(("v1",), ("v2",)))) == 1


def test_who_stands_in_at_a_later_priority_answers_nothing_before():
    assert place_changes(report(("v1", 100, 0)), report(("v1", 100, 0), ("mini", 1, 1))) == []


def test_only_routes_of_both_sides_and_of_the_ai_gateway_are_compared():
    assert place_changes(report(("v1",)), report(("v2",), name="other")) == []
    assert place_changes(report(("v1",), kind="Other"), report(("v2",), kind="Other")) == []
