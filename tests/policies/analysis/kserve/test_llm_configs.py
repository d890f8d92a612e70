"""Which configs KServe merges into a language model, and in which order."""

import pytest

from policies.analysis.kserve.llm import llm_pods
from policies.analysis.kserve.llm_configs import applied_specs
from policies.engine.evaluate import judge
from policies.engine.graph import Graph
from policies.rules.serving.model_pods import RULES
from tests.policies.cases import resource
from tests.policies.model_examples import API

NAMES = (
    "template",
    "decode-template",
    "prefill-template",
    "worker-data-parallel",
    "decode-worker-data-parallel",
    "prefill-worker-data-parallel",
    "worker-pipeline-parallel",
    "scheduler",
    "scheduler-latency-predictor",
    "router-route",
    "tracing",
)


def config(name, where="kserve", **spec):
    manifest = {"metadata": {"name": name, "namespace": where}, "spec": {"called": name, **spec}}
    return resource(f"{API}/v1alpha2:LLMInferenceServiceConfig", manifest, f"{where}-{name}")


ALL = [config(f"kserve-config-llm-{name}") for name in NAMES]


def service(**spec):
    manifest = {"metadata": {"name": "chat", "namespace": "models"}, "spec": spec}
    return resource(f"{API}/v1alpha2:LLMInferenceService", manifest, "chat")


def applied(*others, **spec):
    one = service(**spec)
    return [
        found["called"].removeprefix("kserve-config-llm-")
        for found in applied_specs(one, Graph([one, *others]))
    ]


@pytest.mark.parametrize(
    ("spec", "names"),
    [
        ({}, ["template"]),
        (
            {"router": {"scheduler": {}, "route": {}}, "tracing": {}},
            ["scheduler", "router-route", "tracing", "template"],
        ),
        ({"router": {"scheduler": {"pool": {"ref": {"name": "own"}}}}}, ["template"]),
        ({"router": {"route": {"http": {"refs": [{"name": "own"}]}}}}, ["template"]),
        ({"worker": {}, "parallelism": {"data": 2, "dataLocal": 1}}, ["worker-data-parallel"]),
        ({"worker": {}, "parallelism": {"pipeline": 2}, "template": {}}, ["worker-pipeline-parallel"]),
        ({"worker": {}}, []),
        ({"prefill": {}}, ["prefill-template", "decode-template"]),
        (
            {"prefill": {"worker": {}, "parallelism": {"dataLocal": 8}}},
            ["prefill-worker-data-parallel", "decode-template"],
        ),
        (
            {
                "router": {
                    "scheduler": {"config": {"inline": {"plugins": [{"type": "predicted-latency-producer"}]}}}
                }
            },
            ["scheduler", "scheduler-latency-predictor", "template"],
        ),
    ],
)
def test_what_a_service_asks_for_brings_its_config(spec, names):
    assert applied(*ALL, **spec) == names


def test_what_a_named_config_asks_for_counts_too_and_it_is_laid_over_the_others():
    team = config("team", where="models", router={"scheduler": {}})
    assert applied(*ALL, team, baseRefs=[{"name": "team"}]) == ["scheduler", "template", "team"]


def test_a_config_of_the_services_namespace_takes_the_place_of_kserves():
    name = "kserve-config-llm-template"
    own = config(name, where="models", template={"containers": [{"name": "main", "image": "own:1"}]})
    far = config(name, where="shop", template={"containers": [{"name": "main", "image": "far:1"}]})
    one = service()
    for others in ([*ALL, own, far], [own, far]):
        ((_, pod),) = llm_pods(one, Graph([one, *others]))
        assert pod["containers"] == [{"name": "main", "image": "own:1"}]


def test_a_config_is_merged_whole_whatever_its_name_says():
    hidden = config("kserve-config-llm-tracing", template={"hostNetwork": True}, tracing={"sampler": "x"})
    safe = {"containers": [], "hostNetwork": False}
    one = service(template=safe, tracing={})
    said = judge(Graph([one, hidden]), tuple(r for r in RULES if r.id == "model-pods-meet-restricted-pss"))
    assert any("hostNetwork" in finding.message for finding in said.findings)
