"""What may pass an endpoint. That AWS evaluates it so cannot be shown without an account."""

import json

import pytest
from pydantic import ValidationError

from components.foundation.registry import Registry
from components.network.endpoint_policy import PerimeterSettings, endpoint_document
from components.network.vpc_endpoints import INTERFACES

OWN = {"aws:PrincipalAccount": "111122223333", "aws:ResourceAccount": "111122223333"}
ALONE = PerimeterSettings()


def _by_sid(text):
    return {s.pop("Sid"): s for s in json.loads(text)["Statement"]}


@pytest.mark.parametrize("service", ["s3", *(s for s in INTERFACES if s != "eks-auth")])
def test_own_identities_reach_own_resources(names, service):
    own = _by_sid(endpoint_document(names, service, ALONE))["OwnIdentitiesOwnResources"]
    assert own == {
        "Effect": "Allow",
        "Action": [f"{service.partition('.')[0]}:*"],
        "Principal": {"AWS": ["*"]},
        "Resource": ["*"],
        "Condition": {"StringEquals": OWN},
    }


def test_an_organisation_takes_the_accounts_place(names):
    organised = PerimeterSettings(organization_id="o-a1b2c3d4e5")
    for statement in _by_sid(endpoint_document(names, "kms", organised)).values():
        assert statement["Condition"] == {
            "StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5", "aws:ResourceOrgID": "o-a1b2c3d4e5"}
        }


def test_layers_of_images_come_from_buckets_of_others_and_nothing_goes_there(names):
    layers = _by_sid(endpoint_document(names, "s3", ALONE))["ReadImageLayers"]
    assert layers == {
        "Effect": "Allow",
        "Action": ["s3:GetObject"],
        "Principal": {"AWS": ["*"]},
        "Resource": [
            "arn:aws:s3:::prod-eu-central-1-starport-layer-bucket/*",
            "arn:aws:s3:::prod-registry-k8s-io-eu-central-1/*",
            "arn:aws:s3:::quayio-production-s3/*",
        ],
    }


def test_with_a_registry_of_ones_own_nothing_comes_from_public_ones(names):
    own = Registry("registry.example.com", "prod")
    layers = _by_sid(endpoint_document(names, "s3", ALONE, own))["ReadImageLayers"]
    assert layers["Resource"] == ["arn:aws:s3:::prod-eu-central-1-starport-layer-bucket/*"]


def test_what_services_need_of_aws_is_named(names):
    said = {
        s: set(_by_sid(endpoint_document(names, s, ALONE))) for s in ("s3", *INTERFACES) if s != "eks-auth"
    }
    special = {s: sids - {"OwnIdentitiesOwnResources"} for s, sids in said.items()}
    assert {s: sids for s, sids in special.items() if sids} == {
        "s3": {"ReadImageLayers"},
        "ecr.api": {"PullFromAnyRegistry"},
        "ecr.dkr": {"PullFromAnyRegistry"},
        "ec2": {"ImagesOfAmazon"},
        "sts": {"TokensForOwnRoles"},
    }
    assert endpoint_document(names, "eks-auth", ALONE) is None


def test_a_shared_registrys_account_is_named(names):
    shared = PerimeterSettings(accounts=["444455556666"])
    statement = _by_sid(endpoint_document(names, "ecr.api", shared))["OwnIdentitiesNamedAccounts"]
    assert statement["Condition"] == {
        "StringEquals": {"aws:PrincipalAccount": "111122223333", "aws:ResourceAccount": ["444455556666"]}
    }


@pytest.mark.parametrize("wrong", [{"organization_id": "r-abcd"}, {"accounts": ["1234"]}])
def test_what_is_no_account_or_organisation_is_refused(wrong):
    with pytest.raises(ValidationError, match="should match pattern"):
        PerimeterSettings(**wrong)
