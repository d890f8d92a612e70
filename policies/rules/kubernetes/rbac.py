"""What must hold for access to the Kubernetes API: nobody unknown, nothing unnamed, no way to more than was given."""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from typing import Any, Final

from policies.analysis.kubernetes.rbac_risks import CHANGE, DANGERS, READ, takes
from policies.analysis.kubernetes.rights import BINDINGS, CLUSTER_ROLES, ROLES
from policies.engine.collect_errors import every
from policies.engine.graph import Graph, Resource
from policies.engine.rule import Offence, Rule
from policies.engine.values import at, known, mapping, sequence, text

CONFIG_MAP: Final = "kubernetes:core/v1:ConfigMap"
_BOOTSTRAPPING: Final = "kubernetes.io/bootstrapping"
_STRANGERS: Final = frozenset({"system:anonymous", "system:unauthenticated"})
_EVERYBODY: Final = frozenset({"system:authenticated", "system:serviceaccounts"})
_DISCOVERY: Final = frozenset({"system:basic-user", "system:discovery", "system:public-info-viewer"})
"""Kubernetes' own roles for everybody: what the API offers, who one is (RBAC, "Discovery roles", read 2026-11)."""
_ADMINISTRATION: Final = frozenset({"cluster-admin", "admin", "edit"})
_ANY_ADDRESS: Final = frozenset({"*", "/*"})
_OF_THE_SYSTEM: Final = frozenset({"system:kubelet-api-admin", "system:node"})
"""Kubernetes' own roles for its parts: the kubelets' whole API, and everything a node's pods may need."""
_ADMINISTRATORS: Final = "aws-auth"
"""The ConfigMap in which older EKS clusters keep who administers them."""
_MASTERS: Final = "system:masters"
_POWERFUL: Final = frozenset(
    {"cluster-admin", "admin", "edit", _MASTERS, "kubernetes.io/kube-apiserver-client"}
)
"""Names that narrow nothing: who may bind, become or sign for one of them has the cluster, or every namespace."""


def _rules(role: Resource) -> Sequence[Any]:
    """The rules of a role of ours; those that the API server itself makes come with it, and say so."""
    labels = mapping(at(role.inputs, "metadata.labels"), "metadata.labels")
    is_built_in = labels.get(_BOOTSTRAPPING) == "rbac-defaults"
    return () if is_built_in else sequence(at(role.inputs, "rules"), "rules")


def _texts(rule: Any, key: str) -> list[str]:
    return [text(known(value), key) for value in sequence(at(rule, key), key)]


def _unnamed(role: Resource, _graph: Graph) -> Iterable[Offence]:
    rules = [partial(_wildcards, index, rule) for index, rule in enumerate(_rules(role))]
    return every([*rules, partial(_takes_all_roles, role)])


def _takes_all_roles(role: Resource) -> Iterator[Offence]:
    path = "aggregationRule.clusterRoleSelectors"
    for index, selector in enumerate(sequence(at(role.inputs, path), path)):
        if not any(at(selector, part) for part in ("matchLabels", "matchExpressions")):
            yield Offence(path=f"{path}[{index}]", problem="takes in the rights of every other role")


def _wildcards(index: int, rule: Any) -> Iterator[Offence]:
    verbs, addresses = _texts(rule, "verbs"), _texts(rule, "nonResourceURLs")
    kinds = ["*" if kind == "*/*" else kind for kind in _texts(rule, "resources")] + addresses
    if "*" not in verbs and _ANY_ADDRESS & set(addresses):
        yield Offence(
            path=f"rules[{index}].nonResourceURLs",
            problem=f"{', '.join(verbs)} on every address of the API server",
            value=addresses,
        )
    elif "*" in verbs and kinds:
        yield Offence(path=f"rules[{index}].verbs", problem=f"every verb on {', '.join(kinds)}", value=verbs)
    elif "*" in kinds and (set(verbs) - READ or {"", "*"} & set(_texts(rule, "apiGroups"))):
        secrets = "" if set(verbs) - READ else ", secrets among them"
        yield Offence(
            path=f"rules[{index}].resources",
            problem=f"{', '.join(verbs)} on every kind{secrets}",
            value=_texts(rule, "resources"),
        )


def _escalates(role: Resource, _graph: Graph) -> Iterable[Offence]:
    whole = role.type in CLUSTER_ROLES
    return every(partial(_dangers, index, rule, whole) for index, rule in enumerate(_rules(role)))


def _dangers(index: int, rule: Any, whole: bool) -> Iterator[Offence]:
    verbs, groups, kinds = (
        {said.lower() for said in _texts(rule, key)} for key in ("verbs", "apiGroups", "resources")
    )
    names, listed = _texts(rule, "resourceNames"), [kind.lower() for kind in _texts(rule, "resources")]
    is_named = bool(names)
    if "*" in verbs or "*" in kinds:  # a rule of its own
        return
    for danger in DANGERS:
        taken = sorted(kind for kind in danger.kinds if takes(kinds, kind))
        asked = sorted(verbs & danger.verbs)
        # A name holds what is asked of one object; nothing that is created has a name yet.
        narrow = is_named and not {"create"} & set(asked) and not _POWERFUL & set(names)
        held = narrow or (danger.only_whole_cluster and not whole)
        if asked and taken and {*danger.group.split("|"), "*"} & groups and not held:
            # One rule may lead to several things: each stands at the kind that leads to it.
            place = next(i for i, kind in enumerate(listed) if takes({kind}, taken[0]))
            yield Offence(
                path=f"rules[{index}].resources[{place}]",
                problem=f"{', '.join(asked)} on {', '.join(taken)} {danger.leads_to}",
                value=asked,
            )
    if _ADMINISTRATORS in names and "configmaps" in kinds and (asked := sorted(verbs & CHANGE)):
        yield Offence(
            path=f"rules[{index}].resourceNames",
            problem=f"{', '.join(asked)} on {_ADMINISTRATORS} makes administrators of the cluster",
            value=names,
        )


def _strangers(binding: Resource, _graph: Graph) -> Iterable[Offence]:
    role = text(at(binding.inputs, "roleRef.name"), "roleRef.name")
    if role in _DISCOVERY:
        return
    for index, subject in enumerate(sequence(at(binding.inputs, "subjects"), "subjects")):
        name, who = text(at(subject, "name"), "subjects.name"), ""
        if name in _STRANGERS:
            who = "whoever reaches the API server"
        elif name in _EVERYBODY and text(at(subject, "kind"), "subjects.kind") == "Group":
            who = "everybody who can log in, pods too"
        if who:
            yield Offence(
                path=f"subjects[{index}].name", problem=f"{name} has the role {role}: {who}", value=name
            )


def _administers(binding: Resource, _graph: Graph) -> Iterable[Offence]:
    if binding.type == CONFIG_MAP:
        return _mapped_masters(binding)
    return _bound_administrators(binding)


def _mapped_masters(config: Resource) -> Iterator[Offence]:
    """The list by which older EKS clusters make identities of AWS members of groups."""
    if text(at(config.inputs, "metadata.name"), "metadata.name") == _ADMINISTRATORS:
        for key in ("mapRoles", "mapUsers"):
            said = text(at(config.inputs, f"data.{key}"), f"data.{key}")
            if re.search(rf"(?<![\w:.-]){_MASTERS}(?![\w:.-])", said):
                yield Offence(path=f"data.{key}", problem=f"puts identities into {_MASTERS}", value=said)


def _bound_administrators(binding: Resource) -> Iterator[Offence]:
    ref = mapping(at(binding.inputs, "roleRef"), "roleRef")
    role, is_whole = text(ref.get("name"), "roleRef.name"), binding.type.endswith(":ClusterRoleBinding")
    if ref.get("kind") != "ClusterRole" or role not in _ADMINISTRATION | _OF_THE_SYSTEM:
        return
    if not is_whole and role != "cluster-admin":
        return
    for index, subject in enumerate(sequence(at(binding.inputs, "subjects"), "subjects")):
        name = text(at(subject, "name"), "subjects.name")
        is_part = role in _OF_THE_SYSTEM and text(at(subject, "kind"), "subjects.kind") != "ServiceAccount"
        if name != _MASTERS and not is_part:
            where = "everywhere" if is_whole else "in its namespace"
            yield Offence(
                path=f"subjects[{index}].name", problem=f"{name} has the role {role} {where}", value=name
            )


RULES: tuple[Rule, ...] = (
    Rule(
        id="rbac-roles-name-resources-and-verbs",
        severity="high",
        aliases=("cluster-roles-name-what-they-grant",),
        applies_to=ROLES,
        why="A wildcard grants kinds and verbs that nobody reviewed, today's and those of every chart to come.",
        fix="List the kinds and the verbs.",
        check=_unnamed,
        same_as=("CKV_K8S_49",),
    ),
    Rule(
        id="rbac-roles-do-not-escalate",
        severity="critical",
        aliases=("cluster-roles-do-not-escalate",),
        applies_to=ROLES,
        why="With such a right an account takes every other one: what it was given says nothing any more.",
        fix="Drop it, name the objects in resourceNames, or grant it in one namespace by a Role.",
        check=_escalates,
        same_as=("CKV_K8S_155", "CKV_K8S_158"),
    ),
    Rule(
        id="rbac-bindings-name-subjects",
        severity="critical",
        aliases=("bindings-name-somebody",),
        applies_to=BINDINGS,
        why="A right of everybody is a right of whoever comes next.",
        fix="Name users, groups of your identity provider, or service accounts.",
        check=_strangers,
    ),
    Rule(
        id="rbac-bindings-are-not-cluster-admin",
        severity="critical",
        aliases=("bindings-do-not-administer",),
        applies_to=(*BINDINGS, CONFIG_MAP),
        why="Whoever takes over such an account has the cluster.",
        fix="Write a role with what is needed; people reach cluster-admin through an access entry, for a while.",
        check=_administers,
    ),
)
