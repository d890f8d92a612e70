from policies.analysis.machines.types import CLUSTER, NODE_GROUP
from policies.engine.graph import UNKNOWN
from policies.rules.aws.supported_versions import FUNCTION, RULES
from tests.policies.cases import Case, RuleCases, cases_test, resource

CASES = {
    "versions-are-supported": RuleCases(
        passing=[
            Case(resource(CLUSTER, {"version": "1.35"})),
            Case(resource(CLUSTER, {})),
            Case(resource(NODE_GROUP, {"version": "1.34", "amiType": "AL2023_x86_64_STANDARD"})),
            Case(resource(FUNCTION, {"runtime": "python3.13"})),
            Case(resource(FUNCTION, {"packageType": "Image"})),
        ],
        failing=[
            Case(
                resource(CLUSTER, {"version": "1.24"}),
                findings=["version: Kubernetes 1.24 is no longer mended"],
            ),
            Case(
                resource(CLUSTER, {"version": "v1.9"}),
                findings=["version: Kubernetes v1.9 is no longer mended"],
            ),
            Case(
                resource(NODE_GROUP, {"amiType": "AL2_x86_64"}),
                findings=["amiType: AL2_x86_64 is no longer mended"],
            ),
            Case(
                resource(FUNCTION, {"runtime": "nodejs12.x"}),
                findings=["runtime: nodejs12.x is no longer mended"],
            ),
            Case(
                resource(FUNCTION, {"runtime": "ruby2.7"}), findings=["runtime: ruby2.7 is no longer mended"]
            ),
        ],
        not_applicable=[Case(resource("aws:s3/bucket:Bucket", {}))],
        undecided=[
            Case(resource(CLUSTER, {"version": UNKNOWN})),
            Case(resource(CLUSTER, {"version": "latest"})),
            Case(resource(FUNCTION, {"runtime": UNKNOWN})),
        ],
    ),
}

test_rules = cases_test(RULES, CASES)
