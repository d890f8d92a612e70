"""What must hold between the links of an identity: association, trust, tags, boundary, session policy."""

from collections.abc import Iterable
from typing import Final

from policies.analysis.iam.identities import ASSOCIATION, POLICY, ROLE, Identity
from policies.analysis.iam.sessions import workloads
from policies.analysis.identity.layers import cut_off
from policies.analysis.identity.tag_guards import undone_guards
from policies.analysis.identity.trust import broken_links, inline_with_tags, tags_not_carried, unmet_tokens
from policies.engine.graph import Graph, Resource
from policies.engine.rule import Offence, Rule
from policies.engine.values import UndecidedError, at, mapping, text
from policies.rules.aws.privilege_escalation import DOCUMENT, HOLDERS, INLINE, PERMISSION_SET, told_at

_ACCOUNT: Final = "kubernetes:core/v1:ServiceAccount"
_ANNOTATION: Final = "eks.amazonaws.com/role-arn"


def _trust(role: Resource, graph: Graph) -> Iterable[Offence]:
    return broken_links(role, graph)


def _inline(association: Resource, _graph: Graph) -> Iterable[Offence]:
    return inline_with_tags(association)


def _sessions(graph: Graph) -> dict[str, Identity]:
    """Each association's session; none where who takes on which role is not known, which other rules say."""
    try:
        return {s.holder.urn: s for s in workloads(graph) if s.holder is not None}
    except UndecidedError:
        return {}


def _tags(association: Resource, graph: Graph) -> Iterable[Offence]:
    session = graph.once(_sessions).get(association.urn)
    return tags_not_carried(association, session.layers) if session else ()


def _tokens(account: Resource, graph: Graph) -> Iterable[Offence]:
    try:
        yield from unmet_tokens(account, graph)
    except UndecidedError:  # roles-trust-named-principals says so of the role itself
        return


def _bounded(role: Resource, graph: Graph) -> Iterable[Offence]:
    identity = graph.once(told_at).get(role.urn)
    if identity is None or identity.missing or len(identity.layers) < 2:  # noqa: PLR2004 own and boundary
        return
    for action, resource in cut_off(identity, 0):
        about = [s for s in identity.layers[1] if s.takes(action)]
        if not about or any(not s.allows for s in about):
            continue  # permissions-lie-within-the-boundary names actions that no resource is left of
        yield Offence(
            path="permissionsBoundary",
            problem=f"leaves nothing of {action} on {resource}, which the role's policy allows",
        )


def _narrowed(association: Resource, graph: Graph) -> Iterable[Offence]:
    session = graph.once(_sessions).get(association.urn)
    if session is None or session.missing or session.elsewhere or not association.inputs.get("policy"):
        return
    for action, resource in cut_off(session, len(session.layers) - 1):
        yield Offence(
            path="policy",
            problem=f"{action} on {resource} is not allowed by the role, so no session may do it",
        )


def _shared_by_default(account: Resource, _graph: Graph) -> Iterable[Offence]:
    if account.type == ASSOCIATION:
        path, name = "serviceAccount", text(at(account.inputs, "serviceAccount"), "serviceAccount")
        role = at(account.inputs, "roleArn")
    else:
        path, name = "metadata.annotations", text(at(account.inputs, "metadata.name"), "metadata.name")
        role = mapping(at(account.inputs, path), path).get(_ANNOTATION)
    if name == "default" and role is not None:
        where = text(at(account.inputs, "namespace") or at(account.inputs, "metadata.namespace"), "namespace")
        yield Offence(
            path=path,
            problem=f"every pod of {where or 'default'} that names no account gets the role",
            value=name if account.type == ASSOCIATION else _ANNOTATION,
        )


def _guards(holder: Resource, graph: Graph) -> Iterable[Offence]:
    identity = graph.once(told_at).get(holder.urn)
    return undone_guards(identity, DOCUMENT.get(holder.type, "")) if identity else ()


RULES: tuple[Rule, ...] = (
    Rule(
        id="pod-identity-roles-admit-their-pods",
        severity="high",
        applies_to=(ROLE,),
        why="EKS assumes the role and tags the session in one call: without both actions pods get no credentials.",
        fix="Allow pods.eks.amazonaws.com sts:AssumeRole and sts:TagSession, under conditions the association meets.",
        check=_trust,
        reads_graph=True,
    ),
    Rule(
        id="inline-session-policies-go-without-tags",
        severity="high",
        applies_to=(ASSOCIATION,),
        why="EKS refuses an association that has an inline policy and session tags.",
        fix="Set disable_session_tags to true beside policy, or drop the policy.",
        check=_inline,
    ),
    Rule(
        id="session-tags-are-on-where-policies-read-them",
        severity="high",
        applies_to=(ASSOCIATION,),
        why="A policy variable that is empty matches nothing, so every call is refused.",
        fix="Leave session tags on, or write the namespace and the service account into the policy.",
        check=_tags,
        reads_graph=True,
    ),
    Rule(
        id="default-accounts-have-no-role",
        severity="high",
        applies_to=(ASSOCIATION, _ACCOUNT),
        why="A pod gets the default account by saying nothing: so does one that somebody else made.",
        fix="Give the workload a service account of its own, and the role to that one.",
        check=_shared_by_default,
    ),
    Rule(
        id="roles-take-the-tokens-of-their-service-accounts",
        severity="high",
        applies_to=(_ACCOUNT,),
        why="A trust for another subject or audience refuses the token, and the SDK fails at its first call.",
        fix="Name system:serviceaccount:NAMESPACE:NAME in :sub and sts.amazonaws.com in :aud of the role's trust.",
        check=_tokens,
        reads_graph=True,
    ),
    Rule(
        id="boundaries-reach-what-roles-are-for",
        severity="high",
        applies_to=(ROLE,),
        why="A boundary that allows an action on other resources refuses it on the role's own.",
        fix="Name the role's resources in the boundary, or drop the action from the role's policy.",
        check=_bounded,
        reads_graph=True,
    ),
    Rule(
        id="session-policies-narrow-what-roles-allow",
        severity="high",
        applies_to=(ASSOCIATION,),
        why="A session may do what both the role and the session policy allow: what only one allows is refused.",
        fix="Allow the action in the role's policy too, or drop it from the session policy.",
        check=_narrowed,
        reads_graph=True,
    ),
    Rule(
        id="tag-guards-are-out-of-reach-of-the-guarded",
        severity="high",
        applies_to=(*HOLDERS, POLICY, PERMISSION_SET, *INLINE),
        why="Whoever may write a tag chooses what a condition on it says: it guards nothing.",
        fix="Drop the tagging action, or exclude the key by a condition on aws:TagKeys or aws:RequestTag.",
        check=_guards,
        reads_graph=True,
    ),
)
