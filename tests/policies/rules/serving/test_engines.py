"""What keeps dev's engines running is taken out of its state, and what opens them is put in: each is red alone."""

import copy
from dataclasses import replace

import pytest

from policies.engine.catalog import RULES
from policies.engine.evaluate import judge
from policies.engine.graph import Graph
from policies.rules.serving.engines import RULES as ENGINES
from tests.captured import captured
from tests.policies.corpus_cases import corpus_test


def found(change, rules=ENGINES):
    graph = captured("dev").graph
    changed = []
    for resource in graph:
        inputs = copy.deepcopy(dict(resource.inputs)) if resource.object is not None else resource.inputs
        change(resource, inputs)
        changed.append(replace(resource, inputs=inputs))
    return {(f.rule, f.message) for f in judge(Graph(changed), rules).findings}


def each(value, key):
    """Every mapping that has a key, at any depth."""
    if isinstance(value, dict):
        if key in value:
            yield value
        for below in value.values():
            yield from each(below, key)
    elif isinstance(value, list):
        for below in value:
            yield from each(below, key)


def engines(resource, inputs):
    if resource.type.endswith(":LLMInferenceService"):
        yield from (c for c in inputs["spec"]["template"]["containers"] if c["name"] == "main")


def test_nothing_is_red_before():
    assert found(lambda *_: None) == set()


def test_every_startup_probe_taken_out_is_red():
    def change(_resource, inputs):
        for owner in list(each(inputs, "startupProbe")):
            del owner["startupProbe"]

    assert {(rule, message.partition(":")[0]) for rule, message in found(change)} == {
        ("engines-are-not-killed-while-they-load", "spec.template.containers[0].livenessProbe"),
        ("engines-are-not-killed-while-they-load", "spec.predictor.model.livenessProbe"),
    }


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("VLLM_ALLOW_RUNTIME_LORA_UPDATING", "1"),
        ("VLLM_SERVER_DEV_MODE", "1"),
        ("VLLM_TORCH_PROFILER_DIR", "/trace"),
    ],
)
def test_a_switch_on_the_engine_is_red(name, value):
    def change(resource, inputs):
        for engine in engines(resource, inputs):
            engine["env"].append({"name": name, "value": value})

    assert {rule for rule, _ in found(change)} == {"engines-open-no-administration"}


@pytest.mark.parametrize("option", ["--allowed-local-media-path=/", "--trust-request-chat-template"])
def test_an_option_on_the_engine_is_red(option):
    def change(resource, inputs):
        for engine in engines(resource, inputs):
            engine["args"].append(option)

    assert {rule for rule, _ in found(change)} == {"engines-open-no-administration"}


def test_more_parts_than_gpus_are_red():
    def change(resource, inputs):
        for engine in engines(resource, inputs):
            engine["args"][1] = "2"

    assert {rule for rule, _ in found(change)} == {"engines-get-the-gpus-they-split-over"}


def test_parts_without_shared_memory_are_red():
    def change(resource, inputs):
        for engine in engines(resource, inputs):
            engine["args"][1] = "2"
            engine["resources"]["limits"]["nvidia.com/gpu"] = "2"
            engine["volumeMounts"] = [m for m in engine["volumeMounts"] if m["mountPath"] != "/dev/shm"]  # noqa: S108
        if "Config" in resource.type:
            for owner in each(inputs, "volumeMounts"):
                owner["volumeMounts"] = [m for m in owner["volumeMounts"] if m["mountPath"] != "/dev/shm"]  # noqa: S108

    assert {rule for rule, _ in found(change)} == {"engines-have-shared-memory-to-split"}


def test_a_startup_that_is_cut_short_is_red():
    def change(resource, inputs):
        for engine in engines(resource, inputs):
            engine["startupProbe"]["failureThreshold"] = 5

    assert {rule for rule, _ in found(change)} == {"engines-are-not-killed-while-they-load"}


def test_the_rules_are_in_the_catalogue():
    assert {rule.id for rule in ENGINES} <= {rule.id for rule in RULES}


test_files_of_the_corpus = corpus_test(ENGINES, "serving/engines")
