"""Every kind of pod with how many of it there are, whoever makes it."""

import pytest

from policies.analysis.machines.requests import Requests, of_pod
from policies.analysis.machines.workloads import PROXY, of_owner, workloads
from policies.engine.graph import UNKNOWN, Graph
from policies.engine.values import UndecidedError
from tests.policies.analysis.machines.examples import DAEMONS, pods
from tests.policies.analysis.machines.test_scaling import HPA, KEDA, scaler
from tests.policies.cases import resource

SERVICE = "kubernetes:serving.kserve.io/v1beta1:InferenceService"
LLM = "kubernetes:serving.kserve.io/v1alpha2:LLMInferenceService"
ASKED = {"resources": {"requests": {"cpu": "2", "memory": "1Gi"}}}


def _object(type_, name, spec):
    kind = type_.rpartition(":")[2]
    return resource(
        type_, {"kind": kind, "metadata": {"name": name, "namespace": "models"}, "spec": spec}, name=name
    )


def _counts(owner, *others):
    return [(w.name, w.least, w.most) for w in of_owner(Graph([owner, *others]), owner)]


def test_a_deployment_and_who_scales_it():
    chat = pods("chat", replicas=2)
    assert _counts(chat) == [("Deployment models/chat", 2, 2)]
    assert _counts(chat, scaler(HPA, minReplicas=1, maxReplicas=4)) == [("Deployment models/chat", 1, 4)]


def test_a_daemon_is_on_every_node_and_a_job_runs_and_ends():
    agent, job = pods("a", type_=DAEMONS), pods("j", type_="kubernetes:batch/v1:Job")
    (daemon,) = of_owner(Graph([agent]), agent)
    (once,) = of_owner(Graph([job]), job)
    assert (daemon.per_node, daemon.is_transient) == (True, False)
    assert (once.least, once.most, once.is_transient) == (0, 1, True)


def test_a_predictor_has_its_own_counts_until_keda_has_them():
    spec = {
        "predictor": {
            "minReplicas": 1,
            "maxReplicas": 3,
            "containers": [{"name": "kserve-container", **ASKED}],
        }
    }
    chat = _object(SERVICE, "chat", spec)
    assert _counts(chat) == [("InferenceService models/chat predictor", 1, 3)]
    keda = scaler(KEDA, minReplicaCount=0, maxReplicaCount=5, scaleTargetRef={"name": "chat-predictor"})
    assert _counts(chat, keda) == [("InferenceService models/chat predictor", 0, 5)]
    (found,) = of_owner(Graph([chat]), chat)
    assert (found.is_model, of_pod(found.spec)) == (True, Requests(2000, 1024))


def test_a_language_model_has_an_engine():
    spec = {"replicas": 2, "template": {"containers": [{"name": "main", **ASKED}]}}
    assert _counts(_object(LLM, "chat", spec)) == [("LLMInferenceService models/chat", 2, 2)]


def test_a_proxy_counts_with_what_runs_beside_every_envoy():
    made = {"envoyDeployment": {"replicas": 3, "container": ASKED}, "envoyHpa": {"maxReplicas": 6}}
    proxy = _object(PROXY, "edge", {"provider": {"kubernetes": made}})
    (found,) = of_owner(Graph([proxy]), proxy)
    assert (found.least, found.most) == (3, 6)
    assert of_pod(found.spec) == Requests(2010, 1056)


def test_what_cannot_be_read_is_undecided_for_its_owner_and_left_out_of_all():
    chat = pods("chat", replicas=UNKNOWN)
    with pytest.raises(UndecidedError):
        of_owner(Graph([chat]), chat)
    assert [w.name for w in workloads(Graph([chat, pods("api")]))] == ["Deployment models/api"]
