"""The plain list of what a verdict does not speak of."""

from collections import Counter
from collections.abc import Collection, Mapping

from gate.second_opinion import Opinion
from gate.shape import ShapeReport
from policies.reading import UndecidedError, at, text
from policies.record import Graph

HELM_RELEASE = "kubernetes:helm.sh/v3:Release"
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
    covered: Collection[str],
    needs_no_rule: Mapping[str, str],
) -> list[str]:
    """One line for each thing that was not looked at, sorted within its kind."""
    lines = [f"contents of Helm chart {name}" for name in sorted(_charts(graph))]
    types = Counter(r.type for r in graph if r.custom)
    lines.extend(
        f"{type_} ({count}): no rule knows this type"
        for type_, count in sorted(types.items())
        if type_ not in covered and type_ not in needs_no_rule
    )
    lines.extend(f"{line}: no schema to check its shape against" for line in sorted(shapes.unjudged))
    lines.extend(
        f"{kind}: {count} validation expressions (CEL) of its schema were not evaluated"
        for kind, count in sorted(shapes.cel_rules_not_evaluated.items())
    )
    lines.extend(sorted(opinion.not_seen))
    lines.extend(_ALWAYS)
    return lines


def _charts(graph: Graph) -> list[str]:
    found = []
    for release in graph.of_type(HELM_RELEASE):
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
        if resource.object is not None:
            found.update(f"image {image}" for image in _images(resource.object) if "@sha256:" not in image)
    return sorted(found)


def _images(value: object) -> list[str]:
    found: list[str] = []
    if isinstance(value, Mapping):
        image = value.get("image")
        if isinstance(image, str) and ("name" in value or "command" in value or "args" in value):
            found.append(image)
        for item in value.values():
            found.extend(_images(item))
    elif isinstance(value, list):
        for item in value:
            found.extend(_images(item))
    return found
