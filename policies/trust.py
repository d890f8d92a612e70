"""What must hold for trust: who may take on a role, and who may use what has a policy of its own."""

from collections.abc import Iterable
from functools import partial
from typing import Final

from policies.deferring import every
from policies.iam.callers import open_statements
from policies.iam.identities import ASSOCIATION, ROLE
from policies.iam.statements import Statement, each, statements
from policies.reading import at, flag, text
from policies.record import Graph, Resource
from policies.rule import Rule

_POD_SERVICE: Final = "pods.eks.amazonaws.com"
_CLUSTER_KEYS: Final = frozenset(
    {"aws:requesttag/eks-cluster-arn", "aws:requesttag/eks-cluster-name", "aws:sourcearn"}
)
_TRUST: Final = "assumeRolePolicy"
_NAMESPACE_KEY: Final = "aws:requesttag/kubernetes-namespace"
_RESOURCE_POLICIES: Final = (
    "aws:s3/bucketPolicy:BucketPolicy",
    "aws:sqs/queuePolicy:QueuePolicy",
    "aws:sns/topicPolicy:TopicPolicy",
    "aws:ecr/repositoryPolicy:RepositoryPolicy",
    "aws:secretsmanager/secretPolicy:SecretPolicy",
)


def _open_trust(role: Resource, _graph: Graph) -> Iterable[str]:
    trust = at(role.inputs, "assumeRolePolicy")
    return every([partial(_for_anybody, trust), partial(each, statements(trust, _TRUST), _any_token)])


def _for_anybody(trust: object) -> Iterable[str]:
    for statement in open_statements(trust, _TRUST):
        yield f"{statement.name}: anybody in any account may take on the role"


def _any_token(statement: Statement) -> Iterable[str]:
    """Tokens of an OIDC issuer must be narrowed to a subject; other federations have none."""
    issuers = [p for p in statement.principals("Federated") if ":oidc-provider/" in p]
    if statement.allows and issuers and not any(c.key.endswith(":sub") for c in statement.pinned()):
        yield f"{statement.name}: every token of {issuers[0]} may take on the role"


def _any_pod(role: Resource, _graph: Graph) -> Iterable[str]:
    return each(statements(at(role.inputs, "assumeRolePolicy"), _TRUST), _unnamed_pods)


def _unnamed_pods(statement: Statement) -> Iterable[str]:
    if not statement.allows or _POD_SERVICE not in statement.principals("Service"):
        return
    keys = {c.key for c in statement.pinned()}
    if not keys & _CLUSTER_KEYS:
        yield f"{statement.name}: pods of every cluster in the account may take on the role"
    if _NAMESPACE_KEY not in keys:
        yield f"{statement.name}: pods of every namespace may take on the role"


def _without_tags(association: Resource, _graph: Graph) -> Iterable[str]:
    is_untagged = flag(at(association.inputs, "disableSessionTags"), "disableSessionTags")
    if is_untagged and not text(at(association.inputs, "policy"), "policy"):
        yield "disableSessionTags: neither trust nor permissions can tell this workload from another"


def _open_policy(holder: Resource, _graph: Graph) -> Iterable[str]:
    for statement in open_statements(at(holder.inputs, "policy")):
        yield f"{statement.name}: allows everybody, in any account"


RULES: tuple[Rule, ...] = (
    Rule(
        id="roles-trust-named-principals",
        applies_to=(ROLE,),
        why="A role that trusts everybody is a public credential.",
        fix="Name the service, account or role; for an OIDC issuer add a condition on its :sub.",
        check=_open_trust,
    ),
    Rule(
        id="pod-roles-name-their-namespaces",
        applies_to=(ROLE,),
        why="Otherwise whoever may create an association gives the role to any pod of any cluster.",
        fix="Use components.iam_document.pod_identity_trust: request tags of the cluster and its namespaces.",
        check=_any_pod,
    ),
    Rule(
        id="pod-identities-carry-session-tags",
        applies_to=(ASSOCIATION,),
        why="Session tags are what one role for many workloads is narrowed by.",
        fix="Leave disable_session_tags off, or give the association an inline policy of its own.",
        check=_without_tags,
    ),
    Rule(
        id="resource-policies-name-their-principals",
        applies_to=_RESOURCE_POLICIES,
        why="A resource policy open to everybody publishes the resource.",
        fix="Name principals, or add a condition on their account, organisation or network.",
        check=_open_policy,
    ),
)
