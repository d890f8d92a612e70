"""Which sessions pods get: each pod identity association as an identity of its own."""

from collections.abc import Mapping

from policies.analysis.iam.identities import ASSOCIATION, Documents, Identity, identities
from policies.analysis.iam.statements import Statement
from policies.engine.graph import Graph, Resource
from policies.engine.values import flag, known, text


def workloads(graph: Graph, roles: Mapping[str, Identity] | None = None) -> list[Identity]:
    """Each pod identity association as the session its pods get; ``roles`` adds those of an upstream by ARN.

    Raises:
        UndecidedError: who takes on which role is not known.
    """
    known_roles = dict(roles or {})
    for identity in identities(graph):
        arn = identity.holder.outputs.get("arn") if identity.holder else None
        if isinstance(arn, str):
            known_roles[arn] = identity
    return [_session(association, known_roles) for association in graph.of_type(ASSOCIATION)]


def _session(association: Resource, roles: Mapping[str, Identity]) -> Identity:
    said = association.inputs
    namespace = text(known(said.get("namespace"), "namespace"))
    account = text(known(said.get("serviceAccount"), "serviceAccount"))
    cluster = text(known(said.get("clusterName"), "clusterName"))
    above = association.property_dependencies.get("roleArn", frozenset())
    arn = said.get("roleArn")
    role = next(
        (i for i in roles.values() if i.holder and i.holder.urn in above),
        roles.get(arn) if isinstance(arn, str) else None,
    )
    name = f"{namespace}/{account}"
    if role is None:
        return Identity(name, ((),), association, {}, (), (str(arn),))
    policy = said.get("policy")
    session: tuple[tuple[Statement, ...], ...] = ()
    missing = list(role.missing)
    if policy:
        narrowed = Documents()
        narrowed.add(policy, f"policy of {association.name}")
        session, missing = (tuple(narrowed.statements),), [*missing, *narrowed.missing]
    tags = {
        "aws:principaltag/eks-cluster-name": cluster,
        "aws:principaltag/kubernetes-namespace": namespace,
        "aws:principaltag/kubernetes-service-account": account,
    }
    is_tagged = not flag(said.get("disableSessionTags"), "disableSessionTags") and not policy
    return Identity(
        name, (*role.layers, *session), association, tags if is_tagged else {}, tuple(missing), role.elsewhere
    )
