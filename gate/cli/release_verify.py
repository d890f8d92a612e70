"""``slipway release verify``: a local copy of a model's files against its record and its signature."""

import sys
from dataclasses import asdict
from pathlib import Path

from gate.cli.release_list import AGENTS, check_format, console, named
from gate.core.checkout import ROOT
from gate.core.errors import GateError
from gate.evaluate.verification import Check, verify
from gate.render.json_text import as_json


def verify_release(name: str, folder: Path, form: str, organisation: Path | None) -> int:
    """Print every check; 0 where the files are what was recorded, 1 where they are not.

    Raises:
        GateError: there is no such release, the name has no version, or the files cannot be read.
    """
    check_format(form)
    if name.startswith(AGENTS):
        raise GateError(
            f"an agent has no files to compare (got {name!r}): slipway release status {name} shows its digest, "
            "and slipway release verify MODEL/VERSION its model"
        )
    if "/" not in name:
        raise GateError(f"name one version: MODEL/VERSION (got {name!r})")
    (loaded,) = named(name, organisation)
    beside = (organisation or ROOT).resolve() / Path(loaded.file).parent
    checks = verify(loaded, folder, beside, ROOT)
    is_true = not any(check.problems for check in checks)
    if form == "json":
        said = {"release": name, "is_true": is_true, "checks": [asdict(check) for check in checks]}
        sys.stdout.write(as_json(said))
    else:
        _print(name, checks, is_true=is_true)
    return 0 if is_true else 1


def _print(name: str, checks: list[Check], *, is_true: bool) -> None:
    out = console()
    for check in checks:
        mark, style = ("no", "red") if check.problems else ("ok", "green")
        out.print(f"{mark}  ", style=style, end="")
        out.print(f"{check.asked}: {check.found}", markup=False, soft_wrap=True)
        for problem in check.problems:
            out.print(f"      {problem}", markup=False, soft_wrap=True)
    verdict = "the files are what was recorded" if is_true else "the files are NOT what was recorded"
    out.print(f"{name}: {verdict}", style="bold", markup=False)
