"""Whether a pod is given the time that it says it needs to end."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from policies.engine.values import at, number, sequence, text

DEFAULT_GRACE: Final = 30
"""``terminationGracePeriodSeconds`` where it is not set (Kubernetes, "Pod Lifecycle", read 2026-11-29)."""
_SLEEP: Final = re.compile(r"\bsleep +(\d{1,6})\b")
_LONGEST: Final = 2000
"""Characters of a command that are read: what sleeps does so at its beginning."""


def cut_short(spec: Mapping[str, Any]) -> Iterator[tuple[str, int, int]]:
    """Containers that are killed before their preStop ends: path, seconds it takes, seconds there are.

    The grace period counts from the preStop on, so that what comes after it has the rest.

    Raises:
        UndecidedError: a number or a command cannot be read.
    """
    said = number(spec.get("terminationGracePeriodSeconds"), "terminationGracePeriodSeconds")
    grace = DEFAULT_GRACE if said is None else int(said)
    for index, container in enumerate(sequence(at(spec, "containers"), "containers")):
        hook = "lifecycle.preStop"
        slept = number(at(container, f"{hook}.sleep.seconds"), "sleep.seconds")
        if slept is None:
            words = sequence(at(container, f"{hook}.exec.command"), "exec.command")
            found = _SLEEP.search(" ".join(text(word, "exec.command") for word in words)[:_LONGEST])
            slept = int(found[1]) if found else 0
        if slept >= grace > 0:
            yield f"containers[{index}].{hook}", int(slept), grace
