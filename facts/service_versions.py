"""Versions of Kubernetes, node images and runtimes that AWS no longer mends."""

from datetime import date
from functools import cache
from pathlib import Path

from facts.strict import Strict
from facts.strict_yaml import load

_FILE = Path(__file__).parent / "service_versions.yaml"


class Kubernetes(Strict):
    """``oldest`` is the oldest version that EKS still supports, at any price."""

    oldest: list[int]


class ServiceVersions(Strict):
    """What has ended, by service."""

    source: str
    read: date
    kubernetes: Kubernetes
    node_images: list[str]
    lambda_runtimes: list[str]


@cache
def service_versions() -> ServiceVersions:
    return ServiceVersions.model_validate(load(_FILE.read_text(encoding="utf-8"), _FILE.name))
