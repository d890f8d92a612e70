"""``slipway init``: ask what was not said, work everything out, write it as one."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import typer

from gate.cli.changes import write
from gate.cli.release_list import console
from gate.core.checkout import ROOT
from gate.core.errors import GateError
from gate.evaluate.adoption import planned
from releases.load import ReleaseError, load_releases
from stacks.adoption import Answers, said_in
from stacks.load import stack_names

_QUESTIONS = {
    "organisation": "Organisation (2 to 12 lower-case letters and digits)",
    "account": "AWS account (twelve digits)",
    "region": "Region",
    "domain": "Domain: models answer at models.ENVIRONMENT.DOMAIN",
}


def run(
    given: Mapping[str, str],
    others: Mapping[str, str],
    environments: Sequence[str] | None,
    models: Sequence[str] | None,
    *,
    is_asked: bool,
    source: Path | None,
) -> None:
    """Write the files of an organisation and print how they differ, and what is left to decide.

    Args:
        given: the answers that every adopter has to give.
        others: those that may stay as the files have them.
        environments: which stay; all where nothing is said.
        models: which of the models stay.
        is_asked: whether somebody sits at the terminal who can answer.
        source: the folder that holds the files; this checkout if left out.

    Raises:
        GateError: an answer is missing or cannot hold. Then nothing is written.
    """
    root = (source or ROOT).resolve()
    if not stack_names(root / "stacks"):
        raise GateError(f"{root / 'stacks'}: holds no Pulumi.STACK.yaml")
    missing = [key for key, value in given.items() if not value]
    if missing and not is_asked:
        raise GateError("somebody has to say:", [f"--{key}: {_QUESTIONS[key]}" for key in missing])
    now = _now(root)
    said = dict(given)
    for key in missing:
        said[key] = typer.prompt(_QUESTIONS[key], default=now.get(key) or None)
    if missing and models is None:
        models = _asked_models(root)
    answers = Answers(**said, **others, environments=environments or (), models=models or ())
    files, to_decide = planned(root, answers)
    write(root, {name: files[name] for name in sorted(files)})
    _say(files, to_decide)


def _now(root: Path) -> dict[str, str]:
    """What the first stack file says, to be offered; what is open there is asked."""
    first = stack_names(root / "stacks")[0]
    found = said_in((root / "stacks" / f"Pulumi.{first}.yaml").read_text(encoding="utf-8"))
    return (
        {}
        if found is None
        else {key: str(getattr(found, key)) for key in ("organisation", "account", "region")}
    )


def _asked_models(root: Path) -> list[str]:
    folder = root / "releases" / "models"
    try:
        there = list(load_releases(folder)) if folder.is_dir() else []
    except ReleaseError as error:
        raise GateError("the releases cannot be read:", error.problems) from None
    said: str = typer.prompt(
        f"Models that stay, of {', '.join(there)} (empty: none)", default="", show_default=False
    )
    return said.replace(",", " ").split()


def _say(files: Mapping[str, str | None], to_decide: Sequence[str]) -> None:
    out = console()
    count = "1 file" if len(files) == 1 else f"{len(files)} files"
    out.print(f"{count} changed" if files else "every file says so already", style="bold", markup=False)
    for line in to_decide:
        out.print(f"  to decide: {line}", markup=False, soft_wrap=True)
    if to_decide:
        out.print(
            "slipway release review and slipway release approve say so, with evidence of yours", markup=False
        )
    if files:
        out.print("then: slipway permissions deploy --write, slipway preview, git diff", markup=False)
        out.print(
            "policies/waivers.yaml accepts findings in your name: slipway waivers lists them", markup=False
        )
