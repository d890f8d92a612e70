from policies.engine.graph import UNKNOWN
from policies.rules.aws.build_webhooks import RULES, WEBHOOK
from tests.policies.cases import Case, RuleCases, cases_test, resource

WHOLE = "matches whatever holds it: an account's number within a longer one, a name within another"
ENDS = "^ at its beginning and $ at its end, around all alternatives"


def hook(*groups, **more):
    found = [{"filters": [{"type": t, "pattern": p} for t, p in group]} for group in groups]
    return resource(WEBHOOK, {"projectName": "x", "filterGroups": found} | more)


JOBS, PULLS = ("EVENT", "WORKFLOW_JOB_QUEUED"), ("EVENT", "PULL_REQUEST_CREATED, PULL_REQUEST_UPDATED")
ACTOR = ("ACTOR_ACCOUNT_ID", "^(1234|5678)$")

CASES = {
    "build-webhooks-name-who-starts-them": RuleCases(
        passing=[
            Case(hook([JOBS, ("WORKFLOW_NAME", "^(up|nightly)$")])),
            Case(hook([PULLS, ACTOR])),
            Case(hook([("EVENT", "PUSH"), ("HEAD_REF", "^refs/heads/main$")])),
            Case(hook([PULLS, ("ACTOR_ACCOUNT_ID", "^1234$|^5678$")])),
            Case(hook([PULLS], pullRequestBuildPolicy={"requiresCommentApproval": "ALL_PULL_REQUESTS"})),
        ],
        failing=[
            Case(hook(), findings=["filterGroups: is not set: every push and pull request starts a build"]),
            Case(
                hook([JOBS]),
                findings=[
                    (
                        "filterGroups[0].filters: WORKFLOW_JOB_QUEUED of anybody starts a build; a filter of type "
                        "ACTOR_ACCOUNT_ID or WORKFLOW_NAME"
                    )
                ],
            ),
            Case(
                hook([PULLS], [("EVENT", "PUSH")]),
                findings=[
                    (
                        "filterGroups[0].filters: PULL_REQUEST of anybody starts a build; a filter of type "
                        "ACTOR_ACCOUNT_ID"
                    )
                ],
            ),
            Case(
                hook([JOBS], pullRequestBuildPolicy={"requiresCommentApproval": "ALL_PULL_REQUESTS"}),
                findings=[
                    (
                        "filterGroups[0].filters: WORKFLOW_JOB_QUEUED of anybody starts a build; a filter of type "
                        "ACTOR_ACCOUNT_ID or WORKFLOW_NAME"
                    )
                ],
            ),
            Case(
                hook([PULLS, ("ACTOR_ACCOUNT_ID", "1234|5678")]),
                findings=[f"filterGroups[0].filters[1].pattern: {WHOLE}; {ENDS}"],
            ),
            Case(
                hook([JOBS, ("WORKFLOW_NAME", "^up|nightly$")]),
                findings=[f"filterGroups[0].filters[1].pattern: {WHOLE}; {ENDS}"],
            ),
        ],
        not_applicable=[Case(resource("aws:codebuild/project:Project", {}))],
        undecided=[Case(resource(WEBHOOK, {"filterGroups": UNKNOWN}))],
    ),
}
test_cases = cases_test(RULES, CASES)
