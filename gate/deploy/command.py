"""``slipway permissions``: what the deploy and preview roles of a stack have to be allowed."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from rich.console import Console

from gate.capture.chosen import BOOTSTRAP, chosen
from gate.capture.stacks import capture_stack
from gate.core.checkout import ROOT
from gate.core.errors import GateError
from gate.core.subprocess_runner import apart
from gate.deploy.documents import documents
from gate.deploy.needs import READ, WRITE, Deployed, needs
from policies.engine.graph import Graph
from stacks.load import Stack

ROLES: Final = {"deploy": WRITE, "preview": READ}
FORMATS: Final = ("text", "json")


def deployed(stack: Stack) -> Deployed:
    """The stack as its roles see it."""
    names = stack.names
    return Deployed(
        stack=stack.name,
        account=names.account,
        region=names.region,
        partition=names.partition,
        cluster=names.cluster,
        boundary=names.boundary_arn,
    )


def derive(stack: Stack, graph: Graph) -> dict[str, list[dict[str, Any]]]:
    """The documents of both roles.

    Raises:
        GateError: a type has no row, an ARN cannot be told, or the documents are more than a role may have.
    """
    found = {}
    for role, verbs in ROLES.items():
        needed, problems = needs(graph, deployed(stack), verbs)
        if problems:
            raise GateError(
                f"stack {stack.name}: the {role} role's permissions cannot be worked out:", problems
            )
        try:
            found[role] = documents(needed)
        except ValueError as error:
            raise GateError(f"stack {stack.name}: the {role} role {error}") from None
    return found


def written(found: Mapping[str, Sequence[Mapping[str, Any]]]) -> str:
    """The file's text: one statement a line, so that a change shows as what it is."""
    parts = []
    for role, policies in found.items():
        texts = [
            ",\n".join(f"   {json.dumps(statement)}" for statement in policy["Statement"])
            for policy in policies
        ]
        listed = ",\n".join(f'  {{"Version": "2012-10-17", "Statement": [\n{text}\n  ]}}' for text in texts)
        parts.append(f' "{role}": [\n{listed}\n ]' if texts else f' "{role}": []')
    return "{\n" + ",\n".join(parts) + "\n}\n"


def run(role: str, names: Sequence[str], form: str, organisation: Path | None, *, write: bool) -> None:
    """Print the documents of a role, or write both roles' to ``bootstrap/permissions``."""
    if role not in ROLES:
        raise GateError(f"permissions: the role should be {' or '.join(ROLES)} (got {role!r})")
    if form not in FORMATS:
        raise GateError(f"--format: should be {', '.join(FORMATS)} (got {form!r})")
    root = (organisation or ROOT).resolve()
    wanted = set(names)
    for stack, found in apart(_derived, chosen(list(names), root)):
        if wanted and stack not in wanted:
            continue
        if write:
            path = ROOT / BOOTSTRAP / "permissions" / f"{stack}.json"
            path.write_text(written(found), encoding="utf-8")
            Console().print(f"{path.relative_to(ROOT)}: written", highlight=False)
        elif form == "json":
            Console().print(json.dumps(found[role], indent=1), soft_wrap=True, markup=False, highlight=False)
        else:
            _show(stack, role, found[role])


def _derived(stacks: Sequence[Stack]) -> list[tuple[str, dict[str, list[dict[str, Any]]]]]:
    exports: dict[str, Mapping[str, Any]] = {}
    found = []
    for stack in stacks:
        captured = capture_stack(stack, exports)
        exports[stack.name] = captured.exports
        found.append((stack.name, derive(stack, captured.graph)))
    return found


def _show(stack: str, role: str, policies: Sequence[Mapping[str, Any]]) -> None:
    console = Console(width=160, highlight=False)
    count = sum(len(policy["Statement"]) for policy in policies)
    console.print(f"the {role} role of {stack}: {len(policies)} policies, {count} statements", markup=False)
    for policy in policies:
        for statement in policy["Statement"]:
            on = ", ".join(statement["Resource"])
            console.print(f"may {', '.join(statement['Action'])}\n  on {on}", markup=False, soft_wrap=True)
            for operator, keys in statement.get("Condition", {}).items():
                for key, value in keys.items():
                    console.print(f"  where {key} {operator} {value}", markup=False, soft_wrap=True)
