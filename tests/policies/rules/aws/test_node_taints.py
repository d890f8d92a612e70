from policies.analysis.machines.types import NODE_GROUP, NODE_POOLS
from policies.engine.graph import UNKNOWN
from policies.rules.aws.node_taints import PLATFORM
from tests.policies.cases import Case, RuleCases, cases_test, resource

TAINT = {"key": "CriticalAddonsOnly", "value": "true", "effect": "NO_SCHEDULE"}


def group(*taints):
    return resource(NODE_GROUP, {"taints": list(taints)})


def pool(taints):
    return resource(NODE_POOLS[0], {"spec": {"template": {"spec": {"taints": taints}}}})


def without(field):
    return {key: value for key, value in TAINT.items() if key != field}


CASES = {
    "nodes-are-tainted": RuleCases(
        passing=[Case(group(TAINT)), Case(pool([TAINT | {"effect": "NoSchedule"}]))],
        failing=[
            Case(group(), findings=["taints: none: any pod may run here"]),
            Case(pool(None), findings=["spec.template.spec.taints: none: any pod may run here"]),
            Case(group(without("key")), findings=["taints[0].key: is not set: pods tolerate key and value"]),
            Case(
                group(without("value")), findings=["taints[0].value: is not set: pods tolerate key and value"]
            ),
            Case(group(without("effect")), findings=["taints[0].effect: keeps no pod away"]),
            Case(
                group(TAINT | {"effect": "PREFER_NO_SCHEDULE"}),
                findings=["taints[0].effect: keeps no pod away"],
            ),
        ],
        not_applicable=[Case(resource("aws:s3/bucket:Bucket", {}))],
        undecided=[Case(group(UNKNOWN))],
    ),
}

test_cases = cases_test(PLATFORM, CASES)
