"""``slipway release new``: a draft of a record, from a local folder of model files."""

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any, Final

import yaml

from facts.explain import placeholders
from gate.capture.stacks import ROOT
from gate.cli.release_list import console
from gate.core.errors import GateError
from releases.config_json import ConfigError
from releases.contents import dangers, leftovers
from releases.digest import DigestError, manifest
from releases.draft import draft
from releases.safetensors import SafetensorsError
from releases.shards import shard_problems

NAME: Final = re.compile(r"^(?P<model>[a-z][a-z0-9-]{0,30})/(?P<version>v[1-9][0-9]{0,3})$")
_HEAD: Final = (
    "# yaml-language-server: $schema=../../../schema.json\n"
    "# Drafted from the files. Replace what says CHANGEME; docs/releases.md says what belongs there.\n"
)


class _Plain(yaml.SafeDumper):
    """A value that stands twice is written twice."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 the same answer for everything
        return True


def as_yaml(data: Any) -> str:
    """Data in the order it has, as people write it."""
    return yaml.dump(data, Dumper=_Plain, sort_keys=False, allow_unicode=True, width=110)


def new_release(name: str, folder: Path, today: date, organisation: Path | None) -> None:
    """Write releases/models/MODEL/VERSION/release.yaml and say what is left to fill in.

    Raises:
        GateError: the name is none, the release exists, or the files cannot be read or would run code. Then nothing
            is written.
    """
    named = NAME.match(name)
    if named is None:
        raise GateError(f"name the new release MODEL/VERSION, such as support-chat/v2 (got {name!r})")
    root = (organisation or ROOT).resolve()
    target = root / "releases" / "models" / named["model"] / named["version"]
    if target.exists():
        raise GateError(
            f"{target.relative_to(root)} exists: a record stays as it is, so write another version"
        )
    data = _drafted(named["model"], named["version"], folder, today)
    _write(target, _HEAD + as_yaml(data))
    out = console()
    out.print(f"drafted {(target / 'release.yaml').relative_to(root)}", style="bold", markup=False)
    for line in placeholders(data):
        out.print(f"  {line}", markup=False, soft_wrap=True)
    out.print("until they are replaced, every command that reads releases refuses it", markup=False)
    out.print(
        f"then: slipway release event {name} licence-review, and another for the approval", markup=False
    )


def _drafted(model: str, version: str, folder: Path, today: date) -> dict[str, Any]:
    try:
        found = manifest(folder)
        problems = [*dangers(found, folder), *leftovers(found), *shard_problems(folder)]
        if not problems:
            return draft(model, version, folder, found, today)
    except DigestError as error:
        problems = error.problems
    except (ConfigError, SafetensorsError, OSError) as error:
        problems = [str(error)]
    raise GateError("no release can be made of these files:", problems)


def _write(target: Path, text: str) -> None:
    """All or nothing: the folder appears with the record in it."""
    made = list(_missing(target))
    try:
        target.mkdir(parents=True)
        (target / "release.yaml").write_text(text, encoding="utf-8")
    except OSError as error:
        (target / "release.yaml").unlink(missing_ok=True)
        for folder in made:
            if folder.is_dir():
                folder.rmdir()
        raise GateError("the draft cannot be written:", [str(error)]) from None


def _missing(target: Path) -> Iterator[Path]:
    """The folders that are made for it, the innermost first."""
    while not target.exists():
        yield target
        target = target.parent
