"""Which versions objects serve, with digest and share."""

from gate.live.ask.versions import Version, versions

A, B = "sha256:" + "a" * 64, "sha256:" + "b" * 64


def part(version, digest):
    return {
        "labels": {"slipway.dev/model": "m", "slipway.dev/version": version},
        "annotations": {"slipway.dev/artifact-digest": digest},
    }


def route(kind, **weights):
    refs = [{"name": name.replace("_", "-"), "weight": w} for name, w in weights.items()]
    return {"kind": kind, "spec": {"rules": [{"backendRefs": refs}]}}


def test_a_predictive_model_is_one_object_with_parts_and_a_route():
    service = {
        "kind": "InferenceService",
        "metadata": {"labels": {"slipway.dev/model": "m"}},
        "spec": {"predictor": part("v1", A), "canary": [{"predictor": part("v2", B)}]},
    }
    found = versions([service, route("HTTPRoute", m_v1_predictor=90, m_v2_predictor=10)])
    assert found == [
        Version(model="m", version="v1", digest=A, share=0.9),
        Version(model="m", version="v2", digest=B, share=0.1),
    ]


def test_a_language_model_is_an_object_a_version_and_its_places_count_together():
    service = {"kind": "LLMInferenceService", "metadata": part("v1", A)}
    refs = [{"name": "m-v1", "weight": 100}, {"name": "m-v1", "weight": 0}]
    edge = {"kind": "AIGatewayRoute", "spec": {"rules": [{"backendRefs": refs}]}}
    assert versions([service, edge]) == [Version(model="m", version="v1", digest=A, share=1.0)]


def test_what_no_route_names_has_no_share_and_what_all_weigh_nothing_has_zero():
    service = {"kind": "LLMInferenceService", "metadata": part("v1", A)}
    assert versions([service])[0].share is None
    assert versions([service, route("AIGatewayRoute", m_v1=0)])[0].share == 0.0


def test_others_objects_are_no_versions():
    assert versions([{"kind": "LLMInferenceService", "metadata": {"name": "x"}}, {"kind": "Pod"}, {}]) == []
