"""What must hold for charts whose programs call AWS: an identity of theirs is there."""

from collections.abc import Iterable
from itertools import product
from typing import Any, Final

from policies.analysis.iam.identities import ROLE
from policies.analysis.iam.statements import statements
from policies.analysis.kubernetes.charts import RELEASE, chart_of
from policies.analysis.kubernetes.metadata import name_of, namespace_of
from policies.analysis.kubernetes.references import ACCOUNTS
from policies.engine.graph import Graph, Resource
from policies.engine.rule import Offence, Rule
from policies.engine.values import at, mapping, text

_ASSOCIATION: Final = "aws:eks/podIdentityAssociation:PodIdentityAssociation"
_PODS: Final = "pods.eks.amazonaws.com"
_SPACE: Final = "aws:requesttag/kubernetes-namespace"
_ACCOUNT: Final = "aws:requesttag/kubernetes-service-account"
_CALLING: Final = frozenset({"aws-load-balancer-controller", "karpenter"})
"""Charts whose program does nothing but call AWS (facts/calls)."""
_COLLECTOR: Final = "opentelemetry-collector"
_EXPORTERS: Final = ("awscloudwatchlogs", "awsemf", "awsxray")
"""What a collector calls AWS by (opentelemetry-collector-contrib, exporter/, read 2026-11-29)."""


def _nobody(release: Resource, graph: Graph) -> Iterable[Offence]:
    chart = chart_of(release)
    if chart not in _CALLING and not (chart == _COLLECTOR and _exports(release)):
        return
    account = text(at(release.inputs, "values.serviceAccount.name"), "values.serviceAccount.name") or chart
    where = text(at(release.inputs, "namespace"), "namespace")
    if not any(
        (at(one.inputs, "namespace"), at(one.inputs, "serviceAccount")) == (where, account)
        for one in graph.of_type(_ASSOCIATION)
    ):
        yield Offence(
            path="values.serviceAccount.name",
            problem=f"no association gives {where}/{account} an identity, and every call of {chart} is refused",
            value=account,
        )


def _exports(release: Resource) -> bool:
    found = mapping(at(release.inputs, "values.config.exporters"), "values.config.exporters")
    return any(str(name).partition("/")[0] in _EXPORTERS for name in found)


def _unused(role: Resource, graph: Graph) -> Iterable[Offence]:
    there = graph.once(_associated)
    for statement in statements(role.inputs.get("assumeRolePolicy")):
        if not statement.allows or _PODS not in statement.principals("Service"):
            continue
        tags = {one.key: one.values for one in statement.conditions if one.operator == "stringequals"}
        for where, account in product(tags.get(_SPACE, ()), tags.get(_ACCOUNT, ())):
            if (where, account) in graph.once(_accounts) and (where, account) not in there:
                yield Offence(
                    path="assumeRolePolicy",
                    problem=f"only pods of {where}/{account} may take the role, and no association gives it to them",
                )


def _associated(graph: Graph) -> frozenset[tuple[Any, Any]]:
    found = (one.inputs for one in graph.of_type(_ASSOCIATION))
    return frozenset((at(one, "namespace"), at(one, "serviceAccount")) for one in found)


def _accounts(graph: Graph) -> frozenset[tuple[str, str]]:
    return frozenset((namespace_of(one), name_of(one)) for one in graph.of_type(ACCOUNTS))


PLATFORM: tuple[Rule, ...] = (
    Rule(
        id="roles-of-pods-are-associated",
        severity="high",
        applies_to=(ROLE,),
        why="A role that pods of one account may take gives them nothing until an association says so.",
        fix="Associate the role with the service account, before what runs under it.",
        check=_unused,
        reads_graph=True,
    ),
    Rule(
        id="programs-have-an-identity",
        severity="high",
        applies_to=(RELEASE,),
        why="A controller without credentials is green to Helm and does nothing: no machine comes, no load balancer.",
        fix="Associate its role with its service account before the release.",
        check=_nobody,
        reads_graph=True,
    ),
)
