import json

from components.identity.cluster_key import cluster_key_policy


def _statements(names):
    return {
        s["Sid"]: s
        for s in json.loads(cluster_key_policy(names, "arn:aws:iam::111122223333:role/pipeline"))["Statement"]
    }


def test_the_account_manages_but_does_not_use_the_key(names):
    manages = _statements(names)["AccountAdministersKey"]

    assert manages["Principal"] == {"AWS": ["arn:aws:iam::111122223333:root"]}
    used = {"kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey", "kms:ReEncryptFrom", "kms:ReEncryptTo"}
    assert not used & set(manages["Action"])
    assert {"kms:PutKeyPolicy", "kms:ScheduleKeyDeletion", "kms:CancelKeyDeletion"} <= set(manages["Action"])


def test_who_makes_a_repository_may_let_the_registry_use_the_key(names):
    """ECR asks its caller for these three when a repository is encrypted with a key of one's own."""
    statements = _statements(names)
    grants = statements["AccountCreatesGrantsForServices"]

    assert {"kms:DescribeKey", "kms:RetireGrant"} <= set(statements["AccountAdministersKey"]["Action"])
    assert grants["Action"] == ["kms:CreateGrant", "kms:ListGrants", "kms:RevokeGrant"]
    assert grants["Condition"] == {"Bool": {"kms:GrantIsForAWSResource": "true"}}


def test_a_key_whose_deletion_was_taken_back_can_be_enabled_again(names):
    manages = set(_statements(names)["AccountAdministersKey"]["Action"])
    assert {"kms:EnableKey", "kms:DisableKey", "kms:RotateKeyOnDemand", "kms:ListKeyRotations"} <= manages
    assert "kms:CreateGrant" not in manages


def test_only_the_control_plane_uses_it_for_secrets(names):
    statements = _statements(names)

    assert set(statements) == {
        "AccountCreatesGrantsForServices",
        "AccountAdministersKey",
        "ClusterUsesKey",
        "DeployRoleCreatesGrants",
        "CloudWatchLogsUsesKey",
    }
    assert statements["ClusterUsesKey"]["Condition"] == {
        "ArnEquals": {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/example-test-cluster"}
    }
    assert statements["DeployRoleCreatesGrants"]["Action"] == ["kms:CreateGrant", "kms:DescribeKey"]
    assert statements["DeployRoleCreatesGrants"]["Condition"] == {
        "ArnEquals": {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/pipeline"}
    }


def test_logs_use_it_for_the_control_planes_group_alone(names):
    logs = _statements(names)["CloudWatchLogsUsesKey"]

    assert logs["Principal"] == {"Service": ["logs.eu-central-1.amazonaws.com"]}
    assert logs["Condition"] == {
        "ArnLike": {
            "kms:EncryptionContext:aws:logs:arn": (
                "arn:aws:logs:eu-central-1:111122223333:log-group:/aws/eks/example-test/cluster"
            )
        }
    }
