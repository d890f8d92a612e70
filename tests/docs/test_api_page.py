"""What docs/api.md tells callers to write is what the edge has a route for."""

import re
from pathlib import Path

import pytest

from components.gateway.model_route import INTERFACES, model_route
from components.serving.llm_route import ENDPOINTS
from tests.components.gateway.test_model_route import planned

PAGE = (Path(__file__).parent.parent.parent / "docs" / "api.md").read_text(encoding="utf-8")
CURLS = re.findall(r'curl "\$API(/[^"]+)"', PAGE)


def routed(interface):
    (rule,) = model_route(planned(interface, name="MODEL"))["route"]["spec"]["rules"]
    return [f"{match['method']} {match['path']['value']}" for match in rule["matches"]]


@pytest.mark.parametrize("interface", ["rerank", "inference"])
def test_the_page_names_every_path_that_has_the_model_in_it(interface):
    assert [way for way in routed(interface) if f"`{way}`" not in PAGE] == []


def test_the_page_names_every_path_of_a_language_model():
    assert [f"/v1/{endpoint}" for endpoint in ENDPOINTS if f"/v1/{endpoint}`" not in PAGE] == []


def test_there_is_an_example_for_each_kind_of_model():
    kinds = {
        "/v1/chat/completions": "chat",
        "/v1/embeddings": "embeddings",
        "/models/reranker/v1/rerank": "rerank",
        "/v2/models/ticket-topics/infer": "inference",
    }
    assert [kinds[path] for path in CURLS] == ["chat", "embeddings", "rerank", "inference"]
    assert set(kinds.values()) == set(INTERFACES.values())
