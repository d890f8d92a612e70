from policies.analysis.machines.types import NODE_GROUP, TEMPLATE
from policies.engine.graph import UNKNOWN
from policies.rules.aws.imds import INSTANCES, RULES
from tests.policies.cases import OURS, Case, RuleCases, cases_test, resource

OTHER = [Case(resource("aws:s3/bucket:Bucket", {}))]
_SAFE = {"httpTokens": "required", "httpPutResponseHopLimit": 1}
_NO_TOKENS = (
    "metadataOptions.httpTokens: is not required: one forged request from a pod reads the node's credentials"
)
_NO_LIMIT = (
    "metadataOptions.httpPutResponseHopLimit: is not set: the image may allow two hops, which "
    "reaches into pods"
)


def _template(**inputs):
    return resource(TEMPLATE, inputs)


def instance(**inputs):
    return resource(INSTANCES[0], inputs)


CASES = {
    "launch-templates-require-imdsv2": RuleCases(
        passing=[
            Case(_template(metadataOptions=_SAFE)),
            Case(_template(metadataOptions={"httpEndpoint": "disabled"})),
        ],
        failing=[
            Case(_template(), [OURS], [_NO_TOKENS, _NO_LIMIT]),
            Case(_template(), findings=[_NO_TOKENS]),
            Case(_template(metadataOptions=_SAFE | {"httpTokens": "optional"}), findings=[_NO_TOKENS]),
            Case(
                _template(metadataOptions=_SAFE | {"httpPutResponseHopLimit": 2}),
                findings=[
                    "metadataOptions.httpPutResponseHopLimit: 2 hops let pods take the node's credentials"
                ],
            ),
        ],
        not_applicable=[Case(resource(NODE_GROUP, {}))],
        undecided=[
            Case(_template(metadataOptions=UNKNOWN)),
            Case(_template(metadataOptions=_SAFE | {"httpPutResponseHopLimit": UNKNOWN})),
        ],
    ),
    "ec2-requires-imdsv2": RuleCases(
        passing=[
            Case(instance(metadataOptions={"httpTokens": "required"})),
            Case(instance(metadataOptions=[{"httpEndpoint": "disabled"}])),
            Case(instance(launchTemplate={"id": "lt-1"})),
        ],
        failing=[
            Case(
                instance(**inputs),
                findings=[
                    "metadataOptions.httpTokens: is not required: one forged request reads its credentials"
                ],
            )
            for inputs in ({}, {"metadataOptions": {"httpTokens": "optional"}})
        ],
        not_applicable=OTHER,
        undecided=[Case(instance(metadataOptions=UNKNOWN))],
    ),
}

test_cases = cases_test(RULES, CASES)
