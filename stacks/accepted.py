"""Which findings were accepted in a stack, read as data: dashboards show what was accepted, and until when.

The program knows no rule and no judgement (contracts of imports in ``pyproject.toml``). Of ``policies/waivers.yaml`` it
reads five fields, and nothing it makes depends on them but the series that show them.
"""

from collections.abc import Iterable
from datetime import date
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from components.compute.gpu_pool import GpuPoolSettings
from components.observability.accepted import Accepted, Constants
from facts.explain import explain
from facts.strict_yaml import YamlProblem, load
from stacks.load import SettingsError

_ROOT: Final = Path(__file__).parent.parent
FILE: Final = Path("policies") / "waivers.yaml"


class _Waiver(BaseModel):
    """What is read of a record; the rest is the gate's."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    rule: str
    owner: str
    expires: date
    stacks: Literal["all"] | list[str]
    objects: dict[str, list[Any]] = Field(default_factory=dict)

    def holds_in(self, stack: str) -> bool:
        return self.stacks == "all" or any(fnmatchcase(stack, pattern) for pattern in self.stacks)


def constants_of(stack: str, pools: Iterable[GpuPoolSettings]) -> Constants:
    """What the telemetry of a stack is told.

    Raises:
        SettingsError: the file of waivers cannot be read.
    """
    kinds = sorted({kind for pool in pools for kind in pool.instance_types})
    return Constants(accepted=accepted_in(stack, _ROOT), gpu_machines=kinds)


def accepted_in(stack: str, root: Path) -> tuple[Accepted, ...]:
    """What holds in a stack, sorted; an absent file accepts nothing.

    Raises:
        SettingsError: the file is unreadable or a record is wrong; all problems are listed.
    """
    path = root / FILE
    if not path.exists():
        return ()
    try:
        waivers = TypeAdapter(dict[str, _Waiver]).validate_python(
            load(path.read_text(encoding="utf-8"), path.name) or {}
        )
    except (YamlProblem, UnicodeDecodeError) as problem:
        raise SettingsError(f"{FILE} cannot be read:", [str(problem)]) from None
    except ValidationError as error:
        raise SettingsError(f"{FILE} has {error.error_count()} problems:", explain(error)) from None
    return tuple(
        sorted(
            Accepted(
                rule=one.rule,
                owner=one.owner,
                until=one.expires,
                findings=sum(map(len, one.objects.values())) or 1,
            )
            for one in waivers.values()
            if one.holds_in(stack)
        )
    )
