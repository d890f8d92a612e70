"""A shell on nodes, only where a stack asks for one. Mocks cannot prove that a session opens."""

import json

from components.cluster.node_shell import shell_document


def test_it_is_session_manager_and_nothing_else(names):
    said = json.loads(shell_document(names))["Statement"]
    assert [s["Action"] for s in said] == [
        ["ssm:UpdateInstanceInformation"],
        [
            "ssmmessages:CreateControlChannel",
            "ssmmessages:CreateDataChannel",
            "ssmmessages:OpenControlChannel",
            "ssmmessages:OpenDataChannel",
        ],
    ]
    assert said[0]["Resource"] == ["arn:aws:ec2:eu-central-1:111122223333:instance/*"]
    assert said[1]["Condition"] == {"StringEquals": {"aws:RequestedRegion": "eu-central-1"}}
