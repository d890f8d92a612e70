import json

from policies.analysis.kubernetes.charts import RELEASE
from policies.engine.graph import UNKNOWN
from policies.rules.aws.program_identities import PLATFORM
from tests.policies.cases import Case, RuleCases, cases_test, resource


def _release(chart, where="karpenter", **values):
    return resource(RELEASE, {"chart": chart, "namespace": where, "values": values})


def _given(where, account):
    type_ = "aws:eks/podIdentityAssociation:PodIdentityAssociation"
    return resource(type_, {"namespace": where, "serviceAccount": account})


_SENDS = {"config": {"exporters": {"awscloudwatchlogs/containers": {}}}}
_NAMED = {"serviceAccount": {"name": "collector"}}


def _role(account="plan", where="agents", service="pods.eks.amazonaws.com", operator="StringEquals"):
    tags = {"aws:RequestTag/kubernetes-namespace": [where]}
    if account:
        tags["aws:RequestTag/kubernetes-service-account"] = [account]
    statement = {
        "Effect": "Allow",
        "Action": ["sts:AssumeRole", "sts:TagSession"],
        "Principal": {"Service": [service]},
        "Condition": {operator: tags},
    }
    return resource("aws:iam/role:Role", {"assumeRolePolicy": json.dumps({"Statement": [statement]})})


def _account(name="plan", where="agents"):
    return resource(
        "kubernetes:core/v1:ServiceAccount", {"metadata": {"name": name, "namespace": where}}, name
    )


_UNUSED = [
    "assumeRolePolicy: only pods of agents/plan may take the role, and no association gives it to them"
]

CASES = {
    "roles-of-pods-are-associated": RuleCases(
        passing=[
            Case(_role(), [_account(), _given("agents", "plan")]),
            Case(_role(account=""), [_account()]),  # for every pod of a namespace: stacks above bring them
            Case(_role()),  # an add-on's account stands in no object
            Case(_role(service="ec2.amazonaws.com"), [_account()]),
            Case(_role(), [_account(where="other")]),
            Case(_role(operator="StringLike"), [_account()]),
        ],
        failing=[
            Case(_role(), [_account()], _UNUSED),
            Case(_role(), [_account(), _given("agents", "act")], _UNUSED),
            Case(_role(), [_account(), _given("other", "plan")], _UNUSED),
            Case(_role(), [_account(), _account("act"), _given("agents", "act")], _UNUSED),
            Case(_role(), [_account("act"), _account(), _given("other", "act")], _UNUSED),
        ],
        not_applicable=[Case(_account())],
        undecided=[Case(resource("aws:iam/role:Role", {"assumeRolePolicy": UNKNOWN}), [_account()])],
    ),
    "programs-have-an-identity": RuleCases(
        passing=[
            Case(_release("karpenter"), [_given("karpenter", "karpenter")]),
            Case(
                _release("opentelemetry-collector", "watch", **_SENDS, **_NAMED),
                [_given("watch", "collector")],
            ),
            Case(_release("opentelemetry-collector", "watch", config={"exporters": {"otlp": {}}})),
            Case(_release("cert-manager")),
        ],
        failing=[
            Case(
                _release("karpenter"),
                [_given("other", "karpenter")],
                findings=[
                    (
                        "values.serviceAccount.name: no association gives karpenter/karpenter an identity, and every "
                        "call of karpenter is refused"
                    )
                ],
            ),
            Case(
                _release("opentelemetry-collector", "watch", **_SENDS, **_NAMED),
                findings=[
                    (
                        "values.serviceAccount.name: no association gives watch/collector an identity, and every call "
                        "of opentelemetry-collector is refused"
                    )
                ],
            ),
        ],
        not_applicable=[Case(resource("kubernetes:core/v1:Service", {}))],
        undecided=[Case(_release("karpenter", serviceAccount=UNKNOWN))],
    ),
}

test_cases = cases_test(PLATFORM, CASES)
