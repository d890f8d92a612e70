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
OWN = resource(
    "kubernetes:core/v1:ServiceAccount", {"metadata": {"name": "chat", "namespace": "models"}}, "own"
)


def job(**pod):
    template = {"spec": {"containers": [{"name": "main", "image": "main:1"}], **pod}}
    return resource("kubernetes:batch/v1:Job", _object("Job", {"template": template}), "job")


def service(name="store", port=6379, **spec):
    given = {"ports": [{"port": port, "targetPort": 6379}], "selector": {"app": "store"}, **spec}
    return resource(
        "kubernetes:core/v1:Service", {"metadata": {"name": name, "namespace": "limits"}, "spec": given}, name
    )


def release(text="redis://store.limits.svc.cluster.local:6379", namespace="controllers"):
    return resource(
        "kubernetes:helm.sh/v3:Release",
        {"namespace": namespace, "values": {"redis": {"url": text}}},
        namespace,
    )


def in_limits(kind, name, spec):
    return resource(kind, {"metadata": {"name": name, "namespace": "limits"}, "spec": spec}, f"of-{name}")


LIMITS = resource("kubernetes:core/v1:Namespace", {"metadata": {"name": "limits"}}, "limits")
STORE = in_limits(
    "kubernetes:apps/v1:Deployment",
    "store",
    {"template": {"metadata": {"labels": {"app": "store"}}, "spec": {}}},
)
HELD = resource("kubernetes:core/v1:ConfigMap", {"data": {"c": "at: http://store.limits.svc:80/x"}}, "told")


def shut(*ingress):
    spec = {"podSelector": {}, "policyTypes": ["Ingress"], "ingress": list(ingress)}
    return in_limits("kubernetes:networking.k8s.io/v1:NetworkPolicy", "shut", spec)


def calling(path, why):
    return [f"{path}: store.limits.svc is called, and {why}"]


NOBODY = "there is no Service store in limits"

CASES = {
    "called-hosts-are-answered": RuleCases(
        passing=[
            Case(release(), [LIMITS, service(), STORE]),
            Case(release()),  # another stack's namespace
            Case(release("https://limits.svc.example.com/x and store.limits.svcs"), [LIMITS]),
            Case(release(), [LIMITS, release("", "limits")]),  # a chart may make it
            Case(
                release(), [LIMITS, in_limits("kubernetes:gateway.networking.k8s.io/v1:Gateway", "store", {})]
            ),
            Case(release(), [LIMITS, service(), STORE, shut({"ports": [{"port": 6379}]})]),
        ],
        failing=[
            Case(release(), [LIMITS], calling("values.redis.url", NOBODY)),
            Case(release(), [LIMITS, STORE, release("", "limits")], calling("values.redis.url", NOBODY)),
            Case(HELD, [LIMITS], calling("data.c", NOBODY)),
            Case(
                HELD,
                [LIMITS, service()],
                calling("data.c", "the Service limits/store has no port 80, only 6379"),
            ),
            Case(
                release(),
                [LIMITS, service(), STORE, shut()],
                calling(
                    "values.redis.url",
                    "no NetworkPolicy opens port 6379 of the pods of the Service limits/store, and they are closed",
                ),
            ),
            Case(
                job(containers=[{"env": [{"name": "STORE", "value": "store.limits.svc:6379"}]}]),
                [LIMITS],
                calling("spec.template.spec.containers[0].env[0].value", NOBODY),
            ),
        ],
        not_applicable=[Case(ACCOUNT)],
        undecided=[Case(release(), [LIMITS, service(ports=UNKNOWN), STORE])],
    ),
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
    ),
    "workloads-run-as-their-own-account": RuleCases(
        passing=[
            Case(job(serviceAccountName="chat"), [OWN]),
            Case(job()),
            Case(job(), [resource(OWN.type, {"metadata": {"name": "chat", "namespace": "other"}}, "other")]),
        ],
        failing=[
            Case(
                job(),
                [OWN],
                [
                    "spec.template.spec.serviceAccountName: is not set, and accounts are made for the pods of models"
                ],
            ),
            Case(
                job(restartPolicy="Never"),
                [OWN],
                [
                    "spec.template.spec.serviceAccountName: is not set, and accounts are made for the pods of models"
                ],
            ),
        ],
        not_applicable=[Case(ACCOUNT)],
        undecided=[Case(job(serviceAccountName=UNKNOWN), [OWN])],
    ),
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


@pytest.mark.parametrize(
    ("name", "has_namespace", "found"), [("inner", False, 0), ("inner", True, 1), ("chat-edg", False, 1)]
)
def test_a_backend_is_lost_only_where_its_namespace_is_in_view(name, has_namespace, found):
    """A stack of models has Backends of its own beside those of the platform, which a deployment does not see."""
    (rule,) = [r for r in RULES if r.id == "references-find-their-object"]
    where = {"namespace": "edge"}
    ref = {"group": "gateway.envoyproxy.io", "kind": "Backend", "name": name}
    route = {"metadata": {"name": "r", **where}, "spec": {"rules": [{"backendRefs": [ref]}]}}
    backend = {"metadata": {"name": "chat-edge", **where}}
    space = resource("kubernetes:core/v1:Namespace", {"metadata": {"name": "edge"}}, "n")
    graph = Graph(
        [
            resource("kubernetes:gateway.networking.k8s.io/v1:HTTPRoute", route),
            resource("kubernetes:gateway.envoyproxy.io/v1alpha1:Backend", backend, "b"),
            *([space] if has_namespace else []),
        ]
    )
    assert len(judge(graph, [rule.in_platform_pack()]).findings) == found


def _with_accounts(*made):
    (rule,) = [r for r in RULES if r.id == "references-find-their-object"]
    pod = {"metadata": {"name": "p", "namespace": "models"}, "spec": {"serviceAccountName": "chat"}}
    accounts = [
        resource("kubernetes:core/v1:ServiceAccount", {"metadata": metadata}, f"a{index}")
        for index, metadata in enumerate(made)
    ]
    return judge(Graph([resource("kubernetes:core/v1:Pod", pod), *accounts]), [rule.in_platform_pack()])


@pytest.mark.parametrize(
    "late", [{"name": UNKNOWN, "namespace": "models"}, {"name": "late", "namespace": UNKNOWN}]
)
def test_a_name_that_cannot_be_read_may_be_the_one_that_is_missed(late):
    """Skipped, it was taken for no name at all: with no other in view nothing was lost, with another one all was."""
    for others in ([], [{"name": "desk", "namespace": "models"}]):
        said = _with_accounts(late, *others)
        assert said.findings == ()
        assert [u.message for u in said.undecided] == [
            "spec.serviceAccountName: the name of a ServiceAccount in view is not known, and may be chat"
        ]


def test_a_name_that_cannot_be_read_hides_none_that_is_there():
    late = {"name": UNKNOWN, "namespace": "models"}
    there = _with_accounts(late, {"name": "chat", "namespace": "models"})
    elsewhere = _with_accounts({**late, "namespace": "edge"}, {"name": "desk", "namespace": "models"})
    assert (there.findings, there.undecided) == ((), ())
    assert ([f.message for f in elsewhere.findings], elsewhere.undecided) == (
        ["spec.serviceAccountName: nothing in view is the ServiceAccount chat"],
        (),
    )
