from policies.engine.graph import UNKNOWN
from policies.rules.aws.subnet_routes import RULES, SUBNET
from tests.policies.cases import Case, RuleCases, cases_test, resource

_VPC = resource("aws:ec2/vpc:Vpc", {}, "vpc", urn="urn:vpc")
_TABLES = "aws:ec2/routeTableAssociation:RouteTableAssociation"


def _subnet(name, tags=None):
    given = {"vpcId": "vpc-1", **({"tags": tags} if tags is not None else {})}
    return resource(
        SUBNET, given, name, urn=f"urn:{name}", property_dependencies={"vpcId": frozenset({"urn:vpc"})}
    )


def _with_table(subnet):
    depends = {"subnetId": frozenset({subnet.urn})}
    return resource(_TABLES, {"subnetId": "s"}, f"{subnet.name}-table", property_dependencies=depends)


_NODES = _subnet("a", {"kubernetes.io/role/internal-elb": "1"})
_BESIDE = _subnet("b", {"karpenter.sh/discovery": "x"})
_PLAIN = _subnet("c", {})
_LOST = ["has the VPC's main table, which has no way out, while subnets beside it have their own"]
_EXIT = resource(
    "aws:ec2/natGateway:NatGateway",
    {"subnetId": "s"},
    "nat",
    property_dependencies={"subnetId": frozenset({"urn:c"})},
)
CASES = {
    "subnets-have-a-route-table": RuleCases(
        passing=[
            Case(_NODES, [_VPC, _BESIDE, _with_table(_NODES), _with_table(_BESIDE)]),
            # Endpoints of services need the VPC's own range alone.
            Case(_PLAIN, [_VPC, _BESIDE, _with_table(_BESIDE)]),
            # All of them have the main table, which somebody has made to lead out.
            Case(_NODES, [_VPC, _BESIDE]),
            Case(
                _NODES,
                [
                    _VPC,
                    _BESIDE,
                    _with_table(_BESIDE),
                    resource("aws:ec2/defaultRouteTable:DefaultRouteTable", {}),
                ],
            ),
        ],
        failing=[
            Case(_NODES, [_VPC, _BESIDE, _with_table(_BESIDE)], findings=_LOST),
            Case(_PLAIN, [_VPC, _BESIDE, _with_table(_BESIDE), _EXIT], findings=_LOST),
        ],
        not_applicable=[Case(_VPC)],
        undecided=[Case(_subnet("d", UNKNOWN), [_VPC, _BESIDE, _with_table(_BESIDE)])],
    ),
}

test_cases = cases_test(RULES, CASES)
