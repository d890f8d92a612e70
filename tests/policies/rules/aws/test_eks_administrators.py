import json

from policies.analysis.iam.identities import ROLE
from policies.engine.graph import UNKNOWN
from policies.rules.aws.eks_administrators import PLATFORM, RULES
from policies.rules.aws.eks_cluster import ACCESS_POLICY
from tests.policies.cases import OURS as STACK
from tests.policies.cases import Case, RuleCases, cases_test, resource

OURS = "arn:aws:iam::111122223333"
POLICIES = "arn:aws:eks::aws:cluster-access-policy"
CLUSTER = resource(
    "aws:eks/cluster:Cluster", {}, name="c", id="arn:aws:eks:eu-central-1:111122223333:cluster/c"
)
IRSA = {"StringEquals": {"oidc.example/id/A:sub": "system:serviceaccount:ci:runner"}}


def associated(
    policy="AmazonEKSClusterAdminPolicy", scope="cluster", principal=f"{OURS}:role/people", **more
):
    inputs = {"policyArn": f"{POLICIES}/{policy}", "accessScope": {"type": scope}, "principalArn": principal}
    return resource(ACCESS_POLICY, inputs | more)


def role(principal, condition=None):
    statement = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
    trust = {"Statement": statement | ({"Condition": condition} if condition else {})}
    inputs = {"name": "people", "assumeRolePolicy": json.dumps(trust)}
    return resource(ROLE, inputs, name="people", outputs={"arn": f"{OURS}:role/people", "name": "people"})


PEOPLE = role({"Federated": f"{OURS}:saml-provider/people"})
PODS = role({"Service": ["pods.eks.amazonaws.com"]})

ACCESS = resource(
    "slipway:cluster:ClusterAccess",
    {},
    "cluster-access",
    custom=False,
    urn="urn:pulumi:test::slipway::slipway:cluster:ClusterAccess::cluster-access",
)


def ours(policy="AmazonEKSClusterAdminPolicy", **extra):
    return resource(
        ACCESS_POLICY, {"policyArn": f"{POLICIES}/{policy}", "principalArn": f"{OURS}:role/dev"}, **extra
    )


UNNAMED = (
    "principalArn: has {}, and the settings of the cluster name nobody of it; an entry under cluster.access of the "
    "stack file"
)
CASES = {
    "administrators-stand-in-the-settings": RuleCases(
        passing=[
            Case(ours(parent=ACCESS.urn), [ACCESS, STACK]),
            Case(ours("AmazonEKSViewPolicy"), [ACCESS, STACK]),
        ],
        failing=[
            Case(ours(), [ACCESS, STACK], [UNNAMED.format("AmazonEKSClusterAdminPolicy")]),
            Case(
                ours("AmazonEKSAdminPolicy", parent="urn:x"),
                [ACCESS, STACK],
                [UNNAMED.format("AmazonEKSAdminPolicy")],
            ),
        ],
        not_applicable=[Case(CLUSTER, [STACK])],
        undecided=[Case(resource(ACCESS_POLICY, {"policyArn": UNKNOWN}), [ACCESS, STACK])],
    ),
    "clusters-are-administered-from-outside": RuleCases(
        passing=[
            Case(associated(), [PEOPLE, CLUSTER]),
            Case(associated(), [role({"Service": "ec2.amazonaws.com"}), CLUSTER]),
            Case(associated("AmazonEKSViewPolicy"), [PODS]),
            Case(associated(scope="namespace"), [PODS]),
            Case(
                associated(principal="arn:aws:iam::444455556666:role/ci")
            ),  # whose cluster it is cannot be told
        ],
        failing=[
            Case(associated(), [PODS], ["principalArn: pods have the role people"]),
            Case(
                associated("AmazonEKSAdminPolicy"),
                [role({"Federated": "x"}, IRSA)],
                ["principalArn: pods have the role people"],
            ),
            Case(
                associated(),
                [
                    role({"Service": "ec2.amazonaws.com"}),
                    resource("aws:eks/nodeGroup:NodeGroup", {"nodeRoleArn": f"{OURS}:role/people"}),
                ],
                ["principalArn: every node has the role people"],
            ),
            Case(
                associated(principal="arn:aws:iam::444455556666:role/ci"),
                [CLUSTER],
                ["principalArn: arn:aws:iam::444455556666:role/ci is of another account"],
            ),
        ],
        not_applicable=[Case(resource("aws:eks/addon:Addon", {}))],
        undecided=[Case(associated(policyArn=UNKNOWN))],
    ),
}

test_cases = cases_test((*RULES, *PLATFORM), CASES)
