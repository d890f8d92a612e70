"""Which policies bound whom."""

from policies.analysis.iam.boundaries import boundary_of, is_boundary
from policies.analysis.iam.identities import POLICY, ROLE
from policies.engine.graph import UNKNOWN, Graph
from tests.policies.cases import resource

UPPER = resource(POLICY, {"name": "upper"}, name="upper")
OTHER = resource(POLICY, {"name": "other"}, name="other")
BY_ARN = resource(ROLE, {"permissionsBoundary": "arn:aws:iam::111122223333:policy/upper"}, name="a")
BY_EDGE = resource(
    ROLE,
    {"permissionsBoundary": UNKNOWN},
    name="b",
    property_dependencies={"permissionsBoundary": frozenset({UPPER.urn})},
)
FREE = resource(ROLE, {}, name="c")
AWS_OWN = resource(ROLE, {"permissionsBoundary": "arn:aws:iam::aws:policy/upper"}, name="d")


def test_a_boundary_is_found_by_its_arn_and_by_what_it_depends_on():
    graph = Graph([UPPER, OTHER, BY_ARN, BY_EDGE, FREE, AWS_OWN])
    assert [boundary_of(role, graph) for role in (BY_ARN, BY_EDGE, FREE, AWS_OWN)] == [
        UPPER,
        UPPER,
        None,
        None,
    ]
    assert (is_boundary(UPPER, graph), is_boundary(OTHER, graph)) == (True, False)
