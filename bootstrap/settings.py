"""What may stand in the bootstrap's stack file, and the stacks it makes roles for."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Final

from pydantic import Field, ValidationError

from bootstrap.project import PROJECT
from components.cluster.runner import RunnerSettings
from components.foundation.base import Settings
from components.foundation.deploy_role import Kind, capability
from components.foundation.github_trust import GithubSettings
from components.foundation.names import Names
from components.foundation.role_arn import RoleArn
from facts.explain import explain, placeholders
from facts.regions import Region
from facts.strict import Slug
from facts.strict_yaml import YamlProblem, load
from stacks.load import SettingsError, Stack, read_stack
from stacks.platform import PlatformSettings
from stacks.stack_file import unknown_keys

FOLDER: Final = Path(__file__).parent
ENVIRONMENT: Final = "bootstrap"
"""What stands in names where a platform has its environment."""
_KEY: Final = f"{PROJECT}:settings"


class AccountSettings(Settings):
    """``platform:`` as in a stack file, but for the environment: an account is bootstrapped once."""

    organisation: Annotated[str, Field(pattern=r"^[a-z][a-z0-9]{1,11}$")]
    account: Annotated[str, Field(pattern=r"^\d{12}$")]
    region: Region
    owner: Slug
    cost_center: Slug

    @property
    def platform(self) -> PlatformSettings:
        """The same as a platform of its own."""
        return PlatformSettings(environment=ENVIRONMENT, **self.model_dump())


class BootstrapSettings(Settings):
    """Everything of ``bootstrap/stacks/Pulumi.<name>.yaml``."""

    platform: AccountSettings
    github: GithubSettings
    stacks: list[Slug] = Field(min_length=1)
    """The stacks of this account that workflows bring up: each gets a deploy and a preview role."""
    runners: dict[Slug, RunnerSettings] = Field(default_factory=dict)
    """Where workflows' jobs run inside a network, by the platform's stack; none: organisations bring theirs."""
    administrator_role_arns: list[RoleArn] = Field(default_factory=list)
    """Roles of people who may take on a deploy role by hand; none: workflows alone deploy."""


@dataclass(frozen=True, kw_only=True)
class Bootstrap:
    """The settings, and the stacks they name as their files say."""

    settings: BootstrapSettings
    stacks: Mapping[str, Stack]

    @property
    def names(self) -> Names:
        return self.settings.platform.platform.names

    @property
    def platforms(self) -> Mapping[str, Names]:
        """One a platform: its roles share a boundary."""
        return {stack.names.platform: stack.names for stack in self.stacks.values()}

    def above(self, stack: Stack) -> list[Stack]:
        """Every stack that a stack stands on: it reads their states."""
        return [stack.upstream, *self.above(stack.upstream)] if stack.upstream is not None else []

    def role(self, kind: Kind, stack: Stack) -> str:
        """What a stack's role is called within its platform."""
        return capability(kind, stack.name, stack.names, has_upstream=stack.upstream is not None)

    def role_arns(self, kind: Kind) -> list[str]:
        """The roles of all stacks, of one kind."""
        return [stack.names.role_arn(self.role(kind, stack)) for stack in self.stacks.values()]


def load_bootstrap(name: str, raw: Mapping[str, Any], stack_files: Path) -> Bootstrap:
    """The bootstrap of an account; the stacks it names are read from their files.

    Raises:
        SettingsError: something is wrong; everything that is wrong is listed.
    """
    try:
        settings = BootstrapSettings.model_validate(raw)
    except ValidationError as error:
        raise SettingsError.of(name, [*placeholders(raw), *explain(error, BootstrapSettings)]) from None
    stacks: dict[str, Stack] = {}
    problems = list(placeholders(raw))
    for stack in settings.stacks:
        try:
            stacks[stack] = read_stack(stack, stack_files)
        except SettingsError as error:
            problems += [f"stacks: {line}" for line in error.lines]
    found = Bootstrap(settings=settings, stacks=stacks)
    problems += [*_disagreements(found), *_twice(found), *_runners(found)]
    if problems:
        raise SettingsError.of(name, problems)
    return found


def read_settings(name: str, folder: Path = FOLDER) -> Mapping[str, Any]:
    """What a bootstrap's stack file says.

    Raises:
        SettingsError: it is no file of settings.
    """
    path = folder / "stacks" / f"Pulumi.{name}.yaml"
    try:
        data = load(path.read_text(encoding="utf-8"), path.name)
    except (YamlProblem, UnicodeDecodeError, OSError) as problem:
        raise SettingsError.of(name, [str(problem)]) from None
    config = data.get("config") if isinstance(data, Mapping) else None
    settings = config.get(_KEY) if isinstance(config, Mapping) else None
    if not isinstance(settings, Mapping):
        raise SettingsError.of(name, [f"config.{_KEY}: expected a mapping (got {settings!r})"])
    if problems := unknown_keys(data, _KEY):
        raise SettingsError.of(name, problems)
    return settings


def derived(stack: str, kind: Kind, folder: Path = FOLDER) -> list[Mapping[str, Any]]:
    """The documents that ``slipway permissions --write`` worked out for a role of a stack.

    Raises:
        SettingsError: there are none: the role could do nothing.
    """
    path = folder / "permissions" / f"{stack}.json"
    try:
        found: list[Mapping[str, Any]] = json.loads(path.read_text(encoding="utf-8"))[kind]
    except (OSError, ValueError, KeyError) as problem:
        raise SettingsError(
            f"bootstrap/permissions/{stack}.json has no permissions of the {kind} role:",
            [f"{problem}; write it: slipway permissions {kind} {stack} --write"],
        ) from None
    return found


def _disagreements(found: Bootstrap) -> Iterator[str]:
    for name, stack in found.stacks.items():
        for part in ("organisation", "account", "region"):
            mine, its = getattr(found.settings.platform, part), getattr(stack.settings.platform, part)
            if mine != its:
                yield f"stacks: {name} stands in {part} {its!r}, this bootstrap in {mine!r}"


def _twice(found: Bootstrap) -> Iterator[str]:
    seen: dict[str, str] = {}
    for name, stack in found.stacks.items():
        role = stack.names.role(found.role("deploy", stack))
        if role in seen:
            yield f"stacks: {seen[role]} and {name} would share the role {role}"
        seen.setdefault(role, name)


def _runners(found: Bootstrap) -> Iterator[str]:
    """A runner of no platform, or one whose connection lies elsewhere."""
    account = found.settings.platform
    platforms = sorted(name for name, stack in found.stacks.items() if stack.upstream is None)
    for name, runner in found.settings.runners.items():
        if name not in platforms:
            yield f"runners.{name}: is no stack with a network here; there are {', '.join(platforms) or 'none'}"
        for problem in runner.elsewhere(account.account, account.region):
            yield f"runners.{name}.{problem}"
