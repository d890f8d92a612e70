"""Types of resources that mean the same as another one, and how their properties read there."""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from pathlib import Path

from facts.strict import Strict
from facts.strict_yaml import load

_FILE = Path(__file__).parent / "type_spellings.yaml"


class NativeType(Strict):
    """What a type of aws-native is called in pulumi-aws, and where its properties stand there."""

    type: str
    keys: Mapping[str, str] = {}
    moved: Mapping[str, str] = {}
    kebab: Sequence[str] = ()


class TypeSpellings(Strict):
    """Modules of pulumi-aws under other names, and types of aws-native."""

    source: str
    read: date
    modules: Mapping[str, str]
    native: Mapping[str, NativeType]


@cache
def type_spellings() -> TypeSpellings:
    return TypeSpellings.model_validate(load(_FILE.read_text(encoding="utf-8"), _FILE.name))
