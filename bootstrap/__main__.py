"""What has to exist in an account before the first `up`; an administrator brings it up, and nobody else can."""

from pathlib import Path

import pulumi

from bootstrap.settings import derived, load_bootstrap
from components.cluster.providers import aws_provider
from components.cluster.runner import Runner, RunnerArgs
from components.foundation.deploy_boundary import DeployBoundary, DeployBoundaryArgs
from components.foundation.deploy_role import (
    DEPLOY_SESSION_SECONDS,
    PREVIEW_SESSION_SECONDS,
    DeployRole,
    DeployRoleArgs,
    Kind,
    chart_statements,
    publisher_statements,
)
from components.foundation.github_trust import GithubTrust, GithubTrustArgs, workflow_trust
from components.identity.permissions_boundary import PermissionsBoundary, PermissionsBoundaryArgs
from components.storage.state_store import StateStore, StateStoreArgs, state_statements

here = Path(pulumi.get_root_directory() or ".")
name = pulumi.get_stack()
account = load_bootstrap(name, pulumi.Config().require_object("settings"), here.parent / "stacks")
own, names = account.settings, account.names
on_aws = pulumi.ResourceOptions(provider=aws_provider(names, own.platform.platform.tags(name)))

# Where states are kept, and whose tokens the account takes.
deployers, previewers = account.role_arns("deploy"), account.role_arns("preview")
store = StateStore("state", StateStoreArgs(names=names, writers=deployers, readers=previewers), on_aws)
trust = GithubTrust("github", GithubTrustArgs(), on_aws)

# The most that the roles of each platform can do, and the most that the roles below can do. No deploy role may change
# either: who can widen a boundary is bounded by nothing.
for its in account.platforms.values():
    if its.adopted_boundary is None:  # an organisation's own is made, and changed, by nobody here
        PermissionsBoundary(f"{its.environment}-boundary", PermissionsBoundaryArgs(names=its), on_aws)
kept = (
    names.boundary_arn,
    *(its.boundary_arn for its in account.platforms.values()),
    *(f"arn:{names.partition}:iam::{names.account}:{kind}/{its.platform}-*{role}{end}"
      for its in account.platforms.values()
      for role in ("deploy", "preview", "publisher", "runner")
      for kind, end in (("role", ""), ("policy", "-*"))),
)  # fmt: skip
limits = DeployBoundary("deploy-limits", DeployBoundaryArgs(names=names, kept=kept), on_aws)
bounded = pulumi.ResourceOptions(
    provider=on_aws.provider, depends_on=[*trust.handle.ready, *limits.handle.ready]
)

# Two roles a stack, and one a platform that publishes models.
for stack in account.stacks.values():
    above = [other.name for other in account.above(stack)]
    jobs: tuple[tuple[Kind, str, int], ...] = (
        ("deploy", stack.name, DEPLOY_SESSION_SECONDS),
        ("preview", f"{stack.name}-read", PREVIEW_SESSION_SECONDS),
    )
    for kind, environment, seconds in jobs:
        people = own.administrator_role_arns if kind == "deploy" else []
        DeployRole(
            f"{stack.name}-{kind}",
            DeployRoleArgs(
                names=stack.names,
                role=account.role(kind, stack),
                trust=workflow_trust(names, own.github, environment, people),
                boundary_arn=names.boundary_arn,
                session_seconds=seconds,
                statements=[
                    *state_statements(names, stack.name, above, writes=kind == "deploy"),
                    # A stack of models alone installs no chart.
                    *(
                        chart_statements(stack.registry, writes=kind == "deploy")
                        if stack.settings.sections() != ["models"]
                        else []
                    ),
                ],
                derived=derived(stack.name, kind, here),
            ),
            bounded,
        )
    if stack.settings.model_store is not None and stack.settings.model_store.publisher_role_arn is None:
        DeployRole(
            f"{stack.name}-publisher",
            DeployRoleArgs(
                names=stack.names,
                role="publisher",
                trust=workflow_trust(names, own.github, f"{stack.name}-publish"),
                boundary_arn=names.boundary_arn,
                session_seconds=DEPLOY_SESSION_SECONDS,
                statements=publisher_statements(stack.names),
            ),
            bounded,
        )

# Where jobs run that reach a private API: a project a network, where the file asks for one.
runners = {
    name: Runner(
        f"{name}-runner",
        RunnerArgs(
            settings=settings,
            names=account.stacks[name].names,
            repository=own.github.repository,
            boundary_arn=names.boundary_arn,
        ),
        bounded,
    ).handle.exports()
    for name, settings in own.runners.items()
}

pulumi.export("state", store.handle.exports())
pulumi.export("runners", runners)
