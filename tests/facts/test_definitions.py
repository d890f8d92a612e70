"""What stands in ``facts/crds/``; that it is what the modules hold needs Go (``make crds-check``)."""

import json
from pathlib import Path

import pytest

from facts.definitions import definition_sets, definitions
from facts.pins import modules

FOLDER = Path("facts/crds")


def test_each_set_has_its_file_and_each_file_its_set():
    assert {path.stem for path in FOLDER.glob("*.json")} == set(definition_sets())


@pytest.mark.parametrize("name", definition_sets())
def test_a_set_was_made_from_the_module_that_is_pinned_now(name):
    held = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    wanted = definition_sets()[name]
    pin = modules()[wanted.module]
    assert (held["module"], held["version"], held["files"]) == (pin.module, pin.version, wanted.files)


def test_no_definition_stands_in_two_sets():
    found = [name for set_ in definition_sets() for name in definitions(set_)]
    assert sorted(found) == sorted(set(found))


@pytest.mark.parametrize(
    ("name", "kinds"),
    [
        (
            "gateway-api",
            {
                "BackendTLSPolicy",
                "GatewayClass",
                "Gateway",
                "GRPCRoute",
                "HTTPRoute",
                "ListenerSet",
                "ReferenceGrant",
                "TLSRoute",
            },
        ),
        (
            "envoy-gateway",
            {
                "Backend",
                "BackendTrafficPolicy",
                "ClientTrafficPolicy",
                "EnvoyExtensionPolicy",
                "EnvoyPatchPolicy",
                "EnvoyProxy",
                "HTTPRouteFilter",
                "SecurityPolicy",
            },
        ),
        (
            "ai-gateway",
            {
                "AIGatewayRoute",
                "AIServiceBackend",
                "BackendSecurityPolicy",
                "GatewayConfig",
                "MCPRoute",
                "QuotaPolicy",
            },
        ),
        ("kserve-llm", {"LLMInferenceService", "LLMInferenceServiceConfig"}),
    ],
)
def test_sets_are_whole(name, kinds):
    found = {
        o["spec"]["names"]["kind"]
        for o in definitions(name).values()
        if o["kind"] == "CustomResourceDefinition"
    }
    assert found == kinds


def test_the_admission_policy_and_its_binding_have_names_of_their_own():
    assert [key for key in definitions("gateway-api") if key.startswith("safe-upgrades")] == [
        "safe-upgrades.gateway.networking.k8s.io-policy",
        "safe-upgrades.gateway.networking.k8s.io-policybinding",
    ]


def test_conversions_keep_the_webhook_and_the_authority_that_cert_manager_fills_in():
    model = definitions("kserve-llm")["llminferenceservices.serving.kserve.io"]
    assert model["metadata"]["annotations"]["cert-manager.io/inject-ca-from"] == "kserve/llmisvc-serving-cert"
    assert model["spec"]["conversion"]["webhook"]["clientConfig"]["service"]["namespace"] == "kserve"
