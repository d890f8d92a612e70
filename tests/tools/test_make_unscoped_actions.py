"""Actions without resources: what is kept of AWS's reference, and what is not a matter of course."""

import json

from facts.iam_actions import unscoped_actions
from tools.make_unscoped_actions import unscoped, written


def action(level, *kinds):
    return {"access_level": level, "resource_types": {kind: {} for kind in ("", *kinds)}}


REFERENCE = {
    "policy_sentry_schema_version": "v2",
    "ecs": {
        "privileges": {
            "RegisterTaskDefinition": action("Write"),
            "RunTask": action("Write", "task-definition"),
        }
    },
    "organizations": {"privileges": {"LeaveOrganization": action("Write"), "ListAccounts": action("List")}},
    "s3": {"privileges": {"PutAccountPublicAccessBlock": action("Permissions management")}},
}


def test_what_knows_no_resource_is_kept_unless_it_changes_what_guards_the_account():
    assert unscoped(REFERENCE) == {"ecs": ["RegisterTaskDefinition"], "organizations": ["ListAccounts"]}


def test_what_is_written_is_what_is_read():
    text = written("somewhere", "2026-11-25", unscoped(REFERENCE))
    assert json.loads(text) == {"source": "somewhere", "read": "2026-11-25", "actions": unscoped(REFERENCE)}


def test_the_committed_file_has_both_sides():
    known = unscoped_actions()
    assert {"ecr:getauthorizationtoken", "secretsmanager:listsecrets"} <= known
    assert not known & {"s3:getobject", "organizations:leaveorganization", "iam:putrolepolicy"}
