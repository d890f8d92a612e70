"""Our own models with one protecting property taken away: exactly one rule says so."""

from copy import deepcopy
from dataclasses import replace

import pytest

from components.models.llm import Llm
from components.models.predictive_model import PredictiveModel
from policies.engine.evaluate import judge
from policies.engine.graph import Graph
from tests.components.model_examples import CHAT, EMBEDDING, model_args
from tests.policies.cases import platform_rules

RULES = platform_rules(
    *(
        f"serving.{room}"
        for room in ("autoscaling", "llm", "model_pods", "model_services", "predictive", "traffic")
    )
)
GONE = object()
SERVICE, SCALING, BUDGET = "-service", "-v1-scaling", "-v1-budget"
MODEL = "spec.predictor.model"
ENGINE = "spec.template.containers.0"
DOWNLOAD = "spec.template.initContainers.0"
MUTANTS = [
    (EMBEDDING, SERVICE, f"{MODEL}.storageUri", "s3://m/minilm/", "models-have-one-version"),
    (EMBEDDING, SERVICE, f"{MODEL}.args", ["--model_id=x"], "models-ask-no-hub"),
    (EMBEDDING, SERVICE, f"{MODEL}.securityContext", GONE, "model-pods-meet-restricted-pss"),
    (EMBEDDING, SERVICE, f"{MODEL}.resources.limits", GONE, "model-containers-are-bounded"),
    (EMBEDDING, SERVICE, "spec.predictor.serviceAccountName", GONE, "models-run-as-themselves"),
    (
        EMBEDDING,
        SERVICE,
        "spec.predictor.automountServiceAccountToken",
        GONE,
        "models-run-as-themselves",
    ),
    (EMBEDDING, SERVICE, "spec.predictor.maxReplicas", GONE, "predictive-models-are-bounded-in-number"),
    (EMBEDDING, SERVICE, "metadata.annotations", GONE, "predictive-models-run-in-standard-mode"),
    (EMBEDDING, BUDGET, "spec.selector.matchLabels", {"a": "b"}, "models-survive-a-drain"),
    (EMBEDDING, SCALING, "spec.maxReplicaCount", GONE, "scaling-has-a-ceiling"),
    (EMBEDDING, SCALING, "spec.minReplicaCount", 0, "scale-to-zero-has-activation-trigger"),
    (CHAT, SERVICE, "spec.model.uri", "s3://m/chat/latest/", "models-have-one-version"),
    (CHAT, SERVICE, f"{ENGINE}.env", GONE, "models-ask-no-hub"),
    (CHAT, SERVICE, f"{ENGINE}.securityContext", GONE, "model-pods-meet-restricted-pss"),
    (CHAT, SERVICE, f"{DOWNLOAD}.securityContext", GONE, "model-pods-meet-restricted-pss"),
    (CHAT, SERVICE, f"{ENGINE}.resources.limits.memory", GONE, "model-containers-are-bounded"),
    (CHAT, SERVICE, f"{ENGINE}.resources.limits.nvidia\\.com/gpu", "1", "language-models-get-the-gpus-they-split-over"),
    (CHAT, SERVICE, f"{ENGINE}.image", "engine:latest", "model-images-are-pinned"),
    (CHAT, SERVICE, "spec.template.serviceAccountName", GONE, "models-run-as-themselves"),
    (CHAT, SERVICE, "spec.router.route.weight", GONE, "group-members-have-a-weight"),
    (CHAT, SERVICE, "spec.scaling", {"wva": {}}, "language-models-are-bounded-in-number language-models-are-admitted"),
    (CHAT, BUDGET, "spec.selector.matchLabels", {"a": "b"}, "models-survive-a-drain"),
]  # fmt: skip


@pytest.fixture
def built(deploy, names):
    def build(plan):
        if plan is EMBEDDING:
            return deploy(lambda: PredictiveModel("m", model_args(plan, names=names, least=2, most=4)))
        return deploy(lambda: Llm("m", model_args(plan, names=names, pool="l4", least=2, most=2)))

    return build


def broken(graph):
    return {finding.rule for finding in judge(graph, RULES).findings}


@pytest.mark.parametrize("plan", [EMBEDDING, CHAT], ids=["predictive", "language"])
def test_as_it_is_no_rule_says_anything(built, plan):
    said = judge(built(plan).graph, RULES)
    assert (said.findings, said.undecided, said.faults) == ((), (), ())


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: f"{mutant[-1]}-{mutant[2]}")
def test_one_property_less_is_one_rule_more(built, mutant):
    plan, role, path, value, rule = mutant
    made = built(plan)
    target = made.named(f"m-v1{role}" if plan is CHAT and role == SERVICE else f"m{role}")
    inputs = deepcopy(dict(target.inputs))
    *way, last = [step.replace("\0", ".") for step in path.replace("\\.", "\0").split(".")]
    place = inputs
    for step in way:
        place = place[int(step)] if step.isdigit() else place[step]
    if value is GONE:
        del place[last]
    else:
        place[last] = value
    changed = Graph([replace(r, inputs=inputs) if r is target else r for r in made.graph])

    assert broken(changed) == set(rule.split())
