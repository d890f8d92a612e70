"""A runner in a network, made beside the roles: off by default, and judged like everything where it is asked for."""

import json
from dataclasses import replace
from functools import cache

import pytest

from bootstrap.settings import load_bootstrap
from gate.capture.capture import Captured
from gate.capture.chosen import chosen
from gate.capture.stacks import capture_stack
from gate.core.checkout import ROOT
from policies.analysis.iam.effective import may
from policies.analysis.iam.identities import identities
from policies.engine.evaluate import judge
from policies.packs import PACKS
from stacks.load import FOLDER, SettingsError
from tests.bootstrap.captured import bootstrap

RUNNER = {
    "connection_arn": "arn:aws:codeconnections:eu-central-1:111122223333:connection/"
    "0a1b2c3d-0000-4000-8000-000000000000",
    "vpc_id": "vpc-0a1b2c3d4e5f60718",
    "subnet_ids": ["subnet-0aaaaaaaaaaaaaaa1", "subnet-0bbbbbbbbbbbbbbb1"],
}
PROJECT = "aws:codebuild/project:Project"


@cache
def with_runner() -> Captured:
    (account,) = chosen(["account"], ROOT / "bootstrap")
    return capture_stack(replace(account, raw={**account.raw, "runners": {"dev": RUNNER}}), {})


def one(type_):
    (found,) = with_runner().graph.of_type(type_)
    return found.inputs


def test_there_is_none_unless_the_file_asks_for_one():
    assert not bootstrap().graph.of_type(PROJECT)
    before = {r.urn for r in bootstrap().graph}
    made = sorted((r.type.rpartition(":")[2], r.name) for r in with_runner().graph if r.urn not in before)
    assert made == [
        ("Alias", "dev-runner-key"),
        ("Key", "dev-runner-key"),
        ("LogGroup", "dev-runner-logs"),
        ("Project", "dev-runner-project"),
        ("Role", "dev-runner-role"),
        ("RolePolicy", "dev-runner-policy"),
        ("Runner", "dev-runner"),
        ("SecurityGroup", "dev-runner-group"),
        ("SecurityGroupEgressRule", "dev-runner-https"),
        ("Webhook", "dev-runner-webhook"),
    ]


def test_it_takes_queued_jobs_of_the_workflows_that_act_in_an_account():
    assert one("aws:codebuild/webhook:Webhook")["filterGroups"] == [
        {
            "filters": [
                {"type": "EVENT", "pattern": "WORKFLOW_JOB_QUEUED"},
                {"type": "WORKFLOW_NAME", "pattern": "^(nightly|pulumi-preview|up)$"},
            ]
        }
    ]
    project = one(PROJECT)
    assert project["name"] == "example-dev-runner"
    assert project["source"] == {
        "type": "GITHUB",
        "location": "https://github.com/example/slipway.git",
        "gitCloneDepth": 1,
        "auth": {"type": "CODECONNECTIONS", "resource": RUNNER["connection_arn"]},
    }
    assert project["environment"]["privilegedMode"] is False
    assert (project["vpcConfig"]["vpcId"], project["vpcConfig"]["subnets"]) == (
        RUNNER["vpc_id"],
        RUNNER["subnet_ids"],
    )


def test_the_workflows_it_takes_are_those_that_use_it():
    files = (ROOT / ".github" / "workflows").glob("*.yml")
    texts = [path.read_text(encoding="utf-8") for path in files]
    names = {text.partition("\nname: ")[2].partition("\n")[0] or text.partition("name: ")[2].partition("\n")[0]
             for text in texts if "vars.CODEBUILD_RUNNER" in text}  # fmt: skip
    assert names == {"nightly", "pulumi-preview", "up"}


def test_nobody_reaches_it_and_it_reaches_https_alone():
    assert not [r for r in with_runner().graph if r.type.endswith("SecurityGroupIngressRule")]
    assert "ingress" not in one("aws:ec2/securityGroup:SecurityGroup")
    rule = one("aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule")
    assert (rule["ipProtocol"], rule["fromPort"], rule["toPort"], rule["cidrIpv4"]) == (
        "tcp",
        443,
        443,
        "0.0.0.0/0",
    )


INTERFACE = "arn:aws:ec2:eu-central-1:111122223333:network-interface/eni-1"


@pytest.mark.parametrize(
    ("action", "resource", "answer"),
    [
        ("codeconnections:UseConnection", RUNNER["connection_arn"], "yes"),
        ("codeconnections:UseConnection", RUNNER["connection_arn"][:-1] + "1", "no"),
        ("ec2:CreateNetworkInterface", "arn:aws:ec2:eu-central-1:111122223333:subnet/subnet-0aaaaaaaaaaaaaaa1", "yes"),
        ("ec2:CreateNetworkInterface", "arn:aws:ec2:eu-central-1:111122223333:subnet/subnet-0ccccccccccccccc1", "no"),
        ("logs:PutLogEvents", "arn:aws:logs:eu-central-1:111122223333:log-group:/slipway/example-dev/runner:x", "yes"),
        ("sts:AssumeRole", "arn:aws:iam::111122223333:role/example-dev-deploy", "no"),
        ("eks:DescribeCluster", "arn:aws:eks:eu-central-1:111122223333:cluster/example-dev", "no"),
        ("s3:GetObject", "arn:aws:s3:::example-bootstrap-state-111122223333-eu-central-1/.pulumi/x", "no"),
    ],
)  # fmt: skip
def test_its_role_has_codebuilds_needs_and_nothing_of_the_platform(action, resource, answer):
    who = next(i for i in identities(with_runner().graph) if i.name == "example-dev-runner")
    assert may(who, action, resource) == answer


def test_interfaces_are_lent_to_codebuild_in_its_subnets_only():
    (policy,) = [r for r in with_runner().graph if r.name == "dev-runner-policy"]
    (lends,) = [
        s
        for s in json.loads(policy.inputs["policy"])["Statement"]
        if s["Sid"] == "PermitServiceToUseInterfaces"
    ]
    assert lends["Condition"]["StringEquals"] == {"ec2:AuthorizedService": "codebuild.amazonaws.com"}
    assert lends["Condition"]["ArnEquals"]["ec2:Subnet"] == [
        f"arn:aws:ec2:eu-central-1:111122223333:subnet/{subnet}" for subnet in RUNNER["subnet_ids"]
    ]


def test_no_deploy_role_may_change_it():
    (limits,) = [r for r in with_runner().graph if r.name == "deploy-limits-policy"]
    (kept,) = [
        s for s in json.loads(limits.inputs["policy"])["Statement"] if s["Sid"] == "DenyBootstrapChanges"
    ]
    assert "arn:aws:iam::111122223333:role/example-dev-*runner" in kept["Resource"]


def test_it_is_exported_for_the_workflows_variable_and_the_clusters_group():
    assert with_runner().exports["runners"]["dev"]["project"] == "example-dev-runner"
    assert with_runner().exports["runners"]["dev"]["security_group_id"].startswith("sg-")


def test_the_gate_finds_nothing_more_in_it():
    def found(captured):
        said = judge(captured.graph, PACKS["all"])
        assert said.faults == ()
        return {(f.rule, f.urn, f.message) for f in said.findings}, {(u.rule, u.urn) for u in said.undecided}

    (findings, undecided), (mine, unsure) = found(bootstrap()), found(with_runner())
    assert sorted(mine - findings) == []
    assert sorted(unsure - undecided) == []


@pytest.mark.parametrize(
    ("runners", "said"),
    [
        (
            {"prod-models": RUNNER},
            "runners.prod-models: is no stack with a network here; there are dev, prod, staging",
        ),
        ({"nobody": RUNNER}, "runners.nobody: is no stack with a network here; there are dev, prod, staging"),
        (
            {"dev": {**RUNNER, "connection_arn": RUNNER["connection_arn"].replace("1111", "9999")}},
            "runners.dev.connection_arn: lies in account '999922223333', this bootstrap in '111122223333'",
        ),
        (
            {
                "dev": {
                    **RUNNER,
                    "connection_arn": RUNNER["connection_arn"].replace("eu-central-1", "us-east-1"),
                }
            },
            "runners.dev.connection_arn: lies in region 'us-east-1', this bootstrap in 'eu-central-1'",
        ),
        ({"dev": {**RUNNER, "subnet_ids": []}}, "runners.dev.subnet_ids"),
        ({"dev": {**RUNNER, "workflows": ["up|.*"]}}, "runners.dev.workflows.0"),
    ],
)
def test_a_runner_that_cannot_be_is_refused(runners, said):
    (account,) = chosen(["account"], ROOT / "bootstrap")
    with pytest.raises(SettingsError) as refused:
        load_bootstrap("account", {**account.raw, "runners": runners}, FOLDER)
    assert any(said in line for line in refused.value.lines), refused.value.lines
