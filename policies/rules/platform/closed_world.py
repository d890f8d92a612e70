"""What must hold for what our stacks register: rules judge it, or somebody accepted it by name.

A deny-list over an open world lets everything pass that nobody thought of. For our own stacks it is the other way
round; of files of others, types that no rule knows stand in the report under "not seen".
"""

from collections.abc import Iterable, Iterator
from typing import Any, Final

from policies.engine.accepted_types import RULE, finding_of, unjudged
from policies.engine.graph import Graph, Resource
from policies.engine.normalize import object_type, spelled
from policies.engine.rule import Offence, Rule
from policies.engine.values import at, known, listed, text
from policies.rules.platform.providers import AWS, KUBERNETES

_PACKAGES: Final = frozenset({"aws", "kubernetes", "pulumi"})
_OURS: Final = ("slipway:", "pulumi:pulumi:Stack")
_PROVIDER: Final = "pulumi:providers:"
_SETTINGS: Final = {
    AWS: frozenset(
        {"region", "allowedAccountIds", "defaultTags", "skipCredentialsValidation", "skipRegionValidation"}
    ),
    KUBERNETES: frozenset({"kubeconfig", "clusterIdentifier", "enableConfigMapMutable"}),
}
"""Inputs of providers that rules judge or that change nothing of what is made and where."""
_CREDENTIALS: Final = frozenset({"accessKey", "secretKey", "token", "version"})
"""Each has a rule of its own; ``version`` is the SDK's, and the capture holds it to the one that is installed."""
_BRINGS_OTHERS: Final = {
    "kubernetes:argoproj.io/": "applies what a repository holds",
    "kubernetes:source.toolkit.fluxcd.io/": "fetches what Flux applies",
}
"""Kinds with rules of their own, which yet make objects that nobody here sees."""


def _type_of(resource: Resource) -> str:
    """The token as the program wrote it: a URN keeps it where rules read the object's own type."""
    segments = resource.urn.split("::")
    return segments[2].rpartition("$")[2] if len(segments) > 3 else resource.type  # noqa: PLR2004 urn, project, types, name


def _unjudged(resource: Resource, graph: Graph) -> Iterable[Offence]:
    from policies.engine.catalog import COVERED, NEEDS_NO_RULE  # noqa: PLC0415 the catalogue imports this module

    token = resource.type
    if resource.rendered or not resource.custom or token.startswith(_OURS):
        return
    package = token.partition(":")[0]
    if token.startswith(_PROVIDER):
        yield from _provider(resource, token)
    elif package not in _PACKAGES or spelled(token) not in COVERED | NEEDS_NO_RULE.keys():
        yield unjudged(token)
    else:
        yield from (
            Offence(path="", problem=f"{finding_of(token)}: it {what}")
            for start, what in _BRINGS_OTHERS.items()
            if token.startswith(start)
        )
        if token.startswith("kubernetes:kyverno.io/"):
            yield from _making_policy(resource)
    if token.startswith("aws:") and _has_own_region(resource, graph):
        yield unjudged(f"{token} region")


def _has_own_region(resource: Resource, graph: Graph) -> bool:
    """Whether a resource is made in another region than its provider's, which the provider answers for every one."""
    region = known(resource.inputs.get("region"), "region")
    return region is not None and all(region != p.inputs.get("region") for p in graph.of_type(AWS))


def _provider(resource: Resource, token: str) -> Iterator[Offence]:
    if token not in _SETTINGS:
        yield unjudged(token)
        return
    for name, value in sorted(resource.inputs.items()):
        if (
            value not in (None, "", "false", False, "[]", "{}")
            and name not in _SETTINGS[token] | _CREDENTIALS
        ):
            yield unjudged(f"{token} {name}")


def _making_policy(policy: Resource) -> Iterator[Offence]:
    for index, rule in enumerate(listed(at(policy.inputs, "spec.rules"), "spec.rules")):
        for part in ("generate", "mutate"):
            if at(rule, part):
                yield Offence(
                    path=f"spec.rules[{index}].{part}",
                    problem=f"{finding_of(policy.type)}: it {part}s objects that others make",
                )


def _another_place(resource: Resource, graph: Graph) -> Iterable[Offence]:
    """Every AWS provider of a stack works in one region and one account, and every resource has a provider."""
    if resource.type == AWS:
        yield from _other_provider(resource, graph)
    elif resource.custom and not resource.rendered and not resource.provider and graph.once(_tells_providers):
        package = resource.type.partition(":")[0]
        yield Offence(
            path="",
            problem=f"has no provider: the surroundings of whoever runs the update choose where {package} makes it",
        )


def _tells_providers(graph: Graph) -> bool:
    """Some engines tell a policy pack none."""
    return any(resource.provider for resource in graph)


def _other_provider(provider: Resource, graph: Graph) -> Iterator[Offence]:
    own = [p for p in graph.of_type(AWS) if not p.is_read]
    first = min(own, key=lambda p: (-_users(p, graph), p.urn))
    for name in ("region", "allowedAccountIds"):
        here, there = (known(p.inputs.get(name), name) for p in (provider, first))
        if here != there:
            yield Offence(
                path=name,
                problem=f"{_plain(here)}, and the stack's other resources are made in {_plain(there)}",
                value=here,
            )


def _users(provider: Resource, graph: Graph) -> int:
    return sum(r.provider.rpartition("::")[0] == provider.urn for r in graph)


def _plain(value: Any) -> str:
    return str(value).strip('[]"') if value is not None else "none"


def _lies(resource: Resource, _graph: Graph) -> Iterable[Offence]:
    token = _type_of(resource)
    version, kind = resource.inputs.get("apiVersion"), resource.inputs.get("kind")
    if resource.rendered or not token.startswith("kubernetes:") or not (version and kind):
        return
    said = object_type("", {"apiVersion": text(version, "apiVersion"), "kind": text(kind, "kind")})
    # pulumi.apiextensions.CustomResource writes kubernetes:v1:ConfigMap for kubernetes:core/v1:ConfigMap.
    whole = token.replace("kubernetes:v1:", "kubernetes:core/v1:")
    if said not in {whole, object_type(whole, {})}:
        yield Offence(
            path="kind",
            problem=f"the type is {token}, and the object that is sent is a {version} {kind}",
            value=kind,
        )


def _patches(resource: Resource, _graph: Graph) -> Iterable[Offence]:
    token = _type_of(resource)
    if token.startswith("kubernetes:") and token.endswith("Patch") and not resource.rendered:
        kind = text(resource.inputs.get("kind"), "kind")
        yield Offence(
            path="kind", problem=f"changes a {kind or 'object'} that is made elsewhere", value=kind or None
        )
    elif token.startswith("kubernetes:") and token.endswith("List") and "items" in resource.inputs:
        yield Offence(
            path="items", problem="come in one resource, so that each of them has no state of its own"
        )


RULES: tuple[Rule, ...] = (
    Rule(
        id="objects-are-of-their-type",
        severity="high",
        applies_to=("kubernetes:*",),
        why="The API server reads apiVersion and kind; a type that says something else hides the object from readers.",
        fix="Declare the object under its own type.",
        check=_lies,
    ),
)

PLATFORM: tuple[Rule, ...] = (
    Rule(
        id=RULE,
        applies_to=("*",),
        why=(
            "What no rule reads is judged by nobody: a stack file of CloudFormation, a grant on a key, an association "
            "that runs a script."
        ),
        fix=(
            "Use a type that rules judge, or write the rule. To accept one, add it by name to "
            "policies/accepted_types.yaml with reason, owner, created and expires (180 days at most)."
        ),
        check=_unjudged,
        of_kinds=True,
        reads_graph=True,
    ),
    Rule(
        id="resources-are-made-in-one-place",
        severity="high",
        applies_to=(AWS, "aws:*", "kubernetes:*"),
        why=(
            "A second region or account has none of the trail, boundary and tags that the first one is judged for; "
            "without a provider, environment variables of whoever runs the update choose it."
        ),
        fix="Pass the platform's provider in ResourceOptions; a second region is a second stack.",
        check=_another_place,
        of_kinds=True,
        reads_graph=True,
    ),
    Rule(
        id="objects-are-declared-whole",
        severity="high",
        applies_to=("kubernetes:*",),
        why="A patch changes what another stack, chart or person owns, and what comes of both is seen by nobody.",
        fix="Declare the object where it is owned; let lists be objects of their own.",
        check=_patches,
        of_kinds=True,
        reads_graph=True,
    ),
)
