"""What must hold for ECR's pull-through caches: how what they make is kept, and that it is scanned."""

import json
from collections.abc import Iterable, Iterator
from typing import Final

from policies.analysis.platform.registry import CACHE_RULE
from policies.engine.graph import Graph, Resource
from policies.engine.rule import Offence, Rule
from policies.engine.values import UndecidedError, at, mapping, sequence, text

TEMPLATE: Final = "aws:ecr/repositoryCreationTemplate:RepositoryCreationTemplate"
SCANNING: Final = "aws:ecr/registryScanningConfiguration:RegistryScanningConfiguration"
_BY_ITSELF: Final = frozenset({"SCAN_ON_PUSH", "CONTINUOUS_SCAN"})
_SECRETS: Final = "ecr-pullthroughcache/"
_WITH_CREDENTIALS: Final = frozenset({"registry-1.docker.io", "ghcr.io", "registry.gitlab.com", "cgr.dev"})
"""Upstreams that need a secret (Amazon ECR user guide, "Sync an upstream registry", read 2026-11-29)."""


def _covering(rule: Resource, graph: Graph) -> Iterator[Resource]:
    prefix = text(at(rule.inputs, "ecrRepositoryPrefix"), "ecrRepositoryPrefix")
    for template in graph.of_type(TEMPLATE):
        covers = text(at(template.inputs, "prefix"), "prefix")
        if covers == "ROOT" or f"{prefix}/".startswith(f"{covers}/"):
            yield template


def _without_template(rule: Resource, graph: Graph) -> Iterable[Offence]:
    prefix = text(at(rule.inputs, "ecrRepositoryPrefix"), "ecrRepositoryPrefix")
    for template in _covering(rule, graph):
        if "PULL_THROUGH_CACHE" in sequence(at(template.inputs, "appliedFors"), "appliedFors"):
            return
    yield Offence(
        path="ecrRepositoryPrefix",
        problem=f"no template for {prefix}/: what the cache makes is under no key of ours, and its tags move",
        value=prefix,
    )


def _not_asking(rule: Resource, _graph: Graph) -> Iterable[Offence]:
    upstream = text(at(rule.inputs, "upstreamRegistryUrl"), "upstreamRegistryUrl")
    secret = text(at(rule.inputs, "credentialArn"), "credentialArn")
    if not secret and upstream in _WITH_CREDENTIALS:
        yield Offence(
            path="credentialArn", problem=f"is not set: {upstream} answers a cache only with credentials"
        )
    if secret and f":secret:{_SECRETS}" not in secret:
        yield Offence(
            path="credentialArn",
            problem=f"ECR reads secrets whose names begin with {_SECRETS} (got {secret})",
            value=secret,
        )


def _loose(template: Resource, _graph: Graph) -> Iterable[Offence]:
    tags = text(at(template.inputs, "imageTagMutability"), "imageTagMutability")
    if tags != "IMMUTABLE":
        yield Offence(
            path="imageTagMutability",
            problem="a tag that was pulled once may be another image tomorrow",
            value=tags or None,
        )
    encryption = [mapping(e, "encryptionConfigurations") for e in
                  sequence(at(template.inputs, "encryptionConfigurations"), "encryptionConfigurations")]  # fmt: skip
    if not any(text(e.get("encryptionType"), "encryptionType").startswith("KMS") and e.get("kmsKey") is not None
               for e in encryption):  # fmt: skip
        yield Offence(path="encryptionConfigurations", problem="cached images are not under a key of ours")
    policy = text(at(template.inputs, "lifecyclePolicy"), "lifecyclePolicy")
    if not policy:
        yield Offence(path="lifecyclePolicy", problem="is not set: nothing ever leaves the cache")
    elif not _rules(policy):
        yield Offence(path="lifecyclePolicy", problem="holds no rule")


def _rules(policy: str) -> bool:
    try:
        return bool(mapping(json.loads(policy), "lifecyclePolicy").get("rules"))
    except ValueError:
        raise UndecidedError("lifecyclePolicy: is not JSON") from None


def _unscanned(scanning: Resource, _graph: Graph) -> Iterable[Offence]:
    frequencies = [
        text(mapping(rule, "rules").get("scanFrequency"), "rules.scanFrequency")
        for rule in sequence(at(scanning.inputs, "rules"), "rules")
    ]
    if not _BY_ITSELF & set(frequencies):
        yield Offence(
            path="rules",
            problem="nothing is scanned as it arrives, and what a cache fetches is pushed by nobody",
        )


RULES: tuple[Rule, ...] = (
    Rule(
        id="image-caches-have-a-template",
        severity="medium",
        applies_to=(CACHE_RULE,),
        why="ECR makes a cache's repositories by itself; without a template they have its defaults, for good.",
        fix="Declare an aws.ecr.RepositoryCreationTemplate for the prefix, applied for PULL_THROUGH_CACHE.",
        check=_without_template,
        reads_graph=True,
    ),
    Rule(
        id="image-caches-may-ask-upstream",
        severity="high",
        applies_to=(CACHE_RULE,),
        why="ECR refuses such a rule, or the first pull through it fails.",
        fix="Name a secret of this account and region whose name begins with ecr-pullthroughcache/.",
        check=_not_asking,
    ),
    Rule(
        id="registries-scan-what-arrives",
        severity="low",
        applies_to=(SCANNING,),
        why="The account's setting replaces each repository's own, and cached ones have none.",
        fix="Add a rule with SCAN_ON_PUSH or CONTINUOUS_SCAN for every repository.",
        check=_unscanned,
    ),
)

PLATFORM: tuple[Rule, ...] = (
    Rule(
        id="cached-repositories-are-kept-tight",
        severity="medium",
        applies_to=(TEMPLATE,),
        why="A template is the only place where anything can be said of repositories that do not exist yet.",
        fix="Set IMMUTABLE tags, a KMS key and a lifecycle policy in the template.",
        check=_loose,
    ),
)
