"""What was accepted although a rule finds it, and until when, as series: dashboards and an alert read them. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby
from typing import Any, Final

from components.foundation.well_known import OBSERVABILITY

COUNT: Final = "slipway:accepted_findings:count"
ENDS: Final = "slipway:accepted_findings:first_end_seconds"
BY: Final = ("rule", "accepted_by")
"""Labels of both: ``accepted_by`` is the team that took the risk (``owner`` of an alert is who is called)."""


@dataclass(frozen=True, kw_only=True, order=True)
class Accepted:
    """One waiver that holds in a stack: which rule, by whom, to the end of which day, how many findings."""

    rule: str
    owner: str
    until: date
    findings: int = 1

    @property
    def ends(self) -> int:
        """Seconds since 1970 at which it holds no longer: it does to the end of its day."""
        return int(datetime.combine(self.until + timedelta(days=1), time(), UTC).timestamp())


@dataclass(frozen=True, kw_only=True)
class Constants:
    """What is known when the program runs, and becomes series: accepted findings, and machines that have a price."""

    accepted: Sequence[Accepted] = ()
    gpu_machines: Sequence[str] = ()
    """Instance types of the stack's GPU pools."""


NO_CONSTANTS: Final = Constants()


def accepted_rules(accepted: Iterable[Accepted]) -> dict[str, Any] | None:
    """Two series a rule and owner, as one object; nothing where nothing was accepted.

    They are constants: what the program was told when it ran. A waiver that was taken out since is here until the
    next run.
    """
    rules = list(_records(accepted))
    if not rules:
        return None
    return {
        "apiVersion": "monitoring.coreos.com/v1",
        "kind": "PrometheusRule",
        "metadata": {"name": "slipway-accepted", "namespace": OBSERVABILITY},
        "spec": {"groups": [{"name": "accepted", "interval": "1m", "rules": rules}]},
    }


def _records(accepted: Iterable[Accepted]) -> Iterator[dict[str, Any]]:
    for (rule, owner), found in groupby(sorted(accepted), key=lambda one: (one.rule, one.owner)):
        of_both = list(found)
        labels = dict(zip(BY, (rule, owner), strict=True))
        for name, value in (
            (COUNT, sum(one.findings for one in of_both)),
            (ENDS, min(one.ends for one in of_both)),
        ):
            yield {"record": name, "expr": f"vector({value})", "labels": labels}
