from policies.engine.graph import UNKNOWN
from policies.rules.aws.network_reachability import RULES
from tests.policies.cases import Case, RuleCases, cases_test, resource
from tests.policies.network_stack import database, group, let_in, machine, vpc

WAY = "internet gateway igw, route route-public, subnet public"
OPEN = group("open", let_in(22), let_in(5432))


def stored(place, **inputs):
    places, store = database(place, "open", **inputs)
    return store, [places, *vpc(), OPEN]


CASES = {
    "data-stores-not-reachable-from-internet": RuleCases(
        passing=[
            Case(*stored("private", publiclyAccessible=True)),
            Case(*stored("public")),
            Case(machine("private", "open", public=True), [*vpc(), OPEN]),
            Case(machine("public", "open", public=False), [*vpc(), OPEN]),
            Case(machine("elsewhere", "open", public=True)),
        ],
        failing=[
            Case(
                *stored("public", publiclyAccessible=True),
                [f"tcp 5432 is reachable from the internet: {WAY}, security group open (ingress.1)"],
            ),
            Case(
                machine("public", "open", public=True),
                [*vpc(), OPEN],
                [
                    f"tcp 22 is reachable from the internet: {WAY}, security group open (ingress.0)",
                    f"tcp 5432 is reachable from the internet: {WAY}, security group open (ingress.1)",
                ],
            ),
        ],
        not_applicable=[Case(resource("aws:s3/bucket:Bucket", {}))],
        undecided=[
            Case(*stored("public", publiclyAccessible=UNKNOWN)),
            Case(machine("public", "open", public=True, subnetId=UNKNOWN), vpc()),
        ],
    ),
}

test_rules = cases_test(RULES, CASES)
