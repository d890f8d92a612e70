"""The commands ``slipway local``: the loop on one machine, run by an environment of its own."""

import subprocess
from typing import Annotated

import typer

from gate.cli.options import examples
from gate.core.checkout import ROOT
from gate.core.errors import GateError

local = typer.Typer(
    help="The loops on one machine: real parts on loopback, no account.", no_args_is_help=True
)
Version = Annotated[str, typer.Argument(help="v1 (stable) or v2.", metavar="VERSION")]

Run = Annotated[str, typer.Argument(help="A run, such as remedy-minilm-v2.", metavar="RUN")]


def play(*words: str) -> None:
    """Run the command in .cache/loops; its exit code is ours.

    Raises:
        GateError: that environment is not installed.
    """
    python = ROOT / ".cache" / "loops" / "bin" / "python"
    if not python.exists():
        raise GateError("the loops' environment is not installed:", ["make local"])
    # In this process group: Ctrl-C reaches it too, and what it says comes as it says it.
    process = subprocess.Popen([str(python), "-m", "tools.local", *words], cwd=ROOT)  # noqa: S603 our own words
    while True:
        try:
            raise typer.Exit(process.wait())
        except KeyboardInterrupt:  # it was told too; it ends what it started, and we wait for that
            continue


@local.command(epilog=examples("local up", "local up --base 28080"))
def up(
    base: Annotated[int, typer.Option(help="The first of twelve ports on loopback.")] = 18080,
) -> None:
    """Start gateway, model, metrics, durable engine, worker and callers; all of them, or none is left."""
    play("up", "--base", str(base))


@local.command(epilog=examples("local canary minilm v2"))
def canary(
    model: Annotated[str, typer.Argument(help="minilm.", metavar="MODEL")],
    version: Annotated[str, typer.Argument(help="v2.", metavar="VERSION")],
) -> None:
    """Begin the rollout of a version: step by step within its record, each step watched."""
    play("canary", model, version)


@local.command("break", epilog=examples("local break v2", "local break v2 --errors 0 --slow-ms 4000"))
def break_(
    version: Version,
    errors: Annotated[float, typer.Option(help="The fraction of requests that fail.")] = 0.4,
    slow_ms: Annotated[int, typer.Option("--slow-ms", help="Milliseconds added to each answer.")] = 0,
    noise: Annotated[float, typer.Option(help="Noise on the weights, in their standard deviations.")] = 0.0,
) -> None:
    """Let a version fail, be slow, or answer with damaged weights."""
    play("break", version, "--errors", str(errors), "--slow-ms", str(slow_ms), "--noise", str(noise))


@local.command()
def mend(version: Version) -> None:
    """Take every fault from a version."""
    play("mend", version)


@local.command(epilog=examples("local drift", "local drift --over"))
def drift(
    *, over: Annotated[bool, typer.Option("--over", help="Callers send what they used to.")] = False
) -> None:
    """Let callers send what the model was not measured on."""
    play("drift", *(["--over"] if over else []))


@local.command()
def approve(run: Run) -> None:
    """Approve what a run asks, with the key of who is on call."""
    play("approve", run)


@local.command()
def refuse(run: Run) -> None:
    """Refuse what a run asks, with the key of who is on call."""
    play("refuse", run)


@local.command(epilog=examples("local triage"))
def triage() -> None:
    """Add the triage agent: alerts begin its runs, and no remedy beside it."""
    play("triage")


@local.command(epilog=examples("local journal agent-incident-triage-alert-minilm-20261130t101500"))
def journal(run: Run) -> None:
    """Print what an agent's run decided and did, and whether it is what was signed."""
    play("journal", run)


@local.command()
def kill() -> None:
    """Kill the worker (kill -9), and start another one that goes on with its runs."""
    play("kill")


@local.command()
def status(form: Annotated[str, typer.Option("--format", help="text or json.")] = "text") -> None:
    """Say versions, shares, what callers got, budgets, alerts, runs and events; exit code 1 if a process has ended."""
    play("status", "--format", form)


@local.command()
def down() -> None:
    """End every process of the run; logs and events stay to be read."""
    play("down")
