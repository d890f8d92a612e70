"""``slipway stack new`` and ``model new``: a stack file like another one, and a model's first entry in one."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from facts.yaml_edit import YamlEditError, changed
from gate.cli.changes import write
from gate.cli.release_append import version_of
from gate.cli.release_list import console
from gate.cli.stack_files import SETTINGS, settings_in, stack_text
from gate.core.checkout import ROOT
from gate.core.errors import GateError
from gate.evaluate.adoption import tried
from stacks.adoption import Answers, adopted_stack, said_in

_NAME: Final = re.compile(r"^[a-z][a-z0-9-]{0,30}$")
_LONGEST: Final = 12


@dataclass(frozen=True)
class StackNew:
    """What was asked of a new stack; empty: as the other one has it."""

    name: str
    like: str
    environment: str = ""
    region: str = ""
    account: str = ""
    upstream: str = ""


def write_stack(asked: StackNew, source: Path | None) -> None:
    """Write stacks/Pulumi.NAME.yaml and print it.

    Raises:
        GateError: the name is none or taken, or the stack would be wrong. Then nothing is written.
    """
    root = (source or ROOT).resolve()
    file = f"stacks/Pulumi.{asked.name}.yaml"
    if not _NAME.match(asked.name):
        raise GateError(f"a stack's name is lower-case letters, digits and dashes (got {asked.name!r})")
    if (root / file).exists():
        raise GateError(f"{file} exists; change it, or choose another name")
    text = stack_text(root, asked.like)
    before = said_in(text)
    if before is None:
        raise GateError(
            f"stacks/Pulumi.{asked.like}.yaml: slipway config check says what is wrong with its platform"
        )
    upstream = asked.upstream or str(settings_in(root, asked.like).get("upstream") or "")
    above = said_in(stack_text(root, upstream)) if upstream else None
    platform = above or before
    own = asked.environment or asked.name.replace("-", "")[:_LONGEST]
    word = above.environments[0] if above is not None else own
    answers = Answers(
        organisation=platform.organisation,
        account=asked.account or platform.account,
        region=asked.region or platform.region,
        domain=_domain(root, asked.like),
        environments=[before.environments[0]],
    )
    try:
        text = adopted_stack(text, answers, environment=word, stack=asked.name)
        if upstream:
            text = changed(text, (*SETTINGS, "upstream"), upstream)
    except YamlEditError as error:
        raise GateError(f"{file} cannot be made:", [str(error)]) from None
    left = tried(root, {file: text}, only=asked.name)
    write(root, {file: text})
    out = console()
    for line in left:
        out.print(f"to decide: {line}", markup=False, soft_wrap=True)
    out.print(
        f"then: its name in bootstrap/stacks, slipway permissions deploy {asked.name} --write,", markup=False
    )
    out.print(f"      slipway preview {asked.name}, pulumi stack init {asked.name}", markup=False)


def _domain(root: Path, like: str) -> str:
    """What the other stack's host name ends with, behind ``models.WORD.``."""
    gateway = settings_in(root, like).get("gateway") or {}
    parts = str(gateway.get("hostname", "")).split(".")
    return ".".join(parts[2:]) if len(parts) > 3 else ""  # noqa: PLR2004 models, the environment, and a domain of two


def write_model(
    name: str, stack: str, chosen: tuple[str, str], callers: dict[str, str], source: Path | None
) -> None:
    """Enter a model into a stack file and print the difference.

    Raises:
        GateError: it is there already, has no record, or may not run there. Then nothing is written.
    """
    root = (source or ROOT).resolve()
    text = stack_text(root, stack)
    models = settings_in(root, stack).get("models") or {}
    if name in models:
        raise GateError(f"stack {stack} runs {name} already; slipway release promote enters another version")
    version = chosen[0] or _newest(root, name)
    release = version_of(f"{name}/{version}", root).release
    pool = chosen[1] or ("cpu" if release.needs.gpu_count == 0 else release.bounds.placements[0])
    least = release.bounds.replicas.minimum
    entry: dict[str, Any] = {
        "versions": {version: {"pool": pool, "replicas": {"min": least, "max": max(1, least)}}},
        "traffic": {"stable": version},
    }
    if callers:
        entry["callers"] = {caller: {"subject": subject} for caller, subject in callers.items()}
    file = f"stacks/Pulumi.{stack}.yaml"
    try:
        after = changed(
            text,
            (*SETTINGS, "models", name) if models else (*SETTINGS, "models"),
            entry if models else {name: entry},
        )
    except YamlEditError as error:
        raise GateError(f"{file} is not changed:", [str(error)]) from None
    left = tried(root, {file: after}, only=stack)
    if left:
        raise GateError(f"{name}/{version} may not run in {stack}, so nothing was written:", left)
    write(root, {file: after})
    console().print(f"then: slipway preview {stack}", markup=False)


def _newest(root: Path, model: str) -> str:
    folder = root / "releases" / "models" / model
    found = sorted(
        (p.name for p in folder.glob("v*") if p.name[1:].isdigit()), key=lambda name: int(name[1:])
    )
    if not found:
        raise GateError(f"releases/models/{model}: there is no version; slipway release new drafts one")
    return found[-1]
