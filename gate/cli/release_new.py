"""``slipway release new``: a draft of a record, from a local folder of model files and the version before."""

import re
from datetime import date
from pathlib import Path
from typing import Any, Final

import yaml

from facts.explain import placeholders
from facts.strict_yaml import YamlProblem, load
from facts.yaml_edit import YamlEditError
from gate.cli.changes import show
from gate.cli.release_list import console
from gate.core.checkout import ROOT
from gate.core.errors import GateError
from gate.core.git import author
from gate.core.whole import put
from releases.config_json import ConfigError
from releases.contents import dangers, leftovers
from releases.digest import DigestError, manifest
from releases.draft import draft
from releases.load import ReleaseError, load_record
from releases.next_version import has_same_files, next_record, stubs
from releases.safetensors import SafetensorsError
from releases.shards import shard_problems
from releases.signature import BUNDLE, PUBLIC_KEY

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


def new_release(name: str, folder: Path, today: date, organisation: Path | None, who: str = "") -> None:
    """Write releases/models/MODEL/VERSION/release.yaml and say what is left to fill in.

    A version that another one comes before begins as that one's record: its answers and comments, with what the
    new files say. ``who`` measures its figures; git's own address where nobody is named.

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
    drafted = _drafted(named["model"], named["version"], folder, today)
    before = _before(target)
    text, files = _text(drafted, before, who or author(root), today)
    put(root, {(target / file).relative_to(root).as_posix(): content for file, content in files.items()})
    _say(name, target.relative_to(root), before, text)


def _text(
    drafted: dict[str, Any], before: Path | None, who: str, today: date
) -> tuple[str, dict[str, str | bytes]]:
    """The record, and every file beside it: a signature of the same files holds for this version too."""
    if before is None:
        text = _HEAD + as_yaml(drafted)
        text += stubs(text, drafted)
        return text, {"release.yaml": text}
    try:
        load_record(before)
        old = (before / "release.yaml").read_text(encoding="utf-8")
        data = load(old, "release.yaml")
        text = next_record(old, data, drafted, who, today)
        text += stubs(text, load(text, "release.yaml"))
    except ReleaseError as error:
        raise GateError("no version can begin as the one before it:", error.problems) from None
    except (YamlEditError, YamlProblem) as error:
        file = f"releases/models/{before.parent.name}/{before.name}/release.yaml"
        raise GateError("no version can begin as the one before it:", [f"{file}: {error}"]) from None
    files: dict[str, str | bytes] = {"release.yaml": text}
    if has_same_files(data, drafted):
        files |= {
            name: (before / name).read_bytes() for name in (BUNDLE, PUBLIC_KEY) if (before / name).is_file()
        }
    return text, files


def _before(target: Path) -> Path | None:
    """The newest version of the model with a lower number."""
    number = int(target.name[1:])
    others = target.parent.glob("v*/release.yaml") if target.parent.is_dir() else ()
    found = {int(path.parent.name[1:]): path.parent for path in others if path.parent.name[1:].isdigit()}
    lower = [known for known in found if known < number]
    return found[max(lower)] if lower else None


def _say(name: str, folder: Path, before: Path | None, text: str) -> None:
    out = console()
    begun = f", which begins as {before.name}" if before is not None else ""
    out.print(f"drafted {folder / 'release.yaml'}{begun}", style="bold", markup=False)
    if before is not None:
        old = (before / "release.yaml").read_text(encoding="utf-8")
        show(str(folder / "release.yaml"), old, text, str(folder.parent / before.name / "release.yaml"))
    open_ones = list(placeholders(load(text, "release.yaml")))
    for line in open_ones:
        out.print(f"  {line}", markup=False, soft_wrap=True)
    if open_ones:
        out.print("until they are replaced, every command that needs this release refuses it", markup=False)
    out.print(
        f"then: slipway release review {name} --evidence '...', and slipway release approve {name} --evidence '...'",
        markup=False,
        soft_wrap=True,
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
