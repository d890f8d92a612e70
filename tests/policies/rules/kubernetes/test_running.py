"""What the corpus cannot hold, since these ask the platform's own stacks only."""

import pytest

from policies.engine.evaluate import judge
from policies.engine.graph import UNKNOWN, Graph
from policies.rules.kubernetes.running import PLATFORM, RULES
from tests.policies.cases import Case, RuleCases, cases_test, resource

SERVICE = "kubernetes:serving.kserve.io/v1beta1:InferenceService"
LLM = "kubernetes:serving.kserve.io/v1alpha2:LLMInferenceService"
ASSOCIATION = "aws:eks/podIdentityAssociation:PodIdentityAssociation"


def predictive(uri="s3://models/minilm/", **predictor):
    spec = {"predictor": {"model": {"modelFormat": {"name": "onnx"}, "storageUri": uri}, **predictor}}
    return resource(SERVICE, _object("InferenceService", spec))


def language(uri="s3://models/chat/", account="chat"):
    pod = {"serviceAccountName": account, "containers": [{"name": "main"}]}
    return resource(LLM, _object("LLMInferenceService", {"model": {"uri": uri}, "template": pod}))


def _object(kind, spec):
    return {"kind": kind, "metadata": {"name": "m", "namespace": "models"}, "spec": spec}


def association(account="chat", namespace="models"):
    return resource(ASSOCIATION, {"namespace": namespace, "serviceAccount": account, "roleArn": "r"})


ACCOUNT = resource(
    "kubernetes:core/v1:ServiceAccount",
    {"metadata": {"name": "chat", "namespace": "models", "annotations": {"eks.amazonaws.com/role-arn": "r"}}},
)
CASES = {
    "models-have-an-identity": RuleCases(
        passing=[
            Case(predictive(serviceAccountName="chat"), [association()]),
            Case(language(), [association()]),
            Case(language(), [ACCOUNT]),
            Case(predictive("pvc://files/minilm")),
            Case(language("hf://example/chat")),
        ],
        failing=[
            Case(
                predictive(),
                [association()],
                [
                    (
                        "spec.predictor.serviceAccountName: default has neither a pod identity nor a role, and the "
                        "files of InferenceService models/m predictor are in S3"
                    )
                ],
            ),
            Case(
                language(),
                [association(namespace="other")],
                [
                    (
                        "spec.template.serviceAccountName: chat has neither a pod identity nor a role, and the files "
                        "of LLMInferenceService models/m are in S3"
                    )
                ],
            ),
        ],
        not_applicable=[Case(ACCOUNT)],
        undecided=[Case(predictive(serviceAccountName=UNKNOWN))],
    )
}
test_cases = cases_test(PLATFORM, CASES)


@pytest.mark.parametrize(("sees_all", "found"), [(False, 0), (True, 1)])
def test_a_name_unlike_all_others_is_lost_only_where_everything_is_in_view(sees_all, found):
    (rule,) = [r for r in RULES if r.id == "references-find-their-object"]
    certificate = {
        "kind": "Certificate",
        "metadata": {"name": "c", "namespace": "edge"},
        "spec": {"issuerRef": {"kind": "ClusterIssuer", "name": "letters"}},
    }
    graph = Graph(
        [
            resource("kubernetes:cert-manager.io/v1:Certificate", certificate),
            resource("kubernetes:cert-manager.io/v1:ClusterIssuer", {"metadata": {"name": "inner"}}, "i"),
        ]
    )
    said = judge(graph, [rule.in_platform_pack() if sees_all else rule])
    assert len(said.findings) == found
