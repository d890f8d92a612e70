"""What must hold of several policies together: of each scope Istio keeps one, and what is left is what was meant."""

from collections.abc import Iterable
from typing import Final

from policies.analysis.kubernetes.metadata import namespace_of
from policies.analysis.mesh.objects import AUTHENTICATION, AUTHORIZATION, ROOT_NAMESPACE
from policies.analysis.mesh.scopes import (
    KINDS,
    STRICT,
    called,
    inherited_mode,
    labels_of,
    ports_without_selector,
    rivals,
    said_mode,
    selected_nothing,
)
from policies.analysis.mesh.union import refused_rules
from policies.engine.graph import Graph, Resource
from policies.engine.rule import Offence, Rule
from policies.engine.values import at

_SELECTOR: Final = "spec.selector"


def _without_effect(policy: Resource, graph: Graph) -> Iterable[Offence]:
    scope = "the same pods" if labels_of(policy) else "the same scope"
    for other in sorted(rivals(policy, graph), key=called):
        # Told once for two, at the one whose name comes last.
        if called(other) < called(policy) or (called(other) == called(policy) and other.urn < policy.urn):
            yield Offence(
                path=_SELECTOR,
                problem=f"{called(other)} is for {scope}: Istio keeps the older of the two and ignores the other",
                value=dict(labels_of(policy)) or None,
            )
    if selected_nothing(policy):
        yield Offence(
            path=_SELECTOR,
            problem="a selector in Istio's root namespace is for no pod: the policy is ignored",
            value=dict(labels_of(policy)),
            expected="the namespace of the pods",
        )
    if policy.type in AUTHENTICATION and (ports := ports_without_selector(policy)):
        yield Offence(
            path="spec.portLevelMtls",
            problem=f"ports {', '.join(ports)} are ignored without a selector",
            value=at(policy.inputs, "spec.portLevelMtls"),
        )


def _inherits_plain_text(policy: Resource, graph: Graph) -> Iterable[Offence]:
    """Of the mesh's own policy another rule speaks; where nothing of the mesh is in view, others say what holds."""
    if said_mode(policy) or namespace_of(policy) == ROOT_NAMESPACE:
        return
    mode = inherited_mode(policy, graph)
    if mode and mode != STRICT:
        yield Offence(
            path="spec.mtls.mode",
            problem=f"is not set, and the wider scope leaves {mode}: plain text is taken",
            expected=STRICT,
        )


def _refused(policy: Resource, graph: Graph) -> Iterable[Offence]:
    for index, denying in refused_rules(policy, graph):
        yield Offence(
            path=f"spec.rules[{index}]",
            problem=f"admits nobody: the DENY policy {called(denying)} goes first and refuses all that it names",
        )


RULES: tuple[Rule, ...] = (
    Rule(
        id="mesh-policies-do-not-compete",
        severity="high",
        applies_to=tuple(KINDS),
        why="Which of two holds is decided by their age, so that a new cluster may come up with the other one.",
        fix="Put both into one object, or let their selectors name different pods.",
        check=_without_effect,
        reads_graph=True,
    ),
    Rule(
        id="inherited-modes-require-mutual-tls",
        severity="high",
        applies_to=AUTHENTICATION,
        why="A policy that sets ports alone looks like a lock: every other port takes what the wider scope takes.",
        fix="Set spec.mtls.mode: STRICT in the policy, in the namespace or in Istio's root namespace.",
        check=_inherits_plain_text,
        reads_graph=True,
    ),
    Rule(
        id="admitted-callers-are-not-denied",
        severity="medium",
        applies_to=AUTHORIZATION,
        why="A DENY goes before every ALLOW: who was let in by name is refused, and calls fail.",
        fix="Take the callers out of the DENY (notPrincipals, notNamespaces), or the rule away.",
        check=_refused,
        reads_graph=True,
    ),
)
