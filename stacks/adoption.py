"""A fork's own values in the committed files: text in, text out, so that comments and layout stay."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from facts.regions import not_offered
from facts.strict_yaml import load
from facts.yaml_edit import changed, removed

_STACK: Final = ("config", "slipway:settings")
_BOOTSTRAP: Final = ("config", "slipway-bootstrap:settings")
_EXAMPLE_TEAMS: Final = "@example"
_ARN: Final = re.compile(r"\barn:aws:(?P<service>[a-z0-9-]+):(?P<region>[a-z0-9-]*):\d{12}:")


@dataclass(frozen=True, kw_only=True)
class Answers:
    """What an adopter decides once, for every file. Empty: what a file says stays."""

    organisation: str
    account: str
    region: str
    domain: str = ""
    """Models answer at ``models.ENVIRONMENT.DOMAIN``."""
    environments: Sequence[str] = ()
    """Stacks of another environment go."""
    models: Sequence[str] = ()
    """Models that stay; all others go."""
    owner: str = ""
    cost_center: str = ""
    issuer: str = ""
    repository: str = ""


def environment_of(text: str) -> str:
    """The environment that a stack file names; empty where it names none."""
    return str(_at(load(text, "file"), (*_STACK, "platform", "environment")) or "")


def adopted_stack(text: str, answers: Answers, *, environment: str = "", stack: str = "") -> str:
    """A stack file with an adopter's values.

    Args:
        text: the file.
        answers: what was decided.
        environment: another word than the file's, where it is a copy.
        stack: the name of the copy, which its host name has in place of the environment.

    Raises:
        YamlEditError: the file is written in a way that only a person can change.
    """
    platform = (*_STACK, "platform")
    before = environment_of(text)
    word = environment or before
    said = {
        "organisation": answers.organisation,
        "environment": word,
        "account": answers.account,
        "region": answers.region,
        "owner": answers.owner,
        "cost_center": answers.cost_center,
    }
    for key, value in said.items():
        text = _set(text, (*platform, key), value)
    gateway = (*_STACK, "gateway")
    if answers.domain and _at(load(text, "file"), gateway):
        text = _set(text, (*gateway, "hostname"), f"models.{stack or word}.{answers.domain}")
    if answers.issuer and _at(load(text, "file"), (*gateway, "authentication")):
        text = _set(text, (*gateway, "authentication", "issuer"), answers.issuer)
        keys = f"{answers.issuer.rstrip('/')}/.well-known/jwks.json"
        text = _set(text, (*gateway, "authentication", "jwks_uri"), keys)
    return _arns(text, answers, {before: word})


def without_models(text: str, stay: Sequence[str]) -> str:
    """A stack file without the models that do not stay."""
    models = _at(load(text, "file"), (*_STACK, "models")) or {}
    for model in models:
        if model not in stay:
            text = removed(text, (*_STACK, "models", model))
    return removed(text, (*_STACK, "models")) if models and not set(models) & set(stay) else text


def without_agents(text: str, stay: Collection[str]) -> str:
    """A stack file without the agents whose models do not stay, and without alerts that would begin one of them."""
    agents = _at(load(text, "file"), (*_STACK, "agents")) or {}
    for agent in agents:
        if agent not in stay:
            text = removed(text, (*_STACK, "agents", agent))
    begun = _at(load(text, "file"), (*_STACK, "loops", "triage", "agent"))
    if begun in agents and begun not in stay:
        text = removed(text, (*_STACK, "loops", "triage"))
    return removed(text, (*_STACK, "agents")) if agents and not set(agents) & set(stay) else text


def runs_agents(text: str) -> bool:
    """Whether a stack file has agents."""
    return bool(_at(load(text, "file"), (*_STACK, "agents")))


def pools_used(text: str) -> set[str]:
    """The pools that the models of a stack file name."""
    models = _at(load(text, "file"), (*_STACK, "models")) or {}
    versions = [version for model in models.values() for version in (model.get("versions") or {}).values()]
    return {str((version or {}).get("pool", "")) for version in versions}


def without_unoffered_pools(text: str, used: Collection[str]) -> str:
    """A stack file without the GPU pools that no model names and whose machines the region does not offer."""
    data = load(text, "file")
    region = str(_at(data, (*_STACK, "platform", "region")))
    for pool, said in (_at(data, (*_STACK, "gpu_pools")) or {}).items():
        types = said.get("instance_types") if isinstance(said, Mapping) else None
        if pool not in used and isinstance(types, list) and not_offered(types, region):
            text = removed(text, (*_STACK, "gpu_pools", pool))
    return text


def adopted_bootstrap(text: str, answers: Answers, stacks: Sequence[str]) -> str:
    """The bootstrap's stack file with an adopter's values, for the stacks that stay."""
    said = {"organisation": answers.organisation, "account": answers.account, "region": answers.region}
    said |= {"owner": answers.owner, "cost_center": answers.cost_center}
    for key, value in said.items():
        text = _set(text, (*_BOOTSTRAP, "platform", key), value)
    text = _set(text, (*_BOOTSTRAP, "github", "repository"), answers.repository)
    return _arns(changed(text, (*_BOOTSTRAP, "stacks"), list(stacks)), answers, {})


def said_in(text: str) -> Answers | None:
    """Organisation, account, region and environment of a stack's file or the bootstrap's; None where one is open."""
    data = load(text, "file")
    found = _at(data, (*_STACK, "platform")) or _at(data, (*_BOOTSTRAP, "platform"))
    if not isinstance(found, Mapping) or not {"organisation", "account", "region"} <= found.keys():
        return None
    said = {key: str(found[key]) for key in ("organisation", "account", "region")}
    return Answers(**said, environments=[str(found.get("environment", "bootstrap"))])


def renamed(text: str, before: Answers, after: Answers) -> str:
    """What is made of a stack (permissions, findings in waivers), with another organisation, account and region."""
    text = text.replace(before.account, after.account).replace(before.region, after.region)
    for known in before.environments:
        text = re.sub(rf"\b{before.organisation}-{known}(?![a-z0-9])", f"{after.organisation}-{known}", text)
    return text


def adopted_waivers(
    text: str, before: Answers | None, answers: Answers, gone: Sequence[str], without: Sequence[str] = ()
) -> str:
    """The waivers without what they no longer hold in; what held nowhere else goes.

    Args:
        text: the waivers.
        before: whose they were.
        answers: whose they become.
        gone: stacks that go.
        without: stacks that stay and lose their agents. A waiver that excuses nothing would fail every preview.
    """
    for name, waiver in (load(text, "file") or {}).items():
        named = waiver.get("stacks") if isinstance(waiver, Mapping) else None
        lost = {*gone, *(without if _is_of_agents(waiver) else ())}
        if not isinstance(named, list) or not set(named) & lost:
            continue
        left = [stack for stack in named if stack not in lost]
        text = changed(text, (name, "stacks"), left) if left else removed(text, (name,))
    return renamed(text, before, answers) if before is not None else text


def _is_of_agents(waiver: Any) -> bool:
    """Whether it names a resource of the component ``agents``, which begins with the component's name."""
    return str(_at(waiver, ("resource",)) or "").partition(" ")[2].startswith("agents-")


def owned_by(text: str, repository: str) -> str:
    """The owners of CODEOWNERS with the fork's organisation on GitHub in the example's place."""
    owner = repository.partition("/")[0]
    return text.replace(f"{_EXAMPLE_TEAMS}/", f"@{owner}/") if owner else text


def _arns(text: str, answers: Answers, words: Mapping[str, str]) -> str:
    """Account, region and first name of every ARN of a platform's own; a resource's other names stay."""

    def account(arn: re.Match[str]) -> str:
        region = answers.region if arn["region"] else ""
        return f"arn:aws:{arn['service']}:{region}:{answers.account}:"

    lines = []
    for line in text.splitlines(keepends=True):
        if "arn:aws:" in line:
            line = _ARN.sub(account, line)  # noqa: PLW2901 the line, with another account
            for known in answers.environments:
                names = re.compile(rf"(?<=[/:])[a-z][a-z0-9]{{1,11}}-{known}(?![a-z0-9])")
                line = names.sub(f"{answers.organisation}-{words.get(known, known)}", line)  # noqa: PLW2901 as above
        lines.append(line)
    return "".join(lines)


def _set(text: str, path: tuple[str, ...], value: str) -> str:
    """Set a value that was decided, where it is another one."""
    return text if not value or _at(load(text, "file"), path) == value else changed(text, path, value)


def _at(data: Any, path: Sequence[str]) -> Any:
    for step in path:
        data = data.get(step) if isinstance(data, Mapping) else None
    return data
