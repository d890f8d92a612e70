"""Which programs of a stack have an identity, and what they call with it, in the stack's own names."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, product
from string import Formatter
from typing import Final

from facts.program_calls import Call, Program, program_calls
from policies.analysis.iam.identities import Identity, identities
from policies.analysis.identity.chart_values import names_in
from policies.analysis.identity.models import fetched_by
from policies.analysis.identity.signers import sessions, signing
from policies.analysis.kubernetes.charts import chart_of
from policies.engine.graph import Graph, Resource
from policies.engine.values import at, known, mapping, sequence, text

ADDON: Final = "aws:eks/addon:Addon"
RELEASE: Final = "kubernetes:helm.sh/v3:Release"
Names = Mapping[str, Sequence[str]]


@dataclass(frozen=True, kw_only=True)
class Use:
    """A program that runs with an identity. ``names`` has what its calls leave open; more than one is each of them."""

    program: str
    identity: Identity
    role_arn: str
    names: Names

    def requests(self) -> Iterator["Request"]:
        """Every call it makes; those that need a name that is not in view are left out."""
        for call in program_calls()[self.program].calls:
            yield from _requests(call, self.names)


@dataclass(frozen=True, kw_only=True)
class Request:
    """One action on one resource, with the condition keys that the request carries."""

    action: str
    resource: str
    context: Mapping[str, str]
    call: str


def uses(subject: Resource, graph: Graph) -> list[Use]:
    """The programs that run with what an association or an add-on gives."""
    return _of_add_on(subject, graph) if subject.type == ADDON else _of_association(subject, graph)


def _of_add_on(add_on: Resource, graph: Graph) -> list[Use]:
    name = text(known(add_on.inputs.get("addonName"), "addonName"), "addonName")
    found = []
    for link in sequence(at(add_on.inputs, "podIdentityAssociations"), "podIdentityAssociations"):
        role_arn = text(known(at(link, "roleArn"), "roleArn"), "roleArn")
        cluster = text(known(add_on.inputs.get("clusterName"), "clusterName"), "clusterName")
        identity = _role(role_arn, graph)
        for program, said in program_calls().items():
            if said.add_on == name and identity is not None:
                names = _place(graph, role_arn, cluster)
                found.append(Use(program=program, identity=identity, role_arn=role_arn, names=names))
    return found


def _role(arn: str, graph: Graph) -> Identity | None:
    return graph.once(_roles).get(arn)


def _roles(graph: Graph) -> Mapping[str, Identity]:
    found = identities(graph)
    return {str(i.holder.outputs["arn"]): i for i in found if i.holder and i.holder.outputs.get("arn")}


def _of_association(association: Resource, graph: Graph) -> list[Use]:
    said = association.inputs
    role_arn = text(known(said.get("roleArn"), "roleArn"), "roleArn")
    cluster = text(known(said.get("clusterName"), "clusterName"), "clusterName")
    where = text(known(said.get("namespace"), "namespace"), "namespace")
    account = text(known(said.get("serviceAccount"), "serviceAccount"), "serviceAccount")
    identity = graph.once(sessions)[association.urn]
    place = _place(graph, role_arn, cluster)
    found = []
    for name, program in program_calls().items():
        for names in _run_by(program, graph, where, account):
            found.append(Use(program=name, identity=identity, role_arn=role_arn, names={**place, **names}))  # noqa: PERF401 a comprehension of two loops and a merge is no easier to read
    return found


def _run_by(program: Program, graph: Graph, where: str, account: str) -> Iterator[Names]:
    if program.model:
        running = chain(fetched_by(graph, where, account), signing(graph, where, account))
        yield from (names for found, names in running if found == program.model)
    elif program.chart:
        for release in graph.of_type(RELEASE):
            values = mapping(release.inputs.get("values"), "values")
            if (
                chart_of(release) == program.chart
                and text(release.inputs.get("namespace"), "namespace") == where
                and text(at(values, program.account_at), program.account_at) == account
            ):
                yield names_in(values, graph)


def _place(graph: Graph, role_arn: str, cluster: str) -> Names:
    parts = role_arn.split(":", 5)
    partition, account = (parts[1], parts[4]) if len(parts) == 6 else ("", "")  # noqa: PLR2004 arn to resource
    regions = graph.once(_regions)
    found = {"partition": partition, "account": account, "cluster": cluster}
    return {**{name: [value] for name, value in found.items() if value}, "region": regions}


def _regions(graph: Graph) -> list[str]:
    """The region most regional resources are in, by their ARNs; none where nothing tells."""
    counted: dict[str, int] = {}
    for resource in graph:
        arn = resource.outputs.get("arn")
        parts = arn.split(":", 5) if isinstance(arn, str) else []
        if len(parts) == 6 and parts[3]:  # noqa: PLR2004 arn to resource
            counted[parts[3]] = counted.get(parts[3], 0) + 1
    return [max(counted, key=lambda region: (counted[region], region))] if counted else []


def _requests(call: Call, names: Names) -> Iterator[Request]:
    written = (*call.resource, *call.with_, *call.with_.values())
    wanted = sorted({name for one in written for _, name, _, _ in Formatter().parse(one) if name})
    for chosen in product(*(names.get(name, ()) for name in wanted)):
        filled = dict(zip(wanted, chosen, strict=True))
        context = {k.format_map(filled).lower(): v.format_map(filled) for k, v in call.with_.items()}
        for action, resource in product(call.action, call.resource):
            yield Request(
                action=action,
                resource=resource.format_map(filled),
                context=context,
                call=call.call or action.partition(":")[2],
            )
