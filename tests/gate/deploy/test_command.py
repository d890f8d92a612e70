import json

import pytest
from typer.testing import CliRunner

from gate.cli.app import app
from gate.core.errors import GateError
from gate.deploy.command import run


def test_the_text_says_what_on_what_and_when():
    said = CliRunner().invoke(app, ["permissions", "deploy", "prod-models"]).stdout
    calls = [
        "eks:CreatePodIdentityAssociation",
        "eks:DeletePodIdentityAssociation",
        "eks:DescribePodIdentityAssociation",
        "eks:ListPodIdentityAssociations",
        "eks:TagResource",
        "eks:UntagResource",
        "eks:UpdatePodIdentityAssociation",
    ]
    here = "arn:aws:eks:eu-central-1:111122223333"
    assert said.splitlines() == [
        "the deploy role of prod-models: 1 policies, 2 statements",
        f"may {', '.join(calls)}",
        f"  on {here}:cluster/example-prod, {here}:podidentityassociation/example-prod/*",
        "may iam:PassRole",
        "  on arn:aws:iam::111122223333:role/example-prod-model-reader",
        "  where iam:PassedToService StringEquals pods.eks.amazonaws.com",
    ]


def test_json_is_a_list_of_documents():
    said = CliRunner().invoke(app, ["permissions", "preview", "prod-models", "--format", "json"]).stdout
    (policy,) = json.loads(said)
    assert policy["Version"] == "2012-10-17"
    assert policy["Statement"][0]["Action"] == [
        "eks:DescribePodIdentityAssociation",
        "eks:ListPodIdentityAssociations",
    ]


@pytest.mark.parametrize(
    ("role", "form", "said"),
    [
        ("admin", "text", r"the role should be deploy or preview \(got 'admin'\)"),
        ("deploy", "yaml", r"--format: should be text, json \(got 'yaml'\)"),
    ],
)
def test_what_is_misspelt_is_refused(role, form, said):
    with pytest.raises(GateError, match=said):
        run(role, ["dev"], form, None, write=False)
