"""What a stack file may say of its registry."""

import pytest
from pydantic import ValidationError

from components.foundation.registry import Registry
from components.storage.registry_settings import RegistrySettings

HUB, GITHUB = "ecr-pullthroughcache/docker-hub-Ab12Cd", "ecr-pullthroughcache/github-Ab12Cd"
CREDENTIALS = {"docker.io": HUB, "ghcr.io": GITHUB}
OTHER = "444455556666.dkr.ecr.eu-central-1.amazonaws.com"


def test_the_account_s_own_registry_has_a_prefix_of_the_environment(names):
    settings = RegistrySettings(credentials=CREDENTIALS)
    assert settings.is_cached
    assert settings.registry(names) == Registry(
        "111122223333.dkr.ecr.eu-central-1.amazonaws.com",
        "test",
        "arn:aws:ecr:eu-central-1:111122223333:repository/test/*",
    )


def test_another_account_s_registry_is_asked_below_its_prefix(names):
    settings = RegistrySettings(host=OTHER, prefix="shared")
    assert not settings.is_cached
    assert settings.registry(names) == Registry(
        OTHER, "shared", "arn:aws:ecr:eu-central-1:444455556666:repository/shared/*"
    )
    assert settings.wrong_region("eu-central-1") is None
    assert settings.wrong_region("us-east-1") == "eu-central-1"


def test_a_registry_of_another_kind_has_no_repositories_of_aws(names):
    assert RegistrySettings(host="harbor.example.com").registry(names) == Registry("harbor.example.com")


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({}, r"credentials: docker.io, ghcr.io answer a cache only with credentials; .*docker-hub-Ab12Cd"),
        ({"credentials": {"docker.io": HUB}}, "credentials: ghcr.io answers a cache only with credentials"),
        (
            {"credentials": {**CREDENTIALS, "nvcr.io": HUB}},
            "credentials: ECR caches no nvcr.io; it caches docker.io",
        ),
        ({"host": OTHER, "credentials": CREDENTIALS}, "nothing is cached here where host is named"),
        ({"credentials": {**CREDENTIALS, "ghcr.io": "ecr-pullthroughcache/github"}}, "should match pattern"),
        ({"credentials": CREDENTIALS, "prefix": "fifteen-letters"}, "at most 14 characters"),
        ({"host": "no-host"}, "should match pattern"),
        ({"credentials": CREDENTIALS, "keep_images": 1}, "greater than or equal to 2"),
    ],
)
def test_what_cannot_work_is_refused(wrong, message):
    with pytest.raises(ValidationError, match=message):
        RegistrySettings(**wrong)
