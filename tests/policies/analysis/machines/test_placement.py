"""Which pools take a pod, and why the others do not."""

import pytest

from policies.analysis.machines.placement import is_given, nearest, refusals, selected
from policies.analysis.machines.pools import read
from policies.engine.graph import UNKNOWN
from policies.engine.values import UndecidedError
from tests.policies.analysis.machines.examples import GPU, pool

TAINTED = read(pool(taints=[{"key": GPU, "value": "present", "effect": "NoSchedule"}]))
OPEN = read(pool(labels={"slipway.dev/pool": "gpu", "tier": "a"}))
TERMS = "affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms"
REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"


def _affinity(*expressions):
    terms = [{"matchExpressions": [expression]} for expression in expressions]
    return {"affinity": {"nodeAffinity": {REQUIRED: {"nodeSelectorTerms": terms}}}}


@pytest.mark.parametrize(
    "spec",
    [
        {},
        {"nodeSelector": {"slipway.dev/pool": "gpu"}},
        {"nodeSelector": {"kubernetes.io/os": "linux"}},
        _affinity({"key": "tier", "operator": "In", "values": ["a", "b"]}),
        _affinity({"key": "tier", "operator": "Exists"}),
        _affinity({"key": "none", "operator": "DoesNotExist"}),
        _affinity(
            {"key": "tier", "operator": "In", "values": ["b"]}, {"key": "tier", "operator": "Exists"}
        ),  # one term of several is enough
    ],
)
def test_a_pool_takes_what_its_labels_meet(spec):
    assert list(refusals(spec, OPEN)) == []


@pytest.mark.parametrize(
    ("spec", "field", "why"),
    [
        (
            {"nodeSelector": {"slipway.dev/pool": "cpu"}},
            "nodeSelector[slipway.dev/pool]",
            "NodePool gpu offers slipway.dev/pool: gpu",
        ),
        ({"nodeSelector": {"team": "x"}}, "nodeSelector.team", "NodePool gpu has no label team"),
        (
            {"nodeSelector": {"node.kubernetes.io/instance-type": "g5.xlarge"}},
            "nodeSelector[node.kubernetes.io/instance-type]",
            "NodePool gpu offers node.kubernetes.io/instance-type: g6.2xlarge",
        ),
        (_affinity({"key": "tier", "operator": "In", "values": ["b"]}), TERMS, "NodePool gpu offers tier: a"),
        (_affinity({"key": "team", "operator": "Exists"}), TERMS, "NodePool gpu has no label team"),
        (_affinity({"key": "tier", "operator": "NotIn", "values": ["a"]}), TERMS, "NodePool gpu has tier a"),
        (_affinity({"key": "tier", "operator": "DoesNotExist"}), TERMS, "NodePool gpu has the label tier"),
    ],
)
def test_a_pool_refuses_with_its_reason(spec, field, why):
    assert list(refusals(spec, OPEN)) == [(field, why)]


@pytest.mark.parametrize(
    "toleration",
    [
        {"operator": "Exists"},
        {"key": GPU, "operator": "Exists"},
        {"key": GPU, "value": "present", "effect": "NoSchedule"},
    ],
)
def test_a_toleration_lifts_a_taint(toleration):
    assert list(refusals({"tolerations": [toleration]}, TAINTED)) == []


@pytest.mark.parametrize(
    "toleration",
    [
        {"key": "other", "operator": "Exists"},
        {"key": GPU, "value": "absent"},
        {"key": GPU, "operator": "Exists", "effect": "NoExecute"},
    ],
)
def test_another_toleration_does_not(toleration):
    said = f"none for the taint {GPU}=present:NoSchedule of NodePool gpu"
    assert list(refusals({"tolerations": [toleration]}, TAINTED)) == [("tolerations", said)]


def test_a_label_that_is_not_known_yet_is_undecided():
    with pytest.raises(UndecidedError):
        selected({"nodeSelector": {"team": UNKNOWN}})


def test_labels_that_others_than_the_author_write():
    assert is_given("kubernetes.io/arch")
    assert is_given("topology.kubernetes.io/zone")
    assert is_given("nvidia.com/gpu.product")
    assert not is_given("slipway.dev/pool")
    assert not is_given("workload")


def test_the_nearest_of_what_is_offered_is_named():
    assert nearest("gpu-l5", ["gpu-l4", "cpu"]) == "; nearest is gpu-l4"
    assert nearest("zzz", ["gpu-l4"]) == ""
