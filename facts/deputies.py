"""Services that may act for whoever asks them to."""

from datetime import date
from functools import cache
from pathlib import Path

import yaml
from pydantic import Field

from facts.strict import Strict

_FILE = Path(__file__).parent / "deputies.yaml"


class _Deputies(Strict):
    services: list[str] = Field(min_length=1)
    on_resources: list[str] = Field(min_length=1)
    on_keys: list[str] = Field(min_length=1)
    source: str
    read: date


@cache
def _deputies() -> _Deputies:
    raw = yaml.load(_FILE.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    return _Deputies.model_validate(raw)


def deputies() -> frozenset[str]:
    """Service principals without their domain (``scheduler``) that take on roles for whoever asks."""
    return frozenset(_deputies().services)


def resource_deputies() -> frozenset[str]:
    """The same of services that read, write or publish for whoever asks."""
    return frozenset(_deputies().on_resources)


def key_deputies() -> frozenset[str]:
    """The same of services that use keys for whoever asks."""
    return frozenset(_deputies().on_keys)


def service_name(principal: str) -> str:
    """A service principal without its domain."""
    return principal.removesuffix(".cn").removesuffix(".amazonaws.com")
