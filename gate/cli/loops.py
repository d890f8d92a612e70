"""``slipway runs``, ``approve``, ``refuse``, ``abort`` and ``replay``: handed on to the loops' own environment."""

import subprocess
from pathlib import Path
from typing import Annotated, Final

import typer

from gate.cli.options import examples
from gate.core.checkout import ROOT
from gate.core.errors import GateError

PYTHON: Final = ROOT / ".cache" / "loops" / "bin" / "python"
LOCAL: Final = ROOT / "build" / "local" / "loops.yaml"
"""What `slipway local up` writes."""

Settings = Annotated[
    Path | None,
    typer.Option(help="The loops' settings.", show_default="build/local/loops.yaml", metavar="FILE"),
]
Key = Annotated[
    Path | None,
    typer.Option(
        help="Your private key: it says who you are.", show_default="your only key beside the settings"
    ),
]


def add_loop_commands(app: typer.Typer) -> None:
    """The commands that look at runs and answer them."""
    app.command(epilog=examples("runs", "runs remedy-minilm-v1", "runs --format json"))(runs)
    for said in (approve, refuse, abort):
        app.command(epilog=examples(f"{said.__name__} remedy-minilm-v1 --key ana.pem"))(said)
    app.command(epilog=examples("replay rollout-minilm", "replay --folder tests/runtime/loops/histories"))(
        replay
    )


def runs(
    run: Annotated[str, typer.Argument(help="One run; all when none is named.", show_default=False)] = "",
    form: Annotated[str, typer.Option("--format", help="text or json.")] = "text",
    settings: Settings = None,
) -> None:
    """Say what the loops do: runs, what they wait for, and what they did."""
    _hand_on("runs", *([run] if run else []), "--format", form, settings=_settings(settings))


def approve(
    run: Annotated[str, typer.Argument(help="The run that asks.")], key: Key = None, settings: Settings = None
) -> None:
    """Approve what a run asks; your key says who you are."""
    _answer("approve", run, key, settings)


def refuse(
    run: Annotated[str, typer.Argument(help="The run that asks.")], key: Key = None, settings: Settings = None
) -> None:
    """Refuse what a run asks; nothing changes, and who said so is kept."""
    _answer("refuse", run, key, settings)


def abort(
    run: Annotated[str, typer.Argument(help="The run to end.")], key: Key = None, settings: Settings = None
) -> None:
    """End a run: a rollout takes its candidate back first."""
    _answer("abort", run, key, settings)


def replay(
    run: Annotated[str, typer.Argument(help="One run of the server.", show_default=False)] = "",
    folder: Annotated[Path | None, typer.Option(help="Recorded histories.", show_default=False)] = None,
    save: Annotated[
        Path | None, typer.Option(help="A folder that keeps the run's history.", show_default=False)
    ] = None,
    settings: Settings = None,
) -> None:
    """Replay what was recorded with today's code; exit code 1 where it would go another way."""
    if bool(run) == (folder is not None):
        raise GateError("name one run, or --folder with recorded histories")
    if folder is not None:
        _hand_on("replay", "--folder", str(folder.resolve()))
    else:
        kept = ["--save", str(save.resolve())] if save is not None else []
        _hand_on("replay", run, *kept, settings=_settings(settings))


def _answer(what: str, run: str, key: Path | None, settings: Path | None) -> None:
    path = _settings(settings)
    _hand_on(what, run, "--key", str((key or _only_key(path)).resolve()), settings=path)


def _settings(given: Path | None) -> Path:
    path = (given or LOCAL).resolve()
    if not path.is_file():
        raise GateError(
            f"{path} is no file: slipway local up writes one, or name the settings of a cluster's loops with --settings"
        )
    return path


def _only_key(settings: Path) -> Path:
    """The one key of a person that lies beside the settings.

    Raises:
        GateError: there is none, or more than one: nobody answers in another's name by accident.
    """
    found = sorted((settings.parent / "people").glob("*.pem"))
    if len(found) != 1:
        there = ", ".join(path.name for path in found) or "none"
        raise GateError(f"--key: name your private key; {settings.parent / 'people'} holds {there}")
    return found[0]


def _hand_on(*words: str, settings: Path | None = None) -> None:
    """Run the loops' command in its own environment, with this terminal.

    Raises:
        GateError: the environment is not installed.
    """
    if not PYTHON.is_file():
        raise GateError("the loops are not installed: make .cache/loops/installed (a minute)")
    more = ["--settings", str(settings)] if settings is not None else []
    done = subprocess.run(  # noqa: S603 our own program; what users typed are its arguments
        [str(PYTHON), "-m", "runtime.loops", *words, *more], cwd=ROOT, check=False
    )
    if done.returncode:
        raise typer.Exit(done.returncode)
