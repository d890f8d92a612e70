"""What a stack file may say of a cluster that somebody else made."""

import pytest

from components.cluster.existing_cluster import ExistingCluster

EXISTING = {
    "name": "shared",
    "version": "1.35",
    "endpoint": "https://0123456789ABCDEF0123456789ABCDEF.gr7.eu-central-1.eks.amazonaws.com",
    "certificate_authority": "LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCmV4YW1wbGUKLS0tLS1FTkQgQ0VSVElGSU"
    "NBVEUtLS0tLQo=",
    "security_group_id": "sg-0a1b2c3d4e5f60718",
    "authentication_mode": "API",
    "creator_administers": False,
    "private_endpoint": True,
    "public_access_cidrs": [],
    "secrets_key_arn": "arn:aws:kms:eu-central-1:111122223333:key/0a1b2c3d-0000-4000-8000-000000000000",
    "log_types": ["api", "audit", "authenticator", "controllerManager", "scheduler"],
    "auto_mode": False,
    "add_ons": {
        "vpc-cni": {"version": "v1.20.4-eksbuild.2", "network_policies": True},
        "kube-proxy": {"version": "v1.35.0-eksbuild.2"},
        "coredns": {"version": "v1.13.1-eksbuild.1"},
    },
}


def told(**more):
    return ExistingCluster.model_validate({**EXISTING, **more})


def test_rules_read_it_in_the_words_of_eks():
    assert told().shown == {
        "name": "shared",
        "version": "1.35",
        "accessConfig": {"authenticationMode": "API", "bootstrapClusterCreatorAdminPermissions": False},
        "vpcConfig": {
            "endpointPrivateAccess": True,
            "endpointPublicAccess": False,
            "publicAccessCidrs": [],
        },
        "encryptionConfig": {
            "provider": {"keyArn": EXISTING["secrets_key_arn"]},
            "resources": ["secrets"],
        },
        "enabledClusterLogTypes": EXISTING["log_types"],
    }
    assert told(secrets_key_arn=None).shown["encryptionConfig"] == {}
    assert told(public_access_cidrs=["0.0.0.0/0"]).shown["vpcConfig"] == {
        "endpointPrivateAccess": True,
        "endpointPublicAccess": True,
        "publicAccessCidrs": ["0.0.0.0/0"],
    }


@pytest.mark.parametrize("field", sorted(EXISTING))
def test_nothing_that_counts_has_a_default(field):
    with pytest.raises(ValueError, match=rf"{field}\n  Field required"):
        ExistingCluster.model_validate({k: v for k, v in EXISTING.items() if k != field})


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"version": "1.34"}, r"version: add-ons, charts .* are pinned for '1.35' \(got '1.34'\)"),
        ({"authentication_mode": "CONFIG_MAP"}, r"need 'API' or 'API_AND_CONFIG_MAP' \(got 'CONFIG_MAP'\)"),
        (
            {"private_endpoint": False},
            r"private_endpoint: nodes reach the API inside the VPC only \(got false\)",
        ),
        ({"auto_mode": True}, r"auto_mode: two programs would make nodes .* \(got true\)"),
        ({"endpoint": "http://10.0.0.1"}, "endpoint"),
        ({"certificate_authority": "ZXhhbXBsZQ=="}, "not a certificate in base64"),
        ({"certificate_authority": "%"}, "not a certificate in base64"),
        ({"public_access_cidrs": ["here"]}, r"not an address range such as 203.0.113.0/24 \(got 'here'\)"),
        (
            {"add_ons": {"vpc-cni": {"version": "v1.13.2-eksbuild.1", "network_policies": True}}},
            r"add_ons.vpc-cni.version: NetworkPolicies are enforced since v1.14 \(got 'v1.13.2-eksbuild.1'\)",
        ),
        (
            {"add_ons": {"vpc-cni": {"version": "v1.20.4-eksbuild.2"}}},
            r"add_ons.vpc-cni.network_policies: every NetworkPolicy would be accepted and ignored \(got false\)",
        ),
        (
            {"add_ons": {"kube-proxy": {"version": "v1.36.0-eksbuild.1"}}},
            r"add_ons.kube-proxy.version: is newer than the API server 1.35 \(got 'v1.36.0-eksbuild.1'\)",
        ),
        (
            {"add_ons": {"coredns": {"version": "v1.13.1-eksbuild.1", "network_policies": True}}},
            r"add_ons.coredns.network_policies: vpc-cni alone has this \(got true\)",
        ),
        ({"add_ons": {"coredns": {"version": "latest"}}}, "add_ons.coredns.version"),
        ({"add_ons": {"guardduty": {"version": "v1.0.0-eksbuild.1"}}}, "add_ons.guardduty"),
    ],
)
def test_what_cannot_carry_a_platform_is_refused(change, message):
    with pytest.raises(ValueError, match=message):
        told(**change)


def test_every_problem_is_told_at_once():
    with pytest.raises(ValueError, match=r"version: .*; private_endpoint: .*; auto_mode: ") as refused:
        told(version="1.33", private_endpoint=False, auto_mode=True)
    assert refused.value.errors()[0]["msg"].count("(got ") == 4
