"""What must hold for what the cluster is asked through: policies refuse, and extensions of its API are verified."""

from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import Any, Final

from policies.analysis.gateway.objects import DEFINITION
from policies.engine.collect_errors import every
from policies.engine.graph import Graph, Resource
from policies.engine.rule import Offence, Rule
from policies.engine.values import at, flag, mapping, sequence, text

_ADMISSION: Final = "kubernetes:admissionregistration.k8s.io/"
_VERSIONS: Final = ("v1", "v1beta1", "v1alpha1")
POLICIES: Final = tuple(f"{_ADMISSION}{v}:ValidatingAdmissionPolicy" for v in _VERSIONS)
BINDINGS: Final = tuple(f"{_ADMISSION}{v}:ValidatingAdmissionPolicyBinding" for v in _VERSIONS)
KYVERNO: Final = tuple(
    f"kubernetes:kyverno.io/{version}:{kind}"
    for version in ("v1", "v2beta1")
    for kind in ("ClusterPolicy", "Policy")
)
KYVERNO_CEL: Final = tuple(
    f"kubernetes:policies.kyverno.io/{version}:{kind}"
    for version in ("v1", "v1beta1", "v1alpha1")
    for kind in ("ValidatingPolicy", "ImageValidatingPolicy")
)
CONSTRAINTS: Final = "kubernetes:constraints.gatekeeper.sh/*"
API_SERVICE: Final = "kubernetes:apiregistration.k8s.io/v1:APIService"


def _lets_pass(policy: Resource, _graph: Graph) -> Iterable[Offence]:
    spec = mapping(at(policy.inputs, "spec"), "spec")
    questions = [partial(_while_down, spec)]
    if policy.type in {*BINDINGS, *KYVERNO_CEL}:
        questions.append(partial(_only_says, spec, is_stated=policy.type in BINDINGS))
    elif policy.type in KYVERNO:
        questions.append(partial(_kyverno_only_says, spec))
    elif policy.type.startswith(CONSTRAINTS[:-1]):
        questions.append(partial(_constraint_only_says, spec))
    return every(questions)


def _while_down(spec: Mapping[str, Any]) -> Iterator[Offence]:
    paths = ("failurePolicy", "webhookConfiguration.failurePolicy")
    found = next((path for path in paths if text(at(spec, path), path).lower() == "ignore"), "")
    if found:
        yield Offence(
            path=f"spec.{found}",
            problem="what it refuses passes while it cannot be asked",
            value=at(spec, found),
            expected="Fail",
        )


def _only_says(spec: Mapping[str, Any], *, is_stated: bool) -> Iterator[Offence]:
    """Of Kubernetes' own bindings the actions are required; Kyverno's policies refuse where none are written."""
    said = [
        text(one, "validationActions") for one in sequence(at(spec, "validationActions"), "validationActions")
    ]
    if "Deny" not in said and (said or is_stated):
        yield Offence(
            path="spec.validationActions",
            problem=f"{', '.join(said) or 'none'}: what breaks it is let in",
            value=said,
            expected="Deny",
        )


def _kyverno_only_says(spec: Mapping[str, Any]) -> Iterator[Offence]:
    """Audit is Kyverno's default (kyverno.io, "Validate Rules", failureAction, read 2026-11)."""
    whole = text(at(spec, "validationFailureAction"), "validationFailureAction")
    for index, rule in enumerate(sequence(at(spec, "rules"), "rules")):
        name = text(at(rule, "name"), "rules.name")
        for kind in ("validate", "verifyImages"):
            for place, one in _judging(rule, kind):
                own = text(at(one, "failureAction"), "failureAction")
                action = own or whole
                if action.lower() != "enforce":
                    said = action or "not set, which is Audit"
                    path = f"spec.rules[{index}].{place}.failureAction"
                    yield Offence(
                        path=path if own or not whole else "spec.validationFailureAction",
                        problem=f"{said}: what breaks the rule {name} is let in",
                        value=action or None,
                        expected="Enforce",
                    )


def _judging(rule: Any, kind: str) -> list[tuple[str, Mapping[str, Any]]]:
    said = at(rule, kind)
    if kind == "verifyImages":
        return [(f"{kind}[{i}]", mapping(one, kind)) for i, one in enumerate(sequence(said, kind))]
    return [(kind, mapping(said, kind))] if said is not None else []


def _constraint_only_says(spec: Mapping[str, Any]) -> Iterator[Offence]:
    action = text(at(spec, "enforcementAction"), "enforcementAction")
    if action in {"dryrun", "warn"}:
        yield Offence(
            path="spec.enforcementAction",
            problem=f"{action}: what breaks it is let in",
            value=action,
            expected="deny",
        )


def _unverified(extension: Resource, _graph: Graph) -> Iterable[Offence]:
    if flag(at(extension.inputs, "spec.insecureSkipTLSVerify"), "insecureSkipTLSVerify"):
        yield Offence(
            path="spec.insecureSkipTLSVerify",
            problem="whoever answers for the service is believed",
            value=True,
        )
    path = "spec.conversion.webhook.clientConfig.url"
    url = text(at(extension.inputs, path), "clientConfig.url")
    if url.lower().startswith("http://"):
        yield Offence(path=path, problem=f"objects are converted by {url}, in plain text", value=url)


RULES: tuple[Rule, ...] = (
    Rule(
        id="admission-policies-refuse",
        severity="high",
        applies_to=(*POLICIES, *BINDINGS, *KYVERNO, *KYVERNO_CEL, CONSTRAINTS),
        why="A policy that only says what is wrong is a report: the pod runs meanwhile.",
        fix="Set failureAction Enforce, validationActions [Deny] or enforcementAction deny, and failurePolicy Fail.",
        check=_lets_pass,
    ),
    Rule(
        id="api-extensions-are-verified",
        severity="high",
        applies_to=(API_SERVICE, DEFINITION),
        why="Whoever answers in the extension's place sees and writes what the API server holds.",
        fix="Set caBundle, or let cert-manager inject it; ask by service or https.",
        check=_unverified,
    ),
)
