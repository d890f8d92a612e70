import json

import pytest

from facts.declared_grants import declared_for, declared_grants, declared_managed_policies
from policies.engine.graph import UNKNOWN
from policies.rules.platform.declared_grants import RULES, component_of
from tests.bootstrap.captured import bootstrap
from tests.captured import EXAMPLES, STACKS, captured
from tests.policies.cases import Case, RuleCases, cases_test, resource

ROLE_POLICY = "aws:iam/rolePolicy:RolePolicy"
ATTACHMENT = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
STREAMS = "arn:aws:logs:eu-central-1:111122223333:log-group:/slipway/shop/flow-logs:*"
OTHER_STREAMS = "arn:aws:logs:eu-central-1:111122223333:log-group:/slipway/shop/audit:*"


def made_by(component, type_, inputs, name):
    parent = f"urn:pulumi:dev::slipway::pulumi:pulumi:Stack${component}::it"
    return resource(type_, inputs, name, parent=parent)


def writer(name="network-flow-logs-write", component="slipway:network:FlowLogs", **statement):
    written = {"Sid": "Write", "Effect": "Allow", "Action": "logs:PutLogEvents", "Resource": STREAMS}
    document = {"Version": "2012-10-17", "Statement": [written | statement]}
    return made_by(component, ROLE_POLICY, {"policy": json.dumps(document)}, name)


def flow_logs_role(**conditions):
    statement = {"Sid": "In", "Effect": "Allow", "Action": "sts:AssumeRole"}
    statement |= {"Principal": {"Service": "vpc-flow-logs.amazonaws.com"}, "Condition": conditions}
    document = {"Version": "2012-10-17", "Statement": [statement]}
    return made_by(
        "slipway:network:FlowLogs",
        "aws:iam/role:Role",
        {"assumeRolePolicy": document},
        "network-flow-logs-role",
    )


def boundary(*left_out):
    """The captured boundary, without some actions of its denials."""
    found = next(r for r in bootstrap().graph if r.name == "dev-boundary-policy")
    document = json.loads(found.inputs["policy"])
    for statement in document["Statement"]:
        if statement["Effect"] == "Deny":
            statement["Action"] = [a for a in statement["Action"] if a not in left_out] or ["x:Nothing"]
    return resource(found.type, {"policy": json.dumps(document)}, found.name, parent=found.parent)


def derived(**statement):
    """A document of a deploy role, as ``slipway permissions`` writes them."""
    written = {
        "Sid": "Sqs1",
        "Effect": "Allow",
        "Action": ["sqs:CreateQueue"],
        "Resource": "arn:aws:sqs:r:1:q",
    }
    document = {"Version": "2012-10-17", "Statement": [written | statement]}
    inputs = {"policy": json.dumps(document)}
    return made_by("slipway:foundation:DeployRole", "aws:iam/policy:Policy", inputs, "prod-deploy-1-policy")


BOUND = {"StringEquals": {"iam:PermissionsBoundary": "arn:aws:iam::111122223333:policy/b"}}


def attached(arn, component="slipway:cluster:SystemNodes"):
    return made_by(component, ATTACHMENT, {"policyArn": arn, "role": "x"}, "x")


CASES = {
    "grants-are-declared": RuleCases(
        passing=[
            Case(writer()),
            Case(derived()),
            Case(derived(Action=["iam:CreateRole", "iam:PassRole"], Condition=BOUND)),
            Case(writer(Action=["LOGS:putLogEvents", "logs:CreateLogStream"])),
            Case(writer(Effect="Deny", Action="*", Resource="*")),
            Case(flow_logs_role(StringEquals={"AWS:SourceAccount": "111122223333"})),
            Case(resource(ROLE_POLICY, {"policy": '{"Statement": []}'}, "theirs")),
        ],
        failing=[
            Case(
                writer(Action="logs:*"),
                findings=[
                    (
                        "policy.Statement[0].Action: logs:* on "
                        "arn:aws:logs:eu-central-1:111122223333:log-group:/slipway/shop/flow-logs:* is more than "
                        "is declared"
                    )
                ],
            ),
            Case(
                writer(Resource=[STREAMS, OTHER_STREAMS]),
                findings=[
                    (
                        "policy.Statement[0].Action: logs:PutLogEvents on "
                        "arn:aws:logs:eu-central-1:111122223333:log-group:/slipway/shop/audit:* is more than is "
                        "declared"
                    )
                ],
            ),
            Case(
                writer(Action=[], NotAction="iam:*"),
                findings=["policy.Statement[0].NotAction: names what it leaves out, not what it grants"],
            ),
            Case(
                writer(name="mine"),
                findings=["policy: facts/grants declares nothing for mine of slipway:network:FlowLogs"],
            ),
            Case(
                derived(Action=["iam:CreateUser", "sqs:CreateQueue"]),
                findings=[
                    "policy.Statement[0].Action[0]: iam:CreateUser is no action of facts/deploy_actions.yaml"
                ],
            ),
            Case(
                derived(Action="iam:PutRolePolicy"),
                findings=[
                    (
                        "policy.Statement[0].Condition: iam:PutRolePolicy without a condition on "
                        "iam:permissionsboundary"
                    )
                ],
            ),
            Case(
                derived(Action=[], NotAction="iam:*"),
                findings=["policy.Statement[0].NotAction: names what it leaves out, not what it grants"],
            ),
            Case(
                flow_logs_role(),
                findings=[
                    (
                        "assumeRolePolicy.Statement[0].Action: sts:AssumeRole by Service "
                        "vpc-flow-logs.amazonaws.com is more than is declared"
                    )
                ],
            ),
            Case(
                flow_logs_role(StringLike={"aws:SourceAccount": "111122223333"}),
                findings=[
                    (
                        "assumeRolePolicy.Statement[0].Action: sts:AssumeRole by Service "
                        "vpc-flow-logs.amazonaws.com is more than is declared"
                    )
                ],
            ),
        ],
        not_applicable=[Case(resource("aws:s3/bucket:Bucket", {}))],
        undecided=[
            Case(
                made_by(
                    "slipway:network:FlowLogs", ROLE_POLICY, {"policy": UNKNOWN}, "network-flow-logs-write"
                )
            )
        ],
    ),
    "required-deny-statements-present": RuleCases(
        passing=[Case(boundary()), Case(writer())],
        failing=[
            Case(
                boundary("iam:CreateUser"),
                findings=["policy: DenyLongLivedCredentials no longer denies iam:CreateUser on *"],
            ),
            Case(
                boundary("iam:CreateRole"),
                findings=["policy: DenyCreateRoleWithoutBoundary no longer denies iam:CreateRole on *"],
            ),
        ],
        not_applicable=[Case(resource("aws:s3/bucket:Bucket", {}))],
        undecided=[
            Case(
                resource(
                    boundary().type,
                    {"policy": UNKNOWN},
                    "permissions-boundary-policy",
                    parent=boundary().parent,
                )
            )
        ],
    ),
    "managed-policies-are-declared": RuleCases(
        passing=[
            Case(attached("arn:aws:iam::aws:policy/AmazonEKSWorkerNodePolicy")),
            Case(resource(ATTACHMENT, {"policyArn": "arn:aws:iam::aws:policy/ReadOnlyAccess"})),
        ],
        failing=[
            Case(
                attached("arn:aws:iam::aws:policy/AdministratorAccess"),
                findings=[
                    "policyArn: AdministratorAccess is not declared for roles of slipway:cluster:SystemNodes"
                ],
            ),
            Case(
                attached("arn:aws:iam::aws:policy/AmazonEKSWorkerNodePolicy", "slipway:telemetry:Telemetry"),
                findings=[
                    "policyArn: AmazonEKSWorkerNodePolicy is not declared for roles of slipway:telemetry:Telemetry"
                ],
            ),
        ],
        not_applicable=[Case(resource("aws:s3/bucket:Bucket", {}))],
        undecided=[Case(attached(UNKNOWN))],
    ),
}
test_rules = cases_test(RULES, CASES)


def test_nothing_is_declared_that_nobody_has():
    graphs = [bootstrap().graph, *(captured(name).graph for name in [*STACKS, *EXAMPLES])]
    there = {id(found) for graph in graphs for r in graph
             if (found := declared_for(r.name)) is not None and found.of == component_of(r)}  # fmt: skip
    lacking = [n for n, declared in declared_grants().items() if id(declared) not in there]
    assert lacking == _ONLY_WHERE_ASKED_FOR
    attachments = {
        (component_of(r), r.inputs["policyArn"].rpartition("/")[2])
        for name in [*STACKS, *EXAMPLES]
        for r in captured(name).graph.of_type(ATTACHMENT)
    }
    declared = {(c, n) for c, names in declared_managed_policies().items() for n in names}
    assert declared == attachments


_ONLY_WHERE_ASKED_FOR = ["?*-runner-role", "?*-runner-policy", "?*-runner-key"]
"""Of a runner, which no committed file asks for: `tests/bootstrap/test_runner.py` makes one and judges it."""
_ONLY_WHERE_NAMED = {
    "AssumeRoleByPeople",
    "PullCharts",
    "GetRegistryToken",
    "WriteSpans",
    "EncryptForTopicsOfOthers",
}
"""Of administrators, of a stack's own registry, of traces that AWS keeps, and of topics others publish to."""


@pytest.mark.parametrize("name", [*STACKS, "account"])
def test_a_statement_that_is_declared_is_used(name):
    """What a document no longer grants is taken out of the table too, or it would hide a grant that comes later."""
    graph = bootstrap().graph if name == "account" else captured(name).graph
    for found in graph.of_type(*RULES[0].applies_to):
        declared = declared_for(found.name)
        if declared and declared.of == component_of(found) and not declared.derived:
            raw = found.inputs.get("assumeRolePolicy") or found.inputs["policy"]
            document = json.loads(raw) if isinstance(raw, str) else raw
            sids = {statement["Sid"] for statement in document["Statement"]}
            assert sids == {*declared.allows, *declared.denies} - (_ONLY_WHERE_NAMED - sids)
