"""``slipway budget``: what is left of a model's error budget, as its Prometheus counted it."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.error import URLError
from urllib.parse import urlencode, urlsplit
from urllib.request import Request, urlopen

from rich.console import Console
from rich.table import Table

from gate.core.errors import GateError
from gate.render.json_text import as_json
from releases.burn_rate import BURNS, REMAINING, TARGET, burn_series

FORMATS: Final = ("text", "json")
_SECONDS: Final = 10
_MOST_BYTES: Final = 1_000_000


@dataclass(frozen=True, kw_only=True)
class Budget:
    """One objective: its target, the fraction of its budget that is left, and burn rates by window."""

    objective: str
    target: float
    remaining: float
    burning: Mapping[str, float]


def run(model: str, prometheus: str, form: str, console: Console) -> bool:
    """Print what is left; whether every objective has some of its budget left.

    Raises:
        GateError: Prometheus cannot be asked, or knows no objective of this model. No figure is no budget.
    """
    found = budgets(model, prometheus)
    if form == "json":
        console.file.write(
            as_json({"model": model, "objectives": [vars(b) | {"burning": dict(b.burning)} for b in found]})
        )
    else:
        console.print(_table(model, found))
    return all(one.remaining > 0 for one in found)


def budgets(model: str, prometheus: str) -> list[Budget]:
    """Each objective that Prometheus knows of the model, by name."""
    selected = f'{{model="{model}"}}'
    targets = _ask(prometheus, TARGET + selected)
    left = _ask(prometheus, REMAINING + selected)
    burning = {burn_series(burn): _ask(prometheus, burn_series(burn) + selected) for burn in BURNS}
    if not targets:
        raise GateError(
            f"model {model}: {prometheus} has no objective of it; its record has no slo, or it is not up"
        )
    silent = sorted(name for name in targets if name not in left)
    if silent:
        raise GateError(f"model {model}: nothing is counted yet of {', '.join(silent)}")
    return [
        Budget(
            objective=name,
            target=target,
            remaining=left[name],
            burning={s.rpartition(":")[2]: rates[name] for s, rates in burning.items() if name in rates},
        )
        for name, target in sorted(targets.items())
    ]


def _ask(prometheus: str, query: str) -> dict[str, float]:
    """The value now of each objective's series."""
    if urlsplit(prometheus).scheme not in {"http", "https"}:
        raise GateError(
            f"--prometheus: should be an address such as http://localhost:9090 (got {prometheus!r})"
        )
    address = f"{prometheus.rstrip('/')}/api/v1/query?{urlencode({'query': query})}"
    try:
        with urlopen(Request(address), timeout=_SECONDS) as answer:  # noqa: S310 the scheme was looked at
            said = json.loads(answer.read(_MOST_BYTES))
        return dict(_value(one) for one in said["data"]["result"])
    except (URLError, OSError) as error:
        raise GateError(
            f"--prometheus: {prometheus} does not answer: {getattr(error, 'reason', error)}"
        ) from None
    except (KeyError, TypeError, ValueError):
        raise GateError(f"--prometheus: {prometheus} answers, but not as Prometheus does") from None


def _value(one: Any) -> tuple[str, float]:
    value = float(one["value"][1])
    if not math.isfinite(value):
        raise ValueError(value)
    return str(one["metric"]["objective"]), value


def _table(model: str, found: list[Budget]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in (
        "objective",
        "target",
        "budget left",
        *(f"burn {burn_series(b).rpartition(':')[2]}" for b in BURNS),
    ):
        table.add_column(heading, justify="left" if heading == "objective" else "right")
    for one in found:
        spent = one.remaining <= 0
        table.add_row(
            f"{model} {one.objective}",
            f"{100 * one.target:.9g}%",
            f"{100 * one.remaining:.1f}%{' spent' if spent else ''}",
            *(f"{rate:.2f}" for rate in one.burning.values()),
            style="red" if spent else None,
        )
    return table
