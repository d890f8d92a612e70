"""What one layer of an identity grants and another takes away altogether: a grant that never comes true."""

from collections.abc import Iterator
from dataclasses import replace

from policies.analysis.iam.effective import grants
from policies.analysis.iam.identities import Identity
from policies.analysis.iam.patterns import covers_action
from policies.analysis.iam.statements import Statement


def cut_off(identity: Identity, of: int) -> Iterator[tuple[str, str]]:
    """Actions that one layer names, and of which the others leave nothing; with the resource they are for.

    An action with a wildcard names what its author did not list, so nothing says that all of it is needed.

    Raises:
        UndecidedError: a statement cannot be read.
    """
    others = [layer for i, layer in enumerate(identity.layers) if i != of]
    if not others:
        return
    seen: set[str] = set()
    for statement in identity.layers[of]:
        if not statement.allows or statement.holds(identity.context) is False:
            continue
        for action in statement.actions:
            if "*" in action or "?" in action or action.lower() in seen:
                continue
            if _is_left(identity, statement, action, others):
                continue
            seen.add(action.lower())
            yield action, (statement.resources or ("*",))[0]


def _is_left(
    identity: Identity, statement: Statement, action: str, others: list[tuple[Statement, ...]]
) -> bool:
    near = [
        tuple(
            s for s in layer if s.not_actions is not None or any(covers_action(p, action) for p in s.actions)
        )
        for layer in others
    ]
    alone = replace(identity, layers=((statement,), *near))
    return bool(grants(alone, action))
