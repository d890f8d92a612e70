"""What must hold for trust: who may take on a role."""

from collections.abc import Iterable
from functools import partial
from typing import Final

from facts.deputies import deputies, service_name
from policies.analysis.iam.accounts import homes, whole_others
from policies.analysis.iam.callers import lets_everyone_in, open_statements, unrefused
from policies.analysis.iam.identities import ASSOCIATION, ROLE
from policies.analysis.iam.statements import Statement, each, statements
from policies.engine.collect_errors import every
from policies.engine.graph import Graph, Resource
from policies.engine.rule import Offence, Rule
from policies.engine.values import at, flag, text
from policies.rules.aws.resource_policies import shared_with

_POD_SERVICE: Final = "pods.eks.amazonaws.com"
_CLUSTER_KEYS: Final = frozenset(
    {"aws:requesttag/eks-cluster-arn", "aws:requesttag/eks-cluster-name", "aws:sourcearn"}
)
_TRUST: Final = "assumeRolePolicy"
_NAMESPACE_KEY: Final = "aws:requesttag/kubernetes-namespace"
_DEPUTIES_NAME: Final = (
    "aws:principaltag/",
    "aws:sourceaccount",
    "aws:sourcearn",
    "aws:sourceorgid",
    "aws:sourceorgpaths",
    "sts:externalid",
)
_AUDIENCES: Final = (
    "accounts.google.com",
    "cognito-identity.amazonaws.com",
    "graph.facebook.com",
    "www.amazon.com",
)
"""Issuers that IAM knows by name, whose tokens are for any application unless their audience is asked for."""


def _open_trust(role: Resource, _graph: Graph) -> Iterable[Offence]:
    trust = at(role.inputs, "assumeRolePolicy")
    return every([partial(_for_anybody, trust), partial(each, statements(trust, _TRUST), _any_token)])


def _for_anybody(trust: object) -> Iterable[Offence]:
    for statement in open_statements(trust, _TRUST):
        yield lets_everyone_in(statement, "anybody in any account may take on the role")


def _any_token(statement: Statement) -> Iterable[Offence]:
    """Tokens of an OIDC issuer must be narrowed to a subject, assertions of a SAML provider to an audience."""
    if not statement.allows:
        return
    federated = statement.principals("Federated")
    issuers = [p for p in federated if ":oidc-provider/" in p]
    if issuers and not any(c.key.endswith(":sub") for c in statement.pinned()):
        yield _taken_on(statement, issuers[0], f"every token of {issuers[0]}")
    vouchers = [p for p in federated if ":saml-provider/" in p]
    if vouchers and not any(c.key.startswith("saml:") for c in statement.pinned()):
        yield _taken_on(statement, vouchers[0], f"every assertion of {vouchers[0]}, whoever it is for,")
    known = [p for p in federated if p in _AUDIENCES]
    if known and not any(c.key.endswith((":aud", ":app_id", ":sub")) for c in statement.pinned()):
        yield _taken_on(statement, known[0], f"every token of {known[0]}")


def _taken_on(statement: Statement, provider: str, by: str) -> Offence:
    return Offence(
        path=statement.place("Principal.Federated", provider),
        problem=f"{by} may take on the role",
        value=provider,
    )


def _any_pod(role: Resource, _graph: Graph) -> Iterable[Offence]:
    """AWS's own form names nobody: whoever may associate and pass the role decides. Ours does not leave it there."""
    return each(statements(at(role.inputs, "assumeRolePolicy"), _TRUST), _unnamed_pods)


def _unnamed_pods(statement: Statement) -> Iterable[Offence]:
    if not statement.allows or _POD_SERVICE not in statement.principals("Service"):
        return
    keys = {c.key for c in statement.pinned()}
    if not keys & _CLUSTER_KEYS:
        yield Offence(
            path=statement.place("Condition"),
            problem="pods of every cluster in the account may take on the role",
        )
    if _NAMESPACE_KEY not in keys:
        yield Offence(
            path=statement.place("Condition"), problem="pods of every namespace may take on the role"
        )


def _without_tags(association: Resource, _graph: Graph) -> Iterable[Offence]:
    is_untagged = flag(at(association.inputs, "disableSessionTags"), "disableSessionTags")
    if is_untagged and not text(at(association.inputs, "policy"), "policy"):
        yield Offence(
            path="disableSessionTags",
            problem="neither trust nor permissions can tell this workload from another",
            value=at(association.inputs, "disableSessionTags"),
        )


def _whole_accounts(role: Resource, graph: Graph) -> Iterable[Offence]:
    own = homes(graph)
    for statement in unrefused(at(role.inputs, _TRUST), lambda s: bool(whole_others(s, own)), _TRUST):
        for account in whole_others(statement, own):
            yield shared_with(statement, account, "may take on the role")


def _for_whom(role: Resource, _graph: Graph) -> Iterable[Offence]:
    return each(statements(at(role.inputs, _TRUST), _TRUST), _deputies)


def _deputies(statement: Statement) -> Iterable[Offence]:
    if not statement.allows or any(c.key.startswith(_DEPUTIES_NAME) for c in statement.pinned()):
        return
    for service in statement.principals("Service"):
        if service_name(service).partition(".")[0] in deputies():
            yield Offence(
                path=statement.place("Principal.Service", service),
                problem=f"{service} may take on the role for any account",
                value=service,
            )


RULES: tuple[Rule, ...] = (
    Rule(
        id="roles-trust-named-principals",
        severity="critical",
        applies_to=(ROLE,),
        why="A role that trusts everybody is a public credential.",
        fix="Name the service, account or role; for an OIDC issuer add a condition on its :sub, for SAML on SAML:aud.",
        check=_open_trust,
        same_as=("CKV_AWS_60",),
    ),
    Rule(
        id="pod-identities-carry-session-tags",
        severity="high",
        applies_to=(ASSOCIATION,),
        why="Session tags are what one role for many workloads is narrowed by.",
        fix="Leave disable_session_tags off, or give the association an inline policy of its own.",
        check=_without_tags,
    ),
    Rule(
        id="roles-trust-no-whole-other-account",
        severity="critical",
        applies_to=(ROLE,),
        why="Whoever administers the other account decides who comes, and who tricks them comes too.",
        fix="Name a role of theirs, or add a condition on sts:ExternalId, aws:PrincipalOrgID or aws:PrincipalArn.",
        check=_whole_accounts,
        reads_graph=True,
        same_as=("CKV_AWS_61",),
    ),
    Rule(
        id="service-roles-set-source-account",
        severity="high",
        aliases=("service-roles-say-for-whom",),
        applies_to=(ROLE,),
        why="Such a service takes on roles for whoever asks it to: another account's request gets this role's data.",
        fix="Add a condition on aws:SourceAccount or aws:SourceArn to the trust policy.",
        check=_for_whom,
    ),
)

PLATFORM: tuple[Rule, ...] = (
    Rule(
        id="pod-roles-name-their-namespaces",
        severity="high",
        applies_to=(ROLE,),
        why="Otherwise whoever may create an association gives the role to any pod of any cluster.",
        fix="Use components.iam_document.pod_identity_trust: request tags of the cluster and its namespaces.",
        check=_any_pod,
    ),
)
