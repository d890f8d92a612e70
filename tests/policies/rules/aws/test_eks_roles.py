from policies.analysis.machines.types import CLUSTER, NODE_GROUP
from policies.engine.graph import UNKNOWN
from policies.rules.aws.eks_addons import ADD_ON
from policies.rules.aws.eks_cluster import ACCESS_ENTRY
from policies.rules.aws.eks_roles import PLATFORM, ROLE, RULES
from tests.policies.cases import Case, RuleCases, cases_test, resource

_OTHER = [Case(resource("kubernetes:core/v1:Service", {}))]
_HELD = resource(ROLE, {"name": "r"}, urn="urn:role")


def _uses(type_, prop, **more):
    depends = {prop: frozenset({"urn:role"})}
    return resource(type_, {prop: "r-arn", **more}, f"{type_}-{prop}", property_dependencies=depends)


def _attached(policy, arn=None):
    depends = {"role": frozenset({"urn:role"})}
    given = {"role": "r", "policyArn": arn or f"arn:aws:iam::aws:policy/{policy}"}
    type_ = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
    return resource(type_, given, policy, property_dependencies=depends)


_GROUP = _uses(NODE_GROUP, "nodeRoleArn")
_MADE = _uses(ACCESS_ENTRY, "principalArn", type="EC2_LINUX")
_PEOPLE = _uses(ACCESS_ENTRY, "principalArn", type="STANDARD")
_PLANE = _uses(CLUSTER, "roleArn")
_JOIN, _PULL = _attached("AmazonEKSWorkerNodePolicy"), _attached("AmazonEC2ContainerRegistryPullOnly")
_CNI = _attached("AmazonEKS_CNI_Policy")
_OWN = resource(ADD_ON, {"addonName": "vpc-cni", "podIdentityAssociations": [{"roleArn": "x"}]})
_IRSA = resource(ADD_ON, {"addonName": "vpc-cni", "serviceAccountRoleArn": "x"})
_LENT = [
    "AmazonEKS_CNI_Policy is attached, which vpc-cni has by a role of its own: pods may borrow it",
]
CASES = {
    "nodes-lend-no-network-permissions": RuleCases(
        passing=[
            Case(_HELD, [_GROUP, _JOIN, _PULL, _OWN]),
            # Without a role of its own the add-on needs the nodes'.
            Case(_HELD, [_GROUP, _CNI]),
            Case(_HELD, [_GROUP, _CNI, resource(ADD_ON, {"addonName": "vpc-cni"})]),
            Case(_HELD, [_CNI, _OWN, _PEOPLE]),
        ],
        failing=[
            Case(_HELD, [_GROUP, _CNI, _OWN], findings=_LENT),
            Case(_HELD, [_MADE, _CNI, _IRSA], findings=_LENT),
        ],
        not_applicable=_OTHER,
        undecided=[Case(_HELD, [_GROUP, _attached("p", UNKNOWN), _OWN])],
    ),
    "roles-of-eks-have-their-policies": RuleCases(
        passing=[
            Case(_HELD, [_GROUP, _JOIN, _PULL]),
            Case(_HELD, [_MADE, _JOIN, _attached("AmazonEC2ContainerRegistryReadOnly")]),
            Case(_HELD, [_PLANE, _attached("AmazonEKSClusterPolicy")]),
            Case(_HELD, [_PEOPLE]),
        ],
        failing=[
            Case(_HELD, [_PLANE], findings=["AmazonEKSClusterPolicy is not attached, and EKS works with it"]),
            Case(
                _HELD,
                [_MADE, _PULL],
                findings=["AmazonEKSWorkerNodePolicy is not attached, and EKS works with it"],
            ),
            Case(
                _HELD,
                [_GROUP, _JOIN],
                findings=["AmazonEC2ContainerRegistryPullOnly is not attached, and EKS works with it"],
            ),
        ],
        not_applicable=_OTHER,
        undecided=[Case(_HELD, [_GROUP, _attached("p", UNKNOWN)])],
    ),
}

test_cases = cases_test((*RULES, *PLATFORM), CASES)
