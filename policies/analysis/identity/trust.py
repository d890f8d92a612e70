"""Which pods a role is for, and whether its trust lets them in with everything that EKS sends along.

EKS Pod Identity calls ``sts:AssumeRole`` and tags the session with ``sts:TagSession`` unless the association switches
session tags off (EKS user guide, "EKS Pod Identity role", read 2026-11-28).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from policies.analysis.iam.identities import ASSOCIATION, ROLE
from policies.analysis.iam.statements import Statement, statements
from policies.analysis.kubernetes.metadata import annotation, name_of, namespace_of
from policies.engine.graph import UNKNOWN, Graph, Resource
from policies.engine.references import referred_to
from policies.engine.rule import Offence
from policies.engine.values import at, flag, mapping

POD_SERVICE: Final = "pods.eks.amazonaws.com"
ADDON: Final = "aws:eks/addon:Addon"
ROLE_ANNOTATION: Final = "eks.amazonaws.com/role-arn"
_AUDIENCE_ANNOTATION: Final = "eks.amazonaws.com/audience"
_AUDIENCE: Final = "sts.amazonaws.com"
_ASSUME: Final = "sts:AssumeRole"
_TAG: Final = "sts:TagSession"
_WEB_IDENTITY: Final = "sts:AssumeRoleWithWebIdentity"
_TRUST: Final = "assumeRolePolicy"


@dataclass(frozen=True, kw_only=True)
class Link:
    """Pods that get a role by an association: who they are, and whether their sessions are tagged."""

    by: Resource
    pods: str
    is_tagged: bool
    context: Mapping[str, str]


def links_to(role: Resource, graph: Graph) -> tuple[Link, ...]:
    """The associations of a graph that certainly name a role, those that add-ons bring along too."""
    return tuple(graph.once(_links).get(role.urn, ()))


def _links(graph: Graph) -> dict[str, list[Link]]:
    found: dict[str, list[Link]] = {}
    for association in graph.of_type(ASSOCIATION):
        for role in _named(graph, association, "roleArn"):
            found.setdefault(role.urn, []).append(_link(association, association.inputs))
    for addon in graph.of_type(ADDON):
        said = addon.inputs.get("podIdentityAssociations")
        for index, one in enumerate(said if isinstance(said, list) else ()):
            if isinstance(one, Mapping):
                for role in _named(graph, addon, f"podIdentityAssociations.{index}.roleArn"):
                    found.setdefault(role.urn, []).append(_link(addon, one))
    return found


def _named(graph: Graph, resource: Resource, path: str) -> list[Resource]:
    if not resource.property_dependencies.get(path.partition(".")[0]) and at_unknown(resource, path):
        return []
    roles, is_certain = referred_to(graph, resource, path, ROLE)
    return roles if is_certain else []


def at_unknown(resource: Resource, path: str) -> bool:
    """Whether a value is not known yet."""
    value: object = resource.inputs
    for step in path.split("."):
        if isinstance(value, Mapping):
            value = value.get(step)
        elif isinstance(value, list) and step.isdigit() and int(step) < len(value):
            value = value[int(step)]
    return value is UNKNOWN


def _link(by: Resource, said: Mapping[str, object]) -> Link:
    tags = {
        "kubernetes-namespace": said.get("namespace"),
        "kubernetes-service-account": said.get("serviceAccount"),
        "eks-cluster-name": said.get("clusterName"),
    }
    is_tagged = said.get("disableSessionTags") not in {True, "true"}
    known = {f"aws:requesttag/{k}": v for k, v in tags.items() if isinstance(v, str) and is_tagged}
    account = said.get("serviceAccount")
    where = said.get("namespace")
    pods = f"{where if isinstance(where, str) else by.name}/{account if isinstance(account, str) else '?'}"
    return Link(by=by, pods=pods, is_tagged=is_tagged, context=known)


def broken_links(role: Resource, graph: Graph) -> Iterator[Offence]:
    """What the trust of a role withholds from pods that an association in view gives it to.

    Raises:
        UndecidedError: the trust cannot be read.
    """
    links = links_to(role, graph)
    if not links:
        return
    read = list(statements(at(role.inputs, _TRUST), _TRUST))
    for link in links:
        for action in (_ASSUME, _TAG) if link.is_tagged else (_ASSUME,):
            why = _refusal(read, action, link)
            if why:
                yield Offence(
                    path=_TRUST,
                    problem=(
                        f"{action} {why}: pods of {link.pods} get no credentials (association {link.by.name})"
                    ),
                )


def _refusal(read: list[Statement], action: str, link: Link) -> str:
    """Why an action is not open to the pods of a link; empty where it is, or where that cannot be known."""
    about = [s for s in read if s.takes(action)]
    if any(not s.allows and _is_for_pods(s) and s.holds(link.context) is True for s in about):
        return "is denied"
    allowing = [s for s in about if s.allows and _is_for_pods(s)]
    if not allowing:
        return f"is not allowed to {POD_SERVICE}"
    reasons = [_unmet(s, link) for s in allowing]
    return reasons[0] if all(reasons) else ""


def _is_for_pods(statement: Statement) -> bool:
    services = statement.principals("Service")
    return POD_SERVICE in services or "*" in services or statement.is_for_everyone


def _unmet(statement: Statement, link: Link) -> str:
    for condition in statement.conditions:
        if condition.holds(link.context, statement.required) is False:
            return f"is allowed only where {condition.written}"
        is_tag = condition.key.startswith(("aws:requesttag/kubernetes-", "aws:requesttag/eks-"))
        if is_tag and not link.is_tagged and condition.pins(statement.required):
            return f"is allowed only where {condition.written}, and disableSessionTags is on"
    return ""


def unmet_tokens(account: Resource, graph: Graph) -> Iterator[Offence]:
    """Why the role that a service account's annotation names does not take its token (IRSA).

    Raises:
        UndecidedError: the trust of the role cannot be read.
    """
    notes = mapping(at(account.inputs, "metadata.annotations"), "metadata.annotations")
    arn = notes.get(ROLE_ANNOTATION)
    above = account.property_dependencies.get("metadata", frozenset())
    roles = [
        r for r in graph.of_type(ROLE) if (arn is UNKNOWN and r.urn in above) or r.outputs.get("arn") == arn
    ]
    if arn is None or len(roles) != 1:
        return
    read = [s for s in statements(at(roles[0].inputs, _TRUST), _TRUST) if s.allows and s.takes(_WEB_IDENTITY)]
    allowing = [s for s in read if any(":oidc-provider/" in p for p in s.principals("Federated"))]
    reasons = [_unmet_by_token(s, account) for s in allowing]
    if all(reasons):
        why = reasons[0] if reasons else f"lets no OIDC provider call {_WEB_IDENTITY}"
        yield Offence(
            path=f"metadata.annotations[{ROLE_ANNOTATION}]",
            problem=f"role {roles[0].name} {why}: its pods get no credentials",
            value=None if arn is UNKNOWN else arn,
        )


def _unmet_by_token(statement: Statement, account: Resource) -> str:
    subject = f"system:serviceaccount:{namespace_of(account)}:{name_of(account)}"
    audience = annotation(account, _AUDIENCE_ANNOTATION) or _AUDIENCE
    for condition in statement.conditions:
        said = {":sub": subject, ":aud": audience}.get(f":{condition.key.rpartition(':')[2]}")
        if said is not None and condition.holds({condition.key: said}, statement.required) is False:
            return f"asks for {condition.written} and the token says {said}"
    return ""


def inline_with_tags(association: Resource) -> Iterator[Offence]:
    """An association that the API refuses: an inline policy goes with sessions without tags only."""
    policy = association.inputs.get("policy")
    if policy in {None, ""} if not isinstance(policy, Mapping) else not policy:
        return
    value = at(association.inputs, "disableSessionTags")
    if not flag(value, "disableSessionTags"):
        yield Offence(
            path="disableSessionTags",
            problem="is off beside policy: EKS refuses the association",
            value=value,
            expected="true",
        )


def tags_not_carried(association: Resource, layers: tuple[tuple[Statement, ...], ...]) -> Iterator[Offence]:
    """Session tags that policies of the role read, though the association switches them off."""
    if not flag(at(association.inputs, "disableSessionTags"), "disableSessionTags"):
        return
    read = {
        tag
        for layer in layers
        for s in layer
        for said in (*s.resources, *(k for c in s.conditions for k in (c.key, *c.values)))
        for tag in _session_tags(said)
    }
    for tag in sorted(read):
        yield Offence(
            path="disableSessionTags",
            problem=f"is on, and a policy of the role reads aws:PrincipalTag/{tag}, which is empty then",
            value=at(association.inputs, "disableSessionTags"),
        )


def _session_tags(said: str) -> Iterator[str]:
    for part in said.lower().split("aws:principaltag/")[1:]:
        tag = part.partition("}")[0].partition(",")[0].strip()
        if tag.startswith(("kubernetes-", "eks-cluster-")):
            yield tag
