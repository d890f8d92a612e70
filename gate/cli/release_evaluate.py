"""``slipway release evaluate``: what was measured of a model, and an agent's tasks played anew."""

from pathlib import Path
from typing import Annotated

import typer

from gate.cli.options import From, day, examples
from gate.cli.release_life import Evidence, Version, Who, Written
from gate.core.errors import GateError

_MODEL = "release evaluate minilm/v2 --value 0.86 --evidence 'run 812'"
_AGENT = "release evaluate agents/incident-triage/v3 --with support-chat/v1 --endpoint http://127.0.0.1:8000"


def add_evaluate(release: typer.Typer) -> None:
    """Add the command to ``slipway release``."""
    release.command(epilog=examples(_MODEL, _AGENT))(evaluate)


def evaluate(
    name: Version,
    *,
    value: Annotated[float | None, typer.Option(help="What was measured, of a model.")] = None,
    evidence: Evidence = None,
    who: Who = "",
    suite: Annotated[str, typer.Option(help="Which suite, where the record names several figures.")] = "",
    metric: Annotated[str, typer.Option(help="Which metric, as --suite.")] = "",
    model: Annotated[
        str, typer.Option("--with", help="Of an agent: what it thinks with, MODEL/VERSION.")
    ] = "",
    endpoint: Annotated[str, typer.Option(help="Where that model answers (/v1/chat/completions).")] = "",
    called: Annotated[str, typer.Option("--name", help="What it is called there.")] = "",
    token: Annotated[Path | None, typer.Option(help="A file with a token for that address.")] = None,
    script: Annotated[Path | None, typer.Option(help="A Python file that stands in for the model.")] = None,
    data: Annotated[Path | None, typer.Option(help="The tasks, where they lie elsewhere.")] = None,
    today: Written = "",
    organisation: From = None,
) -> None:
    """Say what was measured of a model on the agreed data; of agents/NAME/VERSION: play its tasks and say so."""
    if name.startswith("agents/"):
        from gate.cli.agent_measured import Measuring, evaluate_agent  # noqa: PLC0415 as in preview

        _one_of(model, endpoint, script, value)
        how = Measuring(release=model, endpoint=endpoint, name=called, token=token, script=script, data=data)
        evaluate_agent(name, how, (who, evidence or []), day(today), organisation)
        return
    if value is None or model or endpoint or script:
        raise GateError("--value: is required of a model; --with, --endpoint and --script are of agents")
    from gate.cli.release_measured import evaluate as evaluated  # noqa: PLC0415 as in preview

    figure = (value, suite, metric)
    evaluated(name, figure, (who, evidence or []), day(today), organisation)


def _one_of(model: str, endpoint: str, script: Path | None, value: float | None) -> None:
    """An agent's figures come from its tasks alone, with one model.

    Raises:
        GateError: otherwise.
    """
    wrong = []
    if not model:
        wrong.append("--with: is required of an agent: the release of its model, MODEL/VERSION")
    if bool(endpoint) == (script is not None):
        wrong.append(
            "--endpoint: or --script is required, and not both: where the model answers, or what stands in"
        )
    if value is not None:
        wrong.append("--value: is said of models; an agent's figures come from its tasks")
    if wrong:
        raise GateError("an agent is measured with its model:", wrong)
