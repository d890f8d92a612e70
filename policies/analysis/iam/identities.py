"""Who there is: roles, users, groups, and pods that take on a role, each with all its documents merged."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from facts.managed_policies import MANAGED_POLICIES
from policies.analysis.iam.statements import Statement, statements
from policies.engine.graph import UNKNOWN, Graph, Resource
from policies.engine.values import UndecidedError, at, listed, mapping

ROLE: Final = "aws:iam/role:Role"
POLICY: Final = "aws:iam/policy:Policy"
ASSOCIATION: Final = "aws:eks/podIdentityAssociation:PodIdentityAssociation"
_HOLDERS: Final[Mapping[str, str]] = {
    "role": ROLE,
    "user": "aws:iam/user:User",
    "group": "aws:iam/group:Group",
}
_MEMBERS: Final = (
    "aws:iam/groupMembership:GroupMembership",
    "aws:iam/userGroupMembership:UserGroupMembership",
)


@dataclass(frozen=True)
class Identity:
    """Somebody with permissions; each of ``layers`` (own policies, boundary, session policy) must allow what it does.

    ``missing`` says which documents could not be read, ``elsewhere`` names policies whose text is not here.
    ``context`` holds the condition keys that its sessions are known to carry. ``documents`` are the URNs of the
    policies it is made of, besides those written in the holder. ``own`` is what ARNs of it end with: its name, its
    groups' names, and those of policies it holds.
    """

    name: str
    layers: tuple[tuple[Statement, ...], ...]
    holder: Resource | None = None
    context: Mapping[str, str] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    elsewhere: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()
    own: tuple[str, ...] = ()


class Documents:
    """Statements gathered from documents, and what was in the way of gathering them."""

    def __init__(self) -> None:
        self.statements: list[Statement] = []
        self.missing: list[str] = []
        self.elsewhere: list[str] = []
        self.documents: list[str] = []
        self.names: list[str] = []

    def add(self, value: Any, path: str) -> None:
        try:
            self.statements.extend(statements(value, path))
        except UndecidedError as error:
            self.missing.append(str(error))

    def hold(self, policy: Resource) -> None:
        """The document of a policy that is declared here."""
        self.documents.append(policy.urn)
        self.names.append(f"policy/{own_name(policy)}")
        self.add(policy.inputs.get("policy"), policy.name)

    def attach_each(self, part: Resource, prop: str, index: "_Index") -> None:
        """The policies of a list of ARNs; for those not known yet, the ones that the list depends on."""
        raw = part.inputs.get(prop)
        arns = raw if isinstance(raw, list | tuple) else [raw] if raw is not None else []
        if not all(isinstance(arn, str) for arn in arns):
            above = [
                index.policies[u] for u in part.property_dependencies.get(prop, ()) if u in index.policies
            ]
            for policy in above:
                self.hold(policy)
            if above:
                arns = [arn for arn in arns if isinstance(arn, str)]
        for arn in arns:
            self.attach(arn, None, index)

    def attach(self, arn: Any, attachment: Resource | None, index: "_Index") -> None:
        own = index.policy(arn, attachment)
        if own is not None:
            if own.urn not in self.documents:
                self.hold(own)
        elif not isinstance(arn, str):
            self.missing.append("policyArn is not known yet")
        elif ":aws:policy/" in arn and (name := arn.rpartition("/")[2]) in MANAGED_POLICIES:
            allowed = {"Effect": "Allow", "Action": list(MANAGED_POLICIES[name]), "Resource": "*"}
            self.statements.append(Statement(allowed, name))
        else:
            self.elsewhere.append(arn)


class _Index:
    """A graph's holders by what they are called, their policies by holder, and policies by what they are called."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.aliases: dict[tuple[str, str], str] = {}
        self.parts: dict[tuple[str, str], list[Resource]] = {}
        self.policies: dict[str, Resource] = {}
        for kind, type_ in _HOLDERS.items():
            for holder in graph.of_type(type_):
                for alias in (holder.id, holder.outputs.get("arn"), holder.outputs.get("name")):
                    if isinstance(alias, str) and alias:
                        self.aliases[kind, alias] = own_name(holder)
        for kind in _HOLDERS:
            for part in graph.of_type(*_parts(kind)):
                for name in dict.fromkeys(self.who(part, kind)):
                    self.parts.setdefault((kind, name), []).append(part)
        for policy in (*(r for r in graph.elsewhere if r.type == POLICY), *graph.of_type(POLICY)):
            called = (policy.urn, policy.id, policy.outputs.get("arn"), policy.inputs.get("name"))
            self.policies |= {one: policy for one in called if isinstance(one, str) and one}

    def who(self, part: Resource, kind: str) -> Iterator[str]:
        """The holders of a kind that a part names, by edge, name, id or ARN."""
        for prop in (kind, f"{kind}s", f"{kind}Name"):
            by_urn = self.graph.by_urn
            above = [by_urn[u] for u in part.property_dependencies.get(prop, ()) if u in by_urn]
            holders = [own_name(r) for r in above if r.type == _HOLDERS[kind]]
            raw = part.inputs.get(prop)
            said = raw if isinstance(raw, list | tuple) else [raw]
            yield from holders or [self.aliases.get((kind, o), o) for o in said if isinstance(o, str) and o]
            if not holders and UNKNOWN in said:
                yield f"whoever {part.name} is for"

    def policy(self, arn: Any, part: Resource | None, prop: str = "policyArn") -> Resource | None:
        """The policy declared here that a property of a part names."""
        for urn in part.property_dependencies.get(prop, ()) if part else ():
            if urn in self.policies:
                return self.policies[urn]
        if not isinstance(arn, str) or ":aws:policy/" in arn:
            return None
        return self.policies.get(arn) or self.policies.get(arn.rpartition("/")[2])


def names_policy(arn: str, policy: Resource) -> bool:
    """Whether an ARN is that of a policy declared here."""
    name = policy.inputs.get("name")
    if policy.outputs.get("arn") == arn or policy.id == arn:
        return True
    return isinstance(name, str) and ":aws:policy/" not in arn and arn.rpartition("/")[2] == name


def identities(graph: Graph) -> list[Identity]:
    """Roles, users and groups that are declared, or that something declared is attached to, by kind and name."""
    found: list[Identity] = []
    index = _Index(graph)
    for kind, type_ in _HOLDERS.items():
        declared = {own_name(holder): holder for holder in graph.of_type(type_)}
        names = {*declared, *(name for of, name in index.parts if of == kind)}
        found.extend(_identity(kind, name, declared.get(name), index) for name in sorted(names))
    return found


def own_name(holder: Resource) -> str:
    """What a role, user or group is called."""
    name = holder.inputs.get("name")
    return name if isinstance(name, str) and name else holder.name


def _parts(kind: str) -> tuple[str, ...]:
    class_ = kind.capitalize()
    return (
        f"aws:iam/{kind}Policy:{class_}Policy",
        f"aws:iam/{kind}PolicyAttachment:{class_}PolicyAttachment",
        "aws:iam/policyAttachment:PolicyAttachment",
        f"aws:iam/{kind}PolicyAttachmentsExclusive:{class_}PolicyAttachmentsExclusive",
        POLICY,
    )


def _identity(kind: str, name: str, holder: Resource | None, index: _Index) -> Identity:
    own = Documents()
    _gather(kind, name, own, index)
    layers = []
    if holder is not None:
        _inline(holder, own, index)
        boundary = index.policy(holder.inputs.get("permissionsBoundary"), holder, "permissionsBoundary")
        if boundary is not None:
            upper = Documents()
            upper.add(boundary.inputs.get("policy"), boundary.name)
            layers.append(tuple(upper.statements))
            own.missing.extend(upper.missing)
    groups = [*_groups(name, holder, index)] if kind == "user" else []
    for group in groups:
        _gather("group", group, own, index)
    path = holder.inputs.get("path") if holder else None
    own.names.append(f"{kind}{path if isinstance(path, str) else '/'}{name}")
    own.names.extend(f"group/{group}" for group in groups)
    if kind != "role":  # a role's session has no such name
        own.names.append("user/${aws:username}")
    layers = [tuple(own.statements), *layers]
    return Identity(
        name,
        tuple(layers),
        holder,
        missing=tuple(own.missing),
        elsewhere=tuple(own.elsewhere),
        documents=tuple(own.documents),
        own=tuple(own.names),
    )


def _inline(holder: Resource, own: Documents, index: _Index) -> None:
    own.attach_each(holder, "managedPolicyArns", index)
    try:
        for policy in listed(at(holder.inputs, "inlinePolicies"), "inlinePolicies"):
            own.add(mapping(policy).get("policy"), f"{holder.name} inline")
    except UndecidedError as error:
        own.missing.append(str(error))


def _gather(kind: str, name: str, own: Documents, index: _Index) -> None:
    for part in index.parts.get((kind, name), ()):
        if part.type == _parts(kind)[0]:
            own.documents.append(part.urn)
            own.add(part.inputs.get("policy"), part.name)
        elif part.type == POLICY:
            own.hold(part)
        elif part.type.endswith("Exclusive"):
            own.attach_each(part, "policyArns", index)
        else:
            own.attach(part.inputs.get("policyArn"), part, index)


def _groups(user: str, holder: Resource | None, index: _Index) -> Iterable[str]:
    for membership in index.graph.of_type(*_MEMBERS):
        if user in index.who(membership, "user"):
            yield from index.who(membership, "group")
    said = holder.inputs.get("groups") if holder else None
    yield from (group for group in said if isinstance(group, str)) if isinstance(said, list | tuple) else ()
