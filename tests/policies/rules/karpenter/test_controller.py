import json
from typing import Any

from policies.engine.graph import UNKNOWN, Resource
from policies.rules.karpenter.controller import (
    EVENT_RULE,
    EVENT_TARGET,
    PLATFORM,
    QUEUE,
    QUEUE_POLICY,
    ROLE_POLICY,
    RULES,
)
from tests.policies.cases import Case, RuleCases, cases_test, resource

URL = "https://sqs.eu-central-1.amazonaws.com/111122223333/example"
ARN = "arn:aws:sqs:eu-central-1:111122223333:example"
BUCKET = resource("aws:s3/bucket:Bucket", {})


def document(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(**changes: Any) -> dict[str, Any]:
    statement = {"Sid": "Send", "Effect": "Allow", "Action": "sqs:SendMessage", "Resource": ARN}
    return {**statement, "Principal": {"Service": "events.amazonaws.com"}, **changes}


def refuse(condition: dict[str, Any], effect: str = "Deny") -> dict[str, Any]:
    return {"Effect": effect, "Action": "sqs:*", "Principal": "*", "Resource": ARN, "Condition": condition}


PLAIN = {"Bool": {"aws:SecureTransport": "false"}}


def queue(**inputs: Any) -> Resource:
    return resource(QUEUE, {"name": "example", **inputs}, id=URL)


def queue_policy(policy: Any) -> Resource:
    return resource(QUEUE_POLICY, {"queueUrl": URL, "policy": policy}, name="policy")


def event_rule(**inputs: Any) -> Resource:
    return resource(EVENT_RULE, {"name": "spot", **inputs}, id="spot")


TARGET = resource(EVENT_TARGET, {"rule": "spot", "arn": ARN}, name="target")
OTHER_TARGET = resource(EVENT_TARGET, {"rule": "other", "arn": ARN}, name="target")


def role_policy(*statements: dict[str, Any]) -> Resource:
    return resource(ROLE_POLICY, {"role": "controller", "policy": document(*statements)})


def pass_role(role: str, **changes: Any) -> dict[str, Any]:
    to_machines = {"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}}
    statement = {"Sid": "Pass", "Effect": "Allow", "Action": "iam:PassRole", "Resource": role}
    return {**statement, "Condition": to_machines, **changes}


def end(**changes: Any) -> dict[str, Any]:
    anywhere = "arn:aws:ec2:eu-central-1:*:instance/*"
    return {
        "Sid": "End",
        "Effect": "Allow",
        "Action": ["ec2:TerminateInstances"],
        "Resource": anywhere,
        **changes,
    }


NODE_ROLE = "arn:aws:iam::111122223333:role/example-karpenter-node"

CASES: dict[str, RuleCases] = {
    "queues-are-encrypted": RuleCases(
        passing=[
            Case(queue()),
            Case(queue(sqsManagedSseEnabled=True)),
            Case(queue(sqsManagedSseEnabled=False, kmsMasterKeyId="alias/example")),
        ],
        failing=[
            Case(
                queue(sqsManagedSseEnabled=False),
                findings=["sqsManagedSseEnabled: encryption is switched off"],
            ),
            Case(
                queue(sqsManagedSseEnabled="false", kmsMasterKeyId=""),
                findings=["sqsManagedSseEnabled: encryption is switched off"],
            ),
        ],
        not_applicable=[Case(BUCKET)],
        undecided=[Case(queue(sqsManagedSseEnabled=UNKNOWN))],
    ),
    "queues-refuse-plain-transport": RuleCases(
        passing=[
            Case(queue(), [queue_policy(document(allow(), refuse(PLAIN)))]),
            Case(queue(policy=document(refuse({"BoolIfExists": {"aws:secureTransport": [False]}})))),
        ],
        failing=[
            Case(queue(), findings=["policy: no policy refuses requests without TLS"]),
            Case(
                queue(),
                [queue_policy(document(allow()))],
                findings=["policy: no policy refuses requests without TLS"],
            ),
            Case(
                queue(),
                [queue_policy(document(refuse(PLAIN, effect="Allow")))],
                findings=["policy: no policy refuses requests without TLS"],
            ),
            Case(
                queue(),
                [queue_policy(document(refuse({"Bool": {"aws:SecureTransport": "true"}})))],
                findings=["policy: no policy refuses requests without TLS"],
            ),
        ],
        not_applicable=[Case(BUCKET)],
        undecided=[Case(queue(), [queue_policy(UNKNOWN)]), Case(queue(policy="{"))],
    ),
    "queue-senders-are-named": RuleCases(
        passing=[
            Case(queue_policy(document(allow(Condition={"ArnLike": {"aws:SourceArn": "arn:aws:events:*"}})))),
            Case(queue_policy(document(allow(Principal={"AWS": NODE_ROLE})))),
            Case(queue()),
            Case(queue_policy(document(refuse(PLAIN)))),
        ],
        failing=[
            Case(
                queue_policy(document(allow())),
                findings=[
                    "policy.Statement[0].Principal.Service: open to events.amazonaws.com on behalf of any account"
                ],
            ),
            Case(
                queue(policy=document(allow(Principal="*", Sid=None))),
                findings=["policy.Statement[0].Principal: open to anybody"],
            ),
            Case(
                queue_policy(document(allow(Principal={"AWS": ["*"]}))),
                findings=["policy.Statement[0].Principal.AWS[0]: open to anybody"],
            ),
        ],
        not_applicable=[Case(BUCKET)],
        undecided=[Case(queue_policy(UNKNOWN))],
    ),
    "event-rules-reach-a-target": RuleCases(
        passing=[Case(event_rule(), [TARGET]), Case(event_rule(state="ENABLED"), [TARGET])],
        failing=[
            Case(event_rule(), [OTHER_TARGET], findings=["reaches no target"]),
            Case(event_rule(state="DISABLED"), [TARGET], findings=["state: the rule is disabled"]),
            Case(
                event_rule(isEnabled=False), findings=["isEnabled: the rule is disabled", "reaches no target"]
            ),
        ],
        not_applicable=[Case(TARGET)],
        undecided=[Case(event_rule(state=UNKNOWN), [TARGET])],
    ),
    "passed-roles-are-named": RuleCases(
        passing=[
            Case(role_policy(pass_role(NODE_ROLE))),
            Case(role_policy(end(Action="ec2:DescribeInstances"))),
            Case(role_policy(pass_role("*", Effect="Deny"))),
        ],
        failing=[
            Case(role_policy(pass_role("*")), findings=["policy.Statement[0].Resource: iam:PassRole on *"]),
            Case(
                role_policy(pass_role("arn:aws:iam::111122223333:role/*", Action=["iam:*"])),
                findings=["policy.Statement[0].Resource: iam:PassRole on arn:aws:iam::111122223333:role/*"],
            ),
            Case(
                role_policy(pass_role(NODE_ROLE, Condition={})),
                findings=["policy.Statement[0].Condition: iam:PassRole to any service"],
            ),
        ],
        not_applicable=[Case(BUCKET)],
        undecided=[Case(resource(ROLE_POLICY, {"policy": UNKNOWN}))],
    ),
    "machines-are-ended-by-tag": RuleCases(
        passing=[
            Case(
                role_policy(
                    end(Condition={"StringEquals": {"aws:ResourceTag/kubernetes.io/cluster/a": "owned"}})
                )
            ),
            Case(role_policy(end(Resource="arn:aws:ec2:eu-central-1:111122223333:instance/i-0a"))),
            Case(role_policy(end(Action="ec2:DescribeInstances", Resource="*"))),
        ],
        failing=[
            Case(
                role_policy(end()),
                findings=["policy.Statement[0].Condition: may end machines whatever their tags"],
            ),
            Case(
                role_policy(
                    end(
                        Action="ec2:Terminate*",
                        Resource="*",
                        Condition={"StringEquals": {"aws:RequestedRegion": "eu-central-1"}},
                    )
                ),
                findings=["policy.Statement[0].Condition: may end machines whatever their tags"],
            ),
        ],
        not_applicable=[Case(BUCKET)],
        undecided=[Case(resource(ROLE_POLICY, {"policy": UNKNOWN}))],
    ),
}

test_cases = cases_test((*RULES, *PLATFORM), CASES)
