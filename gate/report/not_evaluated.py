"""The plain list of what a verdict does not speak of."""

from collections import Counter
from collections.abc import Collection, Mapping

from facts.pins import chart_sources
from gate.checkov.opinion import Opinion
from gate.report.report import NotSeen
from gate.schema.shape import ShapeReport
from policies.analysis.charts.joined import renderings
from policies.analysis.gateway.objects import DEFINITION
from policies.analysis.kubernetes.charts import RELEASE, chart_of
from policies.analysis.machines.types import ADOPTED_CLUSTER
from policies.engine.graph import Graph
from policies.engine.values import UndecidedError, at, text
from policies.packs import PACKS, Pack

_CHARTS = "contents of Helm charts of which no rendering is known (docs/charts.md)"
_NEAR = "what differs in charts that were rendered from another version's source"
_CONTENT = "contents of ConfigMaps and Secrets that charts install"
_REMOTE = "contents of components that a plugin makes"
_ADOPTED = "networks that somebody else made: their routes, endpoints, flow logs and network ACLs"
_ADOPTED_CLUSTER = (
    "clusters that somebody else made: what stands in them, and whether they are as the stack file says"
)
_ADOPTED_BOUNDARY = "what of a boundary that somebody else made is as the stack file says"
_IGNORED = "properties whose later changes are ignored, so that what exists may differ from what is judged"
_NO_RULE = "types no rule knows"
_NO_SCHEMA = "kinds without a schema to check their shape against"
_EXPRESSIONS = "validation expressions (CEL) of the schemas, which only an API server evaluates"
_PACKS = "packs of rules that were not asked"
_ADOPTED_NETWORK = "slipway:network:AdoptedNetwork"
_BOUNDARY = "slipway:identity:AdoptedBoundary"
_OUTSIDE = "what only the account and the cluster can say"
_ALWAYS = (
    "provider checks and defaults: the AWS and Kubernetes providers did not run",
    "admission: defaults and refusals of webhooks and of the API server itself",
    "AWS's own answers: quotas, capacity, service control policies, names already taken",
)


def not_seen(
    graph: Graph,
    shapes: ShapeReport,
    opinion: Opinion,
    *,
    pack: Pack = "all",
    covered: Collection[str],
    needs_no_rule: Mapping[str, str],
) -> list[NotSeen]:
    """What was not looked at, by the reason why; sorted within each reason."""
    types = Counter(r.type for r in graph if r.custom)
    unknown = [f"{t} ({n})" for t, n in types.items() if t not in covered and t not in needs_no_rule]
    expressions = [f"{kind} ({count})" for kind, count in shapes.cel_rules_not_evaluated.items()]
    found = {
        _CHARTS: _unrendered(graph),
        _NEAR: _near(graph),
        _CONTENT: _with_content(graph),
        _ADOPTED: [text(at(r.inputs, "vpcId")) for r in graph if r.type == _ADOPTED_NETWORK],
        _ADOPTED_CLUSTER: [text(at(r.inputs, "name")) for r in graph if r.type == ADOPTED_CLUSTER],
        _ADOPTED_BOUNDARY: [text(at(r.inputs, "arn")) for r in graph if r.type == _BOUNDARY],
        _REMOTE: [f"{r.type} {r.name}" for r in graph if r.remote],
        _IGNORED: [f"{path} of {r.label}" for r in graph for path in r.ignore_changes],
        _NO_RULE: unknown,
        _NO_SCHEMA: shapes.unjudged,
        _EXPRESSIONS: expressions,
        "checkov": opinion.not_seen,
        _PACKS: _other_packs(pack),
        _OUTSIDE: _ALWAYS,
    }
    return [NotSeen(why=why, what=what) for why, things in found.items() for what in sorted(things)]


def _other_packs(asked: Pack) -> list[str]:
    """What ``all`` asks and this pack does not; nothing for a run of all."""
    others: tuple[Pack, ...] = ("portable", "platform")
    return [f"{one}: {len(PACKS[one])} rules (--pack all)" for one in others if asked not in {one, "all"}]


def _unrendered(graph: Graph) -> list[str]:
    return [
        f"{known.called or 'a chart that is not known'} ({known.release.name}): {known.why_not}"
        for known in renderings(graph)
        if known.rendering is None
    ]


def _near(graph: Graph) -> list[str]:
    sources = chart_sources()
    return [
        f"{known.called} ({known.release.name}): {sources[chart].near}"
        for known in renderings(graph)
        if known.rendering is not None
        and (chart := chart_of(known.release)) in sources
        and sources[chart].near
        and sources[chart].near in (known.contents.made_from if known.contents else "")
    ]


def _with_content(graph: Graph) -> list[str]:
    found = Counter(
        chart_of(graph.by_urn[r.parent])
        for r in graph
        if r.rendered
        and graph.by_urn[r.parent].type == RELEASE
        and r.type in {"kubernetes:core/v1:ConfigMap", "kubernetes:core/v1:Secret"}
    )
    return [f"{chart} ({count})" for chart, count in found.items()]


def _charts(graph: Graph) -> list[str]:
    found = []
    for release in graph.of_type(RELEASE):
        try:
            found.append(
                f"{text(at(release.inputs, 'chart'))} {text(at(release.inputs, 'version'))} ({release.name})"
            )
        except UndecidedError:
            found.append(f"of release {release.name}, whose chart is not known")
    return found


def unpinned(graph: Graph) -> list[str]:
    """Charts and images that stand by version only, since no digest of theirs is known."""
    found = {f"chart {chart}" for chart in _charts(graph)}
    for resource in graph:
        # A schema runs nothing, and the program's definitions are most of what there is to read.
        if resource.object is not None and resource.type != DEFINITION:
            found.update(f"image {image}" for image in images(resource.object) if "@sha256:" not in image)
    return sorted(found)


def images(value: object) -> list[str]:
    """Images that containers of an object name, wherever they stand in it."""
    found: list[str] = []
    if isinstance(value, Mapping):
        image = value.get("image")
        if isinstance(image, str) and ("name" in value or "command" in value or "args" in value):
            found.append(image)
        for item in value.values():
            found.extend(images(item))
    elif isinstance(value, list):
        for item in value:
            found.extend(images(item))
    return found
