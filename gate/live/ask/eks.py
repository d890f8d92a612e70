"""The cluster as EKS knows it: version, add-ons, and whether the caller is let in."""

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from gate.live.ask.account import Plan
from gate.live.ask.aws import Aws, RefusedError
from gate.live.ask.check import Check, check

_ABSENT = "ResourceNotFoundException"


def control_plane(aws: Aws, plan: Plan) -> Check:
    """Whether the cluster is there, active and of the stack's version."""

    def judge() -> tuple[bool, str]:
        try:
            found = aws.ask("eks", "describe_cluster", name=plan["cluster"])["cluster"]
        except RefusedError as error:
            if error.code != _ABSENT:
                raise
            return False, "it does not exist in this account and region: the stack was never brought up"
        said = f"{found['status']}, Kubernetes {found['version']}"
        fine = found["status"] == "ACTIVE" and found["version"] == plan["kubernetes_version"]
        return fine, said if fine else f"{said}; should be ACTIVE and {plan['kubernetes_version']}"

    return check("cluster", plan["cluster"], f"eks:DescribeCluster {plan['cluster']}", judge)


def add_ons(aws: Aws, plan: Plan) -> Iterator[Check]:
    """Each add-on of the stack: there, healthy, of the pinned version."""
    for name, version in plan["add_ons"].items():
        yield check(
            "add-ons",
            name,
            f"eks:DescribeAddon {name}",
            partial(_add_on, aws, plan["cluster"], name, version),
        )


def _add_on(aws: Aws, cluster: str, name: str, version: str) -> tuple[bool, str]:
    try:
        found: Mapping[str, Any] = aws.ask("eks", "describe_addon", clusterName=cluster, addonName=name)[
            "addon"
        ]
    except RefusedError as error:
        if error.code != _ABSENT:
            raise
        return False, f"it is not there; the stack has {version}"
    issues = [issue.get("code", "?") for issue in found.get("health", {}).get("issues", ())]
    said = f"{found['addonVersion']}, {found['status']}"
    if found["addonVersion"] != version:
        return False, f"{said}; the stack has {version}"
    if found["status"] != "ACTIVE" or issues:
        return False, f"{said}{': ' + ', '.join(issues) if issues else ''}"
    return True, said


def entry(aws: Aws, plan: Plan) -> Check:
    """Whether an access entry of the cluster lets the caller's role in."""

    def judge() -> tuple[bool, str]:
        principal = _with_path(aws, principal_of(aws.ask("sts", "get_caller_identity")["Arn"]))
        try:
            found = aws.ask(
                "eks", "describe_access_entry", clusterName=plan["cluster"], principalArn=principal
            )
        except RefusedError as error:
            if error.code != _ABSENT:
                raise
            return (
                False,
                f"no access entry names {principal}: add one to cluster.access, or take on a role of it",
            )
        groups = found["accessEntry"].get("kubernetesGroups") or []
        return True, f"{principal} is let in" + (f" as {', '.join(groups)}" if groups else "")

    return check("caller", "cluster", f"eks:DescribeAccessEntry {plan['cluster']} of the caller", judge)


def _with_path(aws: Aws, principal: str) -> str:
    """A role's path (single sign-on gives one) is in no session's ARN, and an access entry names it."""
    _, is_role, name = principal.partition(":role/")
    if not is_role:
        return principal
    try:
        return str(aws.ask("iam", "get_role", RoleName=name)["Role"]["Arn"])
    except RefusedError:
        return principal


def principal_of(arn: str) -> str:
    """The role behind a session: ``sts::...:assumed-role/ROLE/SESSION`` stands for ``iam::...:role/ROLE``."""
    head, _, rest = arn.partition(":assumed-role/")
    if not rest:
        return arn
    return f"{head.replace(':sts:', ':iam:')}:role/{rest.partition('/')[0]}"
