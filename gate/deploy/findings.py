"""Whether the deploy and preview roles that the bootstrap makes can do what a stack takes, as findings on the stack."""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from facts.deploy_actions import deploy_actions
from gate.capture.chosen import BOOTSTRAP
from gate.core.checkout import ROOT
from gate.core.errors import GateError
from gate.deploy.command import ROLES, deployed
from gate.deploy.needs import Need, needs
from policies.analysis.iam.effective import may
from policies.analysis.iam.identities import Identity
from policies.analysis.iam.statements import Statement, statements
from policies.engine.evaluate import Finding
from policies.engine.graph import Graph
from stacks.load import PROJECT, Stack

RULE: Final = "deploy-roles-can-make-their-stack"
_SHOWN: Final = 5


def deploy_findings(stack: Stack, graph: Graph, root: Path = ROOT) -> list[Finding]:
    """Types without a row in ``facts/deploy_actions.yaml``, and calls that the committed documents do not allow.

    A stack that no bootstrap makes roles for has types only.

    Raises:
        GateError: the committed file cannot be read.
    """
    if stack.project != PROJECT:
        return []
    found = [_finding(line, _FIX_ROW, urn) for urn, line in _without_a_row(graph)]
    path = root / BOOTSTRAP / "permissions" / f"{stack.name}.json"
    if not found and stack.folder.resolve() == (root / "stacks").resolve() and path.is_file():
        found += [_finding(line, _FIX_FILE) for line in _refused(stack, graph, path)]
    return found


_FIX_ROW: Final = "Add a row for the type: what the provider asks AWS for, and on what."
_FIX_FILE: Final = "slipway permissions deploy --write, then an administrator brings the bootstrap up."


def _finding(message: str, fix: str, urn: str = "") -> Finding:
    return Finding(rule=RULE, level="mandatory", severity="high", urn=urn, message=message, fix=fix)


def _without_a_row(graph: Graph) -> list[tuple[str, str]]:
    there = {r.type: r.urn for r in graph if r.type.startswith("aws:")}
    return [
        (there[type_], f"{type_}: has no row in facts/deploy_actions.yaml, so no deploy role can make it")
        for type_ in sorted(there.keys() - deploy_actions().keys())
    ]


def _refused(stack: Stack, graph: Graph, path: Path) -> Iterator[str]:
    called = f"{BOOTSTRAP}/permissions/{path.name}"
    try:
        committed: Mapping[str, Sequence[Mapping[str, Any]]] = json.loads(path.read_text(encoding="utf-8"))
        layers = {
            role: tuple(s for policy in committed[role] for s in statements(policy, called)) for role in ROLES
        }
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise GateError(f"{called}: is no file of `slipway permissions --write`: {error}") from None
    for role, verbs in ROLES.items():
        needed, problems = needs(graph, deployed(stack), verbs)
        yield from problems
        lacking = [need for need in needed if not is_allowed(need, layers[role])]
        for need in lacking[:_SHOWN]:
            yield f"{called}: the {role} role may not {need.action} on {need.resource}"
        if len(lacking) > _SHOWN:
            yield f"{called}: the {role} role lacks {len(lacking) - _SHOWN} more permissions"


def is_allowed(need: Need, layer: tuple[Statement, ...]) -> bool:
    """Whether a role with these statements may do it, in a request as the need describes it."""
    return all(
        may(Identity("deploy", (layer,), context=context), need.action, need.resource) in answers
        for context, answers in _requests(need)
    )


def _requests(need: Need) -> Iterator[tuple[Mapping[str, str], frozenset[str]]]:
    """What such requests carry: one for each value of the longest condition; a tag that is not there is left open."""
    settled = {key.lower(): values for operator, key, values in need.conditions if operator != "Null"}
    is_open = any(operator == "Null" for operator, _, _ in need.conditions)
    answers = frozenset({"yes", "depends"}) if is_open else frozenset({"yes"})
    for turn in range(max([len(values) for values in settled.values()] or [1])):
        yield {key: values[turn % len(values)] for key, values in settled.items()}, answers
