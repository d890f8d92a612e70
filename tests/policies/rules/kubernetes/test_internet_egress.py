from policies.analysis.mesh.objects import MODEL_KINDS, NAMESPACE, NETWORK_POLICY
from policies.engine.graph import UNKNOWN
from policies.rules.kubernetes.internet_egress import PLATFORM
from tests.policies.cases import Case, RuleCases, cases_test, resource

_VPC = {"ipBlock": {"cidr": "10.0.160.0/27"}}
_ALL = {"ipBlock": {"cidr": "0.0.0.0/0", "except": ["169.254.0.0/16"]}}
_CHAT = resource(NAMESPACE, {"kind": "Namespace", "metadata": {"name": "chat"}}, name="chat")
_MODEL = resource(MODEL_KINDS[0], {"kind": "x", "metadata": {"name": "m", "namespace": "chat"}, "spec": {}})


def _policy(*egress, namespace="models"):
    metadata = {"name": "x", "namespace": namespace}
    return resource(
        NETWORK_POLICY, {"kind": "NetworkPolicy", "metadata": metadata, "spec": {"egress": list(egress)}}
    )


CASES = {
    "models-have-no-way-to-the-internet": RuleCases(
        passing=[
            Case(_policy({"to": [_VPC], "ports": [{"port": 443}]})),
            Case(_policy()),
            Case(_policy({"to": [{"podSelector": {}}]})),
            Case(_policy({"to": [_ALL]}, namespace="edge")),
        ],
        failing=[
            Case(
                _policy({"to": [_VPC, _ALL]}),
                findings=["spec.egress[0].to[1].ipBlock.cidr: 0.0.0.0/0 is the internet"],
            ),
            Case(
                _policy({"ports": [{"port": 443}]}),
                findings=["spec.egress[0].to: names nobody, so the internet too"],
            ),
            Case(
                _policy({"to": [{"ipBlock": {"cidr": "::/0"}}]}, namespace="chat"),
                [_CHAT, _MODEL],
                ["spec.egress[0].to[0].ipBlock.cidr: ::/0 is the internet"],
            ),
        ],
        not_applicable=[Case(_CHAT)],
        undecided=[Case(_policy({"to": [{"ipBlock": {"cidr": UNKNOWN}}]}))],
    ),
}

test_cases = cases_test(PLATFORM, CASES)
