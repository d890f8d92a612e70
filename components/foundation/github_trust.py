"""Who a role trusts when a workflow of GitHub asks for it: one environment of one repository."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Final

import pulumi
import pulumi_aws as aws
from pydantic import Field

from components.foundation.base import Handle, PlatformComponent, Settings
from components.foundation.iam_document import Statement, document
from components.foundation.names import Names

ISSUER: Final = "token.actions.githubusercontent.com"
AUDIENCE: Final = "sts.amazonaws.com"
"""What aws-actions/configure-aws-credentials asks a token for."""


class GithubSettings(Settings):
    """``github:`` in the bootstrap's stack file: the repository whose workflows deploy."""

    repository: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9-]{0,38}/[A-Za-z0-9._-]{1,100}$")]
    """Owner and name. Which branches may use an environment is a rule of the environment: GitHub's subject names
    the environment instead of the branch, and AWS compares the subject and the audience alone."""


@dataclass(frozen=True, kw_only=True)
class GithubTrustArgs:
    """What :class:`GithubTrust` needs: whom tokens have to be made out to."""

    audience: str = AUDIENCE


@dataclass(frozen=True, kw_only=True)
class GithubTrustHandle(Handle):
    """What others may use of :class:`GithubTrust`: that roles can name it."""


class GithubTrust(PlatformComponent):
    """The account takes tokens that GitHub signs for workflows. By itself that lets nobody in: roles say whose."""

    TYPE = "slipway:foundation:GithubTrust"

    def __init__(self, name: str, args: GithubTrustArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        provider = aws.iam.OpenIdConnectProvider(
            f"{name}-provider",
            url=f"https://{ISSUER}",
            client_id_lists=[args.audience],
            # No thumbprints: IAM checks GitHub by its own authorities (IAM user guide, read 2026-11).
            tags=self.tags(f"{name}-provider"),
            opts=self.child_opts(protect=True),
        )
        self.handle = GithubTrustHandle(ready=(provider,))
        self.register_outputs({})


def workflow_trust(names: Names, github: GithubSettings, environment: str, people: Sequence[str] = ()) -> str:
    """Trust in the workflows that run in one environment of the repository, and in roles of people.

    The subject is compared as a whole: a fork, another repository, a branch without the environment has another one.
    """
    provider = f"arn:{names.partition}:iam::{names.account}:oidc-provider/{ISSUER}"
    workflow = Statement(
        sid="AssumeRoleFromWorkflow",
        actions=["sts:AssumeRoleWithWebIdentity"],
        principals={"Federated": [provider]},
        conditions={
            "StringEquals": {
                f"{ISSUER}:aud": AUDIENCE,
                f"{ISSUER}:sub": f"repo:{github.repository}:environment:{environment}",
            }
        },
    )
    if not people:
        return document(workflow)
    return document(
        workflow,
        Statement(sid="AssumeRoleByPeople", actions=["sts:AssumeRole"], principals={"AWS": list(people)}),
    )
