"""What must hold for services that are given variables, parameters and addresses: no credential stands in them."""

from collections.abc import Iterable, Iterator
from functools import partial
from typing import Any, Final

from policies.analysis.secrets.shapes import spotted
from policies.engine.collect_errors import every
from policies.engine.graph import UNKNOWN, Graph, Resource
from policies.engine.property_paths import below, dotted, places_at
from policies.engine.rule import Offence, Rule, Variant
from policies.engine.values import at, known, mapping, text
from policies.rules.aws.ecs_tasks import JOB, TASK, containers

PARAMETER: Final = "aws:ssm/parameter:Parameter"
BUILD: Final = "aws:codebuild/project:Project"
_BY_NAME: Final = {
    "aws:amplify/app:App": ("environmentVariables",),
    "aws:apprunner/service:Service": (
        "sourceConfiguration.imageRepository.imageConfiguration.runtimeEnvironmentVariables",
        "sourceConfiguration.codeRepository.codeConfiguration.codeConfigurationValues.runtimeEnvironmentVariables",
    ),
    "aws:glue/connection:Connection": ("connectionProperties",),
    "aws:glue/job:Job": ("defaultArguments", "nonOverridableArguments"),
    "aws:sagemaker/model:Model": ("primaryContainer.environment", "containers.*.environment"),
}
"""Where a type keeps texts by name."""
_KEPT_ELSEWHERE: Final = frozenset({"SECRETS_MANAGER", "PARAMETER_STORE", "SecureString"})
"""Kinds of variables that name a secret, and the parameter that is one (secrets-not-in-plain-text judges it)."""


def _told(service: Resource, _graph: Graph, *, may_be_encrypted: bool = True) -> Iterable[Offence]:
    made = {path for path, urns in service.property_dependencies.items() if urns}
    encrypted = service.secret_properties if may_be_encrypted else frozenset[str]()
    return every(
        partial(_spotted, path, name, value)
        for path, name, value in _said(service)
        # What another resource makes is written nowhere, and what Pulumi encrypts is shown to nobody.
        if not (value is UNKNOWN and dotted(path).partition(".")[0] in made)
        and not any(above in encrypted for above in _above(dotted(path)))
    )


def _said(service: Resource) -> Iterator[tuple[str, str, Any]]:
    """Every text a service is told: where it stands, its name, and what it says."""
    for path in _BY_NAME.get(service.type, ()):
        for place, value in places_at(service.inputs, path):
            yield from ((below(place, name), name, said) for name, said in mapping(value, path).items())
    if service.type == PARAMETER and at(service.inputs, "type") not in _KEPT_ELSEWHERE:
        name = text(at(service.inputs, "name"), "name").rpartition("/")[2]
        yield "value", name, service.inputs.get("value")
    if service.type == BUILD:
        for place, variable in places_at(service.inputs, "environment.environmentVariables.*"):
            if at(variable, "type") not in _KEPT_ELSEWHERE:
                yield f"{place}.value", *_named(variable)
        yield "source.location", "source.location", at(service.inputs, "source.location")
    if service.type in {TASK, JOB}:
        for head, one in containers(service):
            for place, variable in places_at(one, "environment.*"):
                yield f"{head}.{place}.value", *_named(variable)
            yield from ((f"{head}.{place}", "command", word) for place, word in places_at(one, "command.*"))


def _above(path: str) -> list[str]:
    """A path and every part of the resource that holds it."""
    steps = path.split(".")
    return [".".join(steps[:count]) for count in range(1, len(steps) + 1)]


def _named(variable: Any) -> tuple[str, Any]:
    return text(at(variable, "name"), "name"), mapping(variable).get("value")


def _spotted(path: str, name: str, value: Any) -> Iterator[Offence]:
    said = known(value, name)
    for what in spotted(name, said if isinstance(said, str) else ""):
        yield Offence(path=path, problem=f"{name} holds {what}")


RULES: tuple[Rule, ...] = (
    Rule(
        id="services-are-told-no-credentials",
        severity="critical",
        applies_to=(TASK, JOB, BUILD, PARAMETER, *_BY_NAME),
        why="What a service is told is shown to everybody who may describe it, and stands in its history.",
        fix="Name a secret (valueFrom, SECRETS_MANAGER, SecureString), and let the service's role read it.",
        check=_told,
        on_platform=Variant(
            "Not even encrypted in a stack file: it names the secret.", partial(_told, may_be_encrypted=False)
        ),
        reads_graph=True,
    ),
)
