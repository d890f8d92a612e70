"""How many replicas there are at least and at most, and how many more while an update runs."""

import pytest

from policies.analysis.machines.scaling import replicas, scaled, surge
from policies.engine.graph import UNKNOWN, Graph
from policies.engine.values import UndecidedError
from tests.policies.analysis.machines.examples import DAEMONS, pods
from tests.policies.cases import resource

HPA = "kubernetes:autoscaling/v2:HorizontalPodAutoscaler"
KEDA = "kubernetes:keda.sh/v1alpha1:ScaledObject"


def scaler(type_, **spec):
    inputs = {
        "metadata": {"name": "s", "namespace": "models"},
        "spec": {"scaleTargetRef": {"name": "chat"}} | spec,
    }
    return resource(type_, inputs, name="s")


@pytest.mark.parametrize(
    ("by", "counts"),
    [
        ([], (3, 3)),
        ([scaler(HPA, minReplicas=2, maxReplicas=5)], (2, 5)),
        ([scaler(HPA, maxReplicas=5)], (1, 5)),
        ([scaler(KEDA, maxReplicaCount=4)], (0, 4)),
        ([scaler(KEDA)], (0, 100)),
        ([scaler(KEDA, minReplicaCount=6, maxReplicaCount=4)], (6, 6)),
        ([scaler(KEDA, minReplicaCount=UNKNOWN)], (3, 3)),
    ],
)
def test_a_scaler_says_more_than_the_object(by, counts):
    chat = pods(replicas=3)
    assert replicas(chat, Graph([chat, *by])) == counts


def test_without_a_number_there_is_one():
    chat = pods(replicas=None)
    assert replicas(chat, Graph([chat])) == (1, 1)


def test_a_scaler_of_another_namespace_is_none_of_its_business():
    assert scaled(Graph([scaler(HPA, maxReplicas=5)]), "other", "chat") is None


def _updated(replicas_, strategy):
    chat = pods(replicas=replicas_)
    spec = {**chat.inputs["spec"], "strategy": strategy}
    return surge(resource(chat.type, {**chat.inputs, "spec": spec}), replicas_)


@pytest.mark.parametrize(
    ("count", "strategy", "more"),
    [
        (1, {}, 1),  # 25 % of 1: one more, none fewer
        (4, {}, 0),  # one may go first
        (3, {"rollingUpdate": {"maxSurge": 2, "maxUnavailable": 0}}, 2),
        (3, {"rollingUpdate": {"maxSurge": "50%", "maxUnavailable": "0%"}}, 2),
        (3, {"rollingUpdate": {"maxSurge": 0, "maxUnavailable": 1}}, 0),
        (3, {"type": "Recreate"}, 0),
        (0, {}, 0),
    ],
)
def test_an_update_starts_more_only_where_it_may_not_end_one_first(count, strategy, more):
    assert _updated(count, strategy) == more


def test_only_deployments_surge():
    assert surge(pods(type_=DAEMONS), 3) == 0


def test_a_share_that_is_none_is_undecided():
    with pytest.raises(UndecidedError, match="maxSurge: expected a number or a percentage, got 'many'"):
        _updated(3, {"rollingUpdate": {"maxSurge": "many"}})
