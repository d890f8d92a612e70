"""What ``slipway init`` would write: worked out and tried before one file of the checkout changes."""

import shutil
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from facts.strict_yaml import YamlProblem
from facts.yaml_edit import YamlEditError, removed
from gate.core.errors import GateError
from gate.core.whole import put
from gate.evaluate.code_owners import CODEOWNERS, with_people
from releases.agent_load import Agents, LoadedAgent, load_agents
from releases.checks import EXAMPLE_ACCOUNT, is_nobody
from releases.load import LoadedRelease, ReleaseError, load_releases
from releases.loaded import LoadedRecord
from releases.people import FILE as PEOPLE
from releases.people import SIGNED, People, load_people
from stacks.adoption import (
    Answers,
    adopted_bootstrap,
    adopted_stack,
    adopted_waivers,
    environment_of,
    owned_by,
    pools_used,
    renamed,
    runs_agents,
    said_in,
    without_agents,
    without_models,
    without_unoffered_pools,
)
from stacks.load import SettingsError, read_stack, stack_names

_MODELS: Final = "releases/models"
_AGENTS: Final = "releases/agents"
_TRIED: Final = ("stacks", _MODELS, _AGENTS, "releases/keys")
_BOOTSTRAP: Final = "bootstrap/stacks/Pulumi.account.yaml"
_WAIVERS: Final = "policies/waivers.yaml"
_TO_DECIDE: Final = (
    "did not sign this one",
    "licence-review event judged this record",
    "approval event judged this record",
)
"""What an adopter has still to say: no answer can."""


def planned(root: Path, answers: Answers) -> tuple[dict[str, str | None], list[str]]:
    """Every file that changes (None: it goes), and what is left to decide.

    Raises:
        GateError: an answer cannot hold; every problem of every file is listed, and nothing was written.
    """
    problems = list(_against(root, answers))
    if problems:
        raise GateError("the answers cannot hold, so nothing was written:", problems)
    texts = {name: _read(root, f"stacks/Pulumi.{name}.yaml") for name in stack_names(root / "stacks")}
    environments = {name: environment_of(text) for name, text in texts.items()}
    gone = [
        name
        for name, word in environments.items()
        if answers.environments and word not in answers.environments
    ]
    files: dict[str, str | None] = {}
    agents = _agents(root)
    thinking = [name for name, each in agents.items() if _models_of(each) <= set(answers.models)]
    every = Answers(**{**vars(answers), "environments": sorted(set(environments.values()))})
    try:
        stacks = {
            name: without_agents(without_models(adopted_stack(text, every), answers.models), thinking)
            for name, text in texts.items()
            if name not in gone
        }
        used = {pool for text in stacks.values() for pool in pools_used(text)}
        for name, text in texts.items():
            file, roles = f"stacks/Pulumi.{name}.yaml", f"bootstrap/permissions/{name}.json"
            files[file] = None if name in gone else without_unoffered_pools(stacks[name], used)
            if (root / roles).is_file():
                before = said_in(text)
                derived = _read(root, roles)
                files[roles] = (
                    None if name in gone else renamed(derived, before, answers) if before else derived
                )
        without = [
            name for name, text in stacks.items() if runs_agents(texts[name]) and not runs_agents(text)
        ]
        files |= _shared(root, every, list(stacks), gone, without)
    except (YamlEditError, YamlProblem) as error:
        raise GateError("a file cannot be changed, so nothing was written:", [str(error)]) from None
    files |= _releases(root, answers) | _people(root, answers)
    files |= _agent_files(root, answers, agents, thinking)
    changed = {
        name: text
        for name, text in files.items()
        if text != (_read(root, name) if (root / name).exists() else None)
    }
    return changed, tried(root, files)


def _shared(
    root: Path, answers: Answers, stay: list[str], gone: list[str], without: list[str]
) -> dict[str, str | None]:
    """The bootstrap's stack file and the waivers, where the checkout has them; ``without`` lose their agents."""
    files: dict[str, str | None] = {}
    before = None
    if (root / _BOOTSTRAP).is_file():
        text = _read(root, _BOOTSTRAP)
        before = said_in(text)
        files[_BOOTSTRAP] = adopted_bootstrap(text, answers, stay)
    if (root / _WAIVERS).is_file():
        files[_WAIVERS] = adopted_waivers(_read(root, _WAIVERS), before, answers, gone, without)
    return files


def _against(root: Path, answers: Answers) -> Iterator[str]:
    known = stack_names(root / "stacks")
    words = sorted({environment_of(_read(root, f"stacks/Pulumi.{name}.yaml")) for name in known})
    for word in answers.environments:
        if word not in words:
            yield f"--environment {word}: no stack is of it; there are {', '.join(words)}"
    try:
        releases = _there(root)
    except ReleaseError as error:
        yield from error.problems
        return
    for model in answers.models:
        if model not in releases:
            yield f"--model {model}: has no record; there are {', '.join(releases)}"
        elif answers.account != EXAMPLE_ACCOUNT and any(
            version.release.provenance == "illustrative" for version in releases[model].values()
        ):
            yield f"--model {model}: its record is illustrative, for account {EXAMPLE_ACCOUNT} alone; leave it out"


def _people(root: Path, answers: Answers) -> dict[str, str | None]:
    """The list of who may decide, without those who are nobody; it goes with the last of them."""
    try:
        people = load_people(root / "releases")
    except ReleaseError as error:
        raise GateError("the list of who may decide cannot be read:", error.problems) from None
    strangers = [who for who in people.people if is_nobody(who)] if people is not None else []
    if people is None or not strangers or answers.account == EXAMPLE_ACCOUNT:
        return {}
    name = f"releases/{PEOPLE}"
    left = {who: said for who, said in people.people.items() if who not in strangers}
    files = _owners(root, answers, People(people=left) if left else None)
    if not left:
        return files | {name: None}
    text = _read(root, name)
    for who in strangers:
        text = removed(text, ("people", who))
    return files | {name: text}


def _owners(root: Path, answers: Answers, people: People | None) -> dict[str, str | None]:
    """CODEOWNERS without those who are nobody, and with the fork's own organisation on GitHub."""
    if not (root / CODEOWNERS).is_file():
        return {}
    return {CODEOWNERS: owned_by(with_people(_read(root, CODEOWNERS), people), answers.repository)}


def _there(root: Path) -> Mapping[str, Mapping[str, LoadedRelease]]:
    """The releases; none where the last one went, and its folder with it."""
    return load_releases(root / _MODELS) if (root / _MODELS).is_dir() else {}


def _agents(root: Path) -> Agents:
    """The agents; none where the last one went."""
    try:
        return load_agents(_there(root), root / _AGENTS)
    except ReleaseError as error:
        raise GateError("the agents cannot be read:", error.problems) from None


def _models_of(versions: Mapping[str, LoadedAgent]) -> set[str]:
    return {loaded.agent.model.name for loaded in versions.values()}


def _agent_files(root: Path, answers: Answers, agents: Agents, thinking: list[str]) -> dict[str, str | None]:
    """Agents whose models do not stay, and decisions that nobody made about those that do."""
    if not thinking:
        return {str(path.relative_to(root)): None for path in (root / _AGENTS).rglob("*") if path.is_file()}
    gone: dict[str, str | None] = {}
    for agent, versions in agents.items():
        if agent not in thinking:
            folder = root / _AGENTS / agent
            gone |= {str(path.relative_to(root)): None for path in folder.rglob("*") if path.is_file()}
            continue
        for loaded in versions.values():
            gone |= _of_nobody(root, answers, loaded)
    return gone


def _of_nobody(root: Path, answers: Answers, loaded: LoadedRecord) -> dict[str, str | None]:
    """Events of people who are nobody, outside the account where they may stand."""
    if answers.account == EXAMPLE_ACCOUNT:
        return {}
    strangers = [each.name for each in loaded.appended if is_nobody(each.event.who)]
    files = [f"{loaded.events_folder}/{name}{end}" for name in strangers for end in ("", SIGNED)]
    return {file: None for file in files if (root / file).is_file()}


def _releases(root: Path, answers: Answers) -> dict[str, str | None]:
    """Records of models that do not stay, and decisions that nobody made about those that do."""
    gone: dict[str, str | None] = {}
    for model, versions in _there(root).items():
        if model not in answers.models:
            gone |= {
                str(path.relative_to(root)): None
                for path in (root / _MODELS / model).rglob("*")
                if path.is_file()
            }
            continue
        for loaded in versions.values():
            gone |= _of_nobody(root, answers, loaded)
    return gone


def tried(root: Path, files: Mapping[str, str | None], only: str = "") -> list[str]:
    """What every stack of the new files says of itself, in a folder of its own; what only people can decide is left.

    ``only`` is the one stack that is asked, with those it stands on.

    Raises:
        GateError: something else is wrong with one of them.
    """
    with tempfile.TemporaryDirectory(prefix="slipway-init-") as folder:
        trial = Path(folder)
        for part in (part for part in _TRIED if (root / part).is_dir()):
            shutil.copytree(root / part, trial / part, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
        if (root / "releases" / PEOPLE).is_file():
            shutil.copy(root / "releases" / PEOPLE, trial / "releases" / PEOPLE)
        _know_history(root, trial)
        put(trial, {name: text for name, text in files.items() if name.startswith(("stacks/", "releases/"))})
        (trial / _MODELS).mkdir(parents=True, exist_ok=True)
        lines: list[str] = []
        for name in [only] if only else stack_names(trial / "stacks"):
            try:
                read_stack(name, trial / "stacks")
            except SettingsError as error:
                lines += error.lines
    lines = list(dict.fromkeys(lines))
    to_decide = [line for line in lines if any(said in line for said in _TO_DECIDE)]
    problems = [line for line in lines if line not in to_decide]
    if problems:
        raise GateError("with these answers stack files would be wrong, so nothing was written:", problems)
    return to_decide


def _know_history(root: Path, trial: Path) -> None:
    """The copy asks the checkout's own commits who signed what is in both."""
    there = root / ".git"
    if there.exists():
        said = there.read_text("utf-8") if there.is_file() else f"gitdir: {there.resolve()}\n"
        (trial / ".git").write_text(said, encoding="utf-8")


def _read(root: Path, name: str) -> str:
    try:
        return (root / name).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise GateError(f"{name} cannot be read:", [str(error)]) from None
