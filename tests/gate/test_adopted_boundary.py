"""A whole platform under a boundary of the organisation's own: every role carries it, and is held against it."""

import json
from dataclasses import replace
from datetime import date

import pytest
import yaml

from components.identity.permissions_boundary import boundary_document
from gate.capture.chosen import chosen
from gate.capture.stacks import capture_stack
from gate.core.checkout import ROOT
from gate.evaluate.preview import Options, preview
from policies.analysis.iam.identities import POLICY, ROLE
from stacks.identity import IdentitySettings
from stacks.load import FOLDER, read_stack
from tests.stacks.test_load import INVALID

ARN = "arn:aws:iam::111122223333:policy/acme/teams"
OWN = json.loads(
    boundary_document(read_stack("dev").names).replace("policy/example-dev-boundary", "policy/acme/teams")
)


def organisation(folder, document, *stacks):
    (folder / "stacks").mkdir()
    (folder / "releases").symlink_to(FOLDER.parent / "releases")
    for stack in stacks:
        raw = yaml.safe_load((FOLDER / f"Pulumi.{stack}.yaml").read_text(encoding="utf-8"))
        settings = raw["config"]["slipway:settings"]
        if "identity" in settings:
            settings["identity"] = {"boundary": {"existing": {"arn": ARN, "document": document}}}
        (folder / "stacks" / f"Pulumi.{stack}.yaml").write_text(yaml.safe_dump(raw), encoding="utf-8")
    return folder


def previewed(folder):
    options = Options(
        today=date(2026, 11, 28),
        output=folder / "out",
        organisation=folder,
        with_checkov=False,
        processes=1,
    )
    (found,) = preview([], options, lambda *_: None)
    assert found.problem == ""
    return found.report


def messages(report):
    return [f"{f.rule}: {f.message}" for f in report.findings if not f.waiver]


def test_a_platform_stands_under_a_boundary_that_says_what_ours_does(tmp_path):
    report = previewed(organisation(tmp_path, OWN, "dev"))
    assert messages(report) == []
    assert report.verdict == "pass"
    roles = [r for r in report.resources if r.type == ROLE]
    assert {r.inputs["permissionsBoundary"] for r in roles} == {ARN}
    assert len(roles) > 8
    why = "what of a boundary that somebody else made is as the stack file says"
    assert [one.what for one in report.not_seen if one.why == why] == [ARN]


def test_what_roles_need_and_it_leaves_out_is_named_at_each_role(tmp_path):
    """As one that an organisation wrote for applications: no machines, no volumes, and it may be widened."""
    kept = {
        "Data",
        "Telemetry",
        "Cluster",
        "Images",
        *(s["Sid"] for s in OWN["Statement"] if s["Effect"] == "Deny"),
    }
    short = [s for s in OWN["Statement"] if s["Sid"] in kept - {"DenyBoundaryChanges"}]
    wide = {
        "Sid": "Lifts",
        "Effect": "Allow",
        "Action": ["iam:DeleteRolePermissionsBoundary"],
        "Resource": "*",
    }
    said = messages(
        previewed(organisation(tmp_path, {"Version": "2012-10-17", "Statement": [*short, wide]}, "dev"))
    )
    outside = [line for line in said if line.startswith("permissions-lie-within-the-boundary")]
    assert any("ec2:RunInstances is outside the boundary teams" in line for line in outside)
    assert any("ec2:AttachVolume is outside the boundary teams" in line for line in outside)
    assert (
        "adopted-boundaries-refuse-what-ours-does: policy: allows iam:DeleteRolePermissionsBoundary: a role of the "
        "platform may widen or lift a boundary" in said
    )


@pytest.mark.parametrize("name", ["prod-models"])
def test_a_stack_on_top_is_under_the_same(tmp_path, name):
    folder = organisation(tmp_path, OWN, "prod", name)
    stack = read_stack(name, folder / "stacks")
    assert (stack.names.boundary_arn, stack.names.boundary) == (ARN, "teams")
    upstream = capture_stack(stack.upstream, {})
    (there,) = capture_stack(stack, {"prod": upstream.exports}).graph.elsewhere
    assert (there.type, there.outputs["arn"], json.loads(there.inputs["policy"])) == (POLICY, ARN, OWN)


def test_the_file_it_is_refused_in_stands_among_the_wrong_ones():
    assert (INVALID / "existing-boundary.txt").is_file()


def test_the_bootstrap_makes_none_and_lets_nobody_change_it(monkeypatch):
    there = IdentitySettings.model_validate({"boundary": {"existing": {"arn": ARN, "document": OWN}}})

    def told(name, folder):
        stack = read_stack(name, folder)
        return replace(stack, settings=stack.settings.model_copy(update={"identity": there}))

    monkeypatch.setattr("bootstrap.settings.read_stack", told)
    (account,) = chosen(["account"], ROOT / "bootstrap")
    graph = capture_stack(account, {}).graph
    policies = {p.inputs["name"]: json.loads(p.inputs["policy"])["Statement"] for p in graph.of_type(POLICY)}
    assert [name for name in policies if name.endswith("boundary")] == ["example-bootstrap-boundary"]
    (kept,) = [s for s in policies["example-bootstrap-boundary"] if s["Sid"] == "DenyBootstrapChanges"]
    assert ARN in kept["Resource"]
    assert {"iam:Create*", "iam:Delete*", "iam:SetDefault*"} <= set(kept["Action"])
