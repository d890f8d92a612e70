"""What must hold of the loops' identities: each may do its one thing, and nobody else may do it for them."""

from collections.abc import Iterable, Iterator
from typing import Any, Final

from policies.analysis.flows.key_service import cut_from_kms
from policies.analysis.iam.statements import Statement
from policies.analysis.identity.signers import sessions
from policies.analysis.kubernetes.metadata import name_of, namespace_of
from policies.analysis.kubernetes.rights import BINDINGS, ROLES
from policies.engine.graph import Graph, Resource
from policies.engine.rule import Offence, Rule
from policies.engine.values import UndecidedError, at, known, sequence, text

_LOOPS: Final = "loops"
_ROUTES: Final = {
    ("gateway.networking.k8s.io", "httproutes"),
    ("aigateway.envoyproxy.io", "aigatewayroutes"),
}
_VERBS: Final = {"get", "patch"}
NEEDS_NO_RULE: Final = {
    "aws:rds/subnetGroup:SubnetGroup": "names subnets, and who reaches those is judged with the database in them"
}
_SIGNS: Final = {"kms:Sign", "kms:GetPublicKey"}
_ALIASES: Final = "kms:resourcealiases"
_DEPLOYMENT: Final = "kubernetes:apps/v1:Deployment"
_ASSOCIATION: Final = "aws:eks/podIdentityAssociation:PodIdentityAssociation"


def _more_than_shares(binding: Resource, graph: Graph) -> Iterable[Offence]:
    workers = [who for who in _subjects(binding) if who[0] == _LOOPS]
    if not workers:
        return
    if binding.type.endswith(":ClusterRoleBinding"):
        yield Offence(
            path="subjects",
            problem=f"{workers[0][1]} of the loops gets rights in every namespace",
            value=workers[0][1],
        )
    role = _role_of(binding, graph)
    if role is None:
        yield Offence(
            path="roleRef.name",
            problem=f"what {workers[0][1]} of the loops gets is not of this stack",
            value=text(at(binding.inputs, "roleRef.name"), "roleRef.name"),
        )
        return
    for path, said in _beyond(role):
        yield Offence(
            path="roleRef.name",
            problem=f"{workers[0][1]} of the loops gets {path}: {said}",
            value=name_of(role),
        )


def _subjects(binding: Resource) -> Iterator[tuple[str, str]]:
    for subject in sequence(at(binding.inputs, "subjects"), "subjects"):
        if text(at(subject, "kind"), "kind") == "ServiceAccount":
            yield text(at(subject, "namespace"), "namespace"), text(at(subject, "name"), "name")


def _role_of(binding: Resource, graph: Graph) -> Resource | None:
    kind = text(at(binding.inputs, "roleRef.kind"), "roleRef.kind")
    name = text(at(binding.inputs, "roleRef.name"), "roleRef.name")
    for role in graph.of_type(*ROLES):
        is_near = kind == "ClusterRole" or namespace_of(role) == namespace_of(binding)
        if role.type.endswith(f":{kind}") and name_of(role) == name and is_near:
            return role
    return None


def _beyond(role: Resource) -> Iterator[tuple[str, str]]:
    for index, rule in enumerate(sequence(at(role.inputs, "rules"), "rules")):
        groups, resources, verbs = (_texts(rule, key) for key in ("apiGroups", "resources", "verbs"))
        for group in groups:
            for resource in resources:
                if (group, resource) not in _ROUTES:
                    yield f"rules[{index}]", f"{resource} of {group or 'core'}, which carry no shares"
        for verb in verbs:
            if verb not in _VERBS:
                yield f"rules[{index}]", f"{verb}, where a share takes get and patch"


def _texts(rule: Any, key: str) -> list[str]:
    return [text(known(value), key) for value in sequence(at(rule, key), key)]


def _more_than_signs(association: Resource, graph: Graph) -> Iterable[Offence]:
    if text(at(association.inputs, "namespace"), "namespace") != _LOOPS:
        return
    account = text(at(association.inputs, "serviceAccount"), "serviceAccount")
    identity = graph.once(sessions)[association.urn]
    if identity.missing:
        raise UndecidedError("; ".join(identity.missing))
    for name in identity.elsewhere:
        yield Offence(path="roleArn", problem=f"what {account} of the loops may is not of this stack: {name}")
    for statement in identity.layers[0]:
        if statement.allows:
            yield from _beyond_signing(account, statement)


def _beyond_signing(account: str, statement: Statement) -> Iterator[Offence]:
    if statement.not_actions is not None:
        yield Offence(
            path="roleArn", problem=f"{account} of the loops may all but what {statement.name} names"
        )
    for action in statement.actions:
        if action not in _SIGNS:
            yield Offence(
                path="roleArn",
                problem=f"{account} of the loops may {action}, where it only signs",
                value=action,
            )
        elif not _is_own_key(account, statement):
            yield Offence(
                path="roleArn",
                problem=f"{account} of the loops may {action} with keys of others ({statement.name})",
                value=action,
            )


def _is_own_key(account: str, statement: Statement) -> bool:
    return any(
        condition.key == _ALIASES
        and condition.operator == "stringequals"
        and not condition.if_exists
        and all(value.endswith(f"-loops-{account}") for value in condition.values)
        for condition in statement.conditions
    )


def _cut_off(workload: Resource, graph: Graph) -> Iterable[Offence]:
    return cut_from_kms(workload, graph)


PLATFORM: tuple[Rule, ...] = (
    Rule(
        id="loop-workers-move-shares-only",
        severity="high",
        applies_to=BINDINGS,
        why="A worker acts without a person: what its identity cannot do, no mistake and no intruder can.",
        fix="Bind it to a Role of the routes' namespace with get and patch on httproutes or aigatewayroutes.",
        check=_more_than_shares,
        reads_graph=True,
    ),
    Rule(
        id="loop-workers-only-sign-in-aws",
        severity="high",
        aliases=("loop-workers-have-no-role-in-aws",),
        applies_to=(_ASSOCIATION,),
        why="A worker that may more in AWS does more when it is taken over; with another's key it speaks as that one.",
        fix="Give the kind a Signer of its own (components/loops/signing.py), and nothing else.",
        check=_more_than_signs,
        reads_graph=True,
    ),
    Rule(
        id="signers-reach-kms",
        severity="high",
        applies_to=(_DEPLOYMENT,),
        why="A worker that does not reach its key does not start, and one that loses the way goes on with nothing.",
        fix="Keep an interface endpoint of KMS (network.more_endpoints), and egress on port 443 to where it stands.",
        check=_cut_off,
        reads_graph=True,
    ),
)
