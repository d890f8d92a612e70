"""What must hold for order: nothing is made before what it needs is there and answers.

Read on declared dependencies, so it holds for the first ``up`` as for the hundredth. What stands in another
stack exists before this one runs; here only neighbours of the same stack are looked for. The order of nodes,
add-ons and the network plugin is held in the modules of those components.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from policies.analysis.gateway.objects import DEFINITION
from policies.analysis.kubernetes.charts import RELEASE, apis_of, holds, kinds_defined
from policies.engine.graph import Graph, Resource
from policies.engine.rule import Offence, Rule
from policies.engine.values import at, flag, mapping, text
from policies.rules.kubernetes.definitions import kind_defined

NAMESPACE: Final = "kubernetes:core/v1:Namespace"
OBJECTS: Final = "kubernetes:*"
PROVIDER: Final = "pulumi:providers:kubernetes"
ASSOCIATION: Final = "aws:eks/podIdentityAssociation:PodIdentityAssociation"
WAITS: Final = "dependsOn"
"""The option of a resource that says what it waits for."""
_NOT_OBJECTS: Final = ("kubernetes:helm.sh/", "kubernetes:yaml")


def _kind(object_: Resource) -> str:
    """``Kind.group``; a core kind has no group."""
    group, _, _ = text(at(object_.inputs, "apiVersion"), "apiVersion").rpartition("/")
    return f"{text(at(object_.inputs, 'kind'), 'kind')}.{group}"


def _is_object(resource: Resource) -> bool:
    """An object that a program declares; what stands in a manifest has no order, whoever applies it retries."""
    return resource.object is not None and not resource.source and not resource.type.startswith(_NOT_OBJECTS)


def _defined_by(graph: Graph, kind: str) -> list[Resource]:
    found = [r for r in graph.of_type(RELEASE) if holds(kinds_defined(r), kind)]
    return [*found, *(d for d in graph.of_type(DEFINITION) if kind_defined(d) == kind)]


def _admitted_by(graph: Graph, kind: str) -> list[Resource]:
    return [r for r in graph.of_type(RELEASE) if holds(apis_of(r).admits, kind)]


def _namespaces(graph: Graph, name: str) -> list[Resource]:
    return [
        found
        for found in graph.of_type(NAMESPACE)
        if name and text(at(found.inputs, "metadata.name"), "metadata.name") == name
    ]


def _before_its_definition(object_: Resource, graph: Graph) -> Iterable[Offence]:
    if not _is_object(object_):
        return
    bringers = graph.once_for(_defined_by, _kind(object_))
    if bringers and not any(b.urn in graph.waits_for(object_.urn) for b in bringers):
        yield _too_early(f"the object does not wait for {bringers[0].name}, which defines {_kind(object_)}")


def _before_its_webhook(object_: Resource, graph: Graph) -> Iterable[Offence]:
    if not _is_object(object_):
        return
    for release in graph.once_for(_admitted_by, _kind(object_)):
        if release.urn not in graph.waits_for(object_.urn):
            yield _too_early(
                f"the object does not wait for {release.name}, whose webhook admits {_kind(object_)}"
            )


def _before_its_namespace(resource: Resource, graph: Graph) -> Iterable[Offence]:
    if resource.source:
        return
    where = "namespace" if resource.type == RELEASE else "metadata.namespace"
    namespace = text(at(resource.inputs, where), where)
    for found in graph.once_for(_namespaces, namespace):
        if found.urn not in graph.waits_for(resource.urn):
            yield Offence(
                path=where,
                problem=f"does not wait for {found.name}, the namespace it stands in",
                value=namespace,
            )


def _before_its_credentials(association: Resource, graph: Graph) -> Iterable[Offence]:
    """Credentials are given at pod admission: a pod that starts before the association never gets any."""
    namespace = text(at(association.inputs, "namespace"), "namespace")
    account = text(at(association.inputs, "serviceAccount"), "serviceAccount")
    for resource in [
        *graph.once_for(_users, namespace).get(account, ()),
        *_releases_running_as(association, namespace, account, graph),
    ]:
        if association.urn not in graph.waits_for(resource.urn):
            yield Offence(
                path="serviceAccount",
                problem=f"{resource.name} runs as {namespace}/{account} and does not wait for it",
                value=account,
            )


def _releases_running_as(
    association: Resource, namespace: str, account: str, graph: Graph
) -> Iterable[Resource]:
    """Charts are closed boxes: a release whose values name the account, or else the only one that could."""
    beside = [
        r
        for r in graph.of_type(RELEASE)
        if graph.component_of(r) == graph.component_of(association)
        and text(at(r.inputs, "namespace"), "namespace") == namespace
        and not kinds_defined(r)
    ]
    naming = [r for r in beside if account in set(_texts(at(r.inputs, "values")))]
    return naming or (beside if len(beside) == 1 else [])


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)


def _users(graph: Graph, namespace: str) -> Mapping[str, Sequence[Resource]]:
    """The objects of a namespace by the service accounts their pods run as."""
    found: dict[str, list[Resource]] = {}
    for object_ in filter(_is_object, graph):
        if text(at(object_.inputs, "metadata.namespace"), "metadata.namespace") == namespace:
            for account in dict.fromkeys(_service_accounts(mapping(at(object_.inputs, "spec"), "spec"))):
                found.setdefault(account, []).append(object_)
    return found


def _service_accounts(value: object) -> Iterator[str]:
    """Every ``serviceAccountName`` at whatever depth: kinds put their pods in many places."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            if key == "serviceAccountName":
                yield text(item, key)
            else:
                yield from _service_accounts(item)
    elif isinstance(value, list):
        for item in value:
            yield from _service_accounts(item)


def _before_its_access(provider: Resource, graph: Graph) -> Iterable[Offence]:
    clusters = graph.of_type("aws:eks/cluster:Cluster")
    if any(
        flag(
            at(c.inputs, "accessConfig.bootstrapClusterCreatorAdminPermissions"), "accessConfig", default=True
        )
        for c in clusters
    ):
        return
    entries = graph.of_type("aws:eks/accessPolicyAssociation:AccessPolicyAssociation")
    if clusters and not any(e.urn in graph.waits_for(provider.urn) for e in entries):
        yield _too_early(
            "the provider waits for no access policy association: every request to the cluster is refused"
        )


def _too_early(problem: str) -> Offence:
    return Offence(path=WAITS, problem=problem)


RULES: tuple[Rule, ...] = (
    Rule(
        id="custom-resources-wait-for-their-definition",
        severity="high",
        applies_to=(OBJECTS,),
        why="The API server refuses a kind it does not know, and on delete the definition takes all objects along.",
        fix="Depend on the release that brings the definition (the component's handle carries it in ready).",
        check=_before_its_definition,
        reads_graph=True,
    ),
    Rule(
        id="objects-wait-for-their-webhook",
        severity="high",
        applies_to=(OBJECTS,),
        why="Until the webhook answers the object is refused, or worse: stored without its defaults.",
        fix="Depend on the release that brings the webhook (the component's handle carries it in ready).",
        check=_before_its_webhook,
        reads_graph=True,
    ),
    Rule(
        id="objects-wait-for-their-namespace",
        severity="high",
        applies_to=(OBJECTS,),
        why="The API server refuses what belongs into a namespace that does not exist.",
        fix="Depend on the Namespace object.",
        check=_before_its_namespace,
        reads_graph=True,
    ),
    Rule(
        id="workloads-wait-for-their-identity",
        severity="high",
        applies_to=(ASSOCIATION,),
        why="Credentials are given at pod admission; a pod admitted earlier runs without any until it restarts.",
        fix="Let the workload depend on the association.",
        check=_before_its_credentials,
        reads_graph=True,
    ),
    Rule(
        id="the-provider-waits-for-access",
        severity="high",
        applies_to=(PROVIDER,),
        why="Without the creator's hidden admin rights the deploy role can do nothing before its access entry.",
        fix="Let the Kubernetes provider depend on the deploy role's access policy association.",
        check=_before_its_access,
        reads_graph=True,
    ),
)
