"""The Cedar policies that workers will ask: read as a worker reads them, before anything is deployed."""

from pathlib import Path
from typing import Final

from gate.core.errors import GateError
from runtime.loops.policy.cedar import CedarPolicies, PolicyError

FOLDER: Final = Path("policies", "actions")


def check_action_policies(root: Path) -> None:
    """Nothing, where the policies of a checkout fit their schema, or where it has none.

    Raises:
        GateError: one of them is wrong; each problem is named with its file and line.
    """
    if not (root / FOLDER).is_dir():
        return
    try:
        CedarPolicies.load(root / FOLDER)
    except PolicyError as error:
        count = "1 problem" if len(error.problems) == 1 else f"{len(error.problems)} problems"
        raise GateError(
            f"{FOLDER} has {count}; no worker would start with it:",
            [f"{FOLDER}/{problem}" for problem in error.problems],
        ) from None
