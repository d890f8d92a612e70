"""Shares in a file of routes that Envoy watches: written by renaming, only if what is expected stands."""

import fcntl
import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final
from urllib.error import URLError
from urllib.request import urlopen

from runtime.loops.contract import Shares
from runtime.loops.ports import SharesMovedError, UnavailableError

_WHOLE: Final = 100
_PATIENCE_SECONDS: Final = 5.0
_POLL_SECONDS: Final = 0.05


class EnvoyFileShares:
    """Weights of one route file: a version is the last part of its cluster's name, its weight is its share.

    Only weights are changed. With ``admin``, a write is done when Envoy says that it took it.
    """

    def __init__(
        self, path: Path, admin: str | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._path, self._admin, self._clock = path, admin, clock

    def read(self, model: str) -> Shares:
        return _shares(self._document(), model, self._path)

    def write(self, model: str, shares: Shares, expected: Shares) -> None:
        with self._held():
            document = self._document()
            found = _shares(document, model, self._path)
            _check(model, shares, found)
            if _given(shares) != _given(found):
                if _given(expected) != _given(found):
                    raise SharesMovedError(model, expected, found)
                for cluster in _clusters(document, model):
                    cluster["weight"] = shares.get(_version(cluster["name"]), 0)
                document["version_info"] = str(int(document.get("version_info") or 0) + 1)
                self._replace(document)
        if self._admin is not None:
            self._taken(model, str(document["version_info"]))

    def _document(self) -> dict[str, Any]:
        try:
            document = json.loads(self._path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise UnavailableError(f"{self._path}: routes cannot be read: {error}") from error
        if not isinstance(document, dict):
            raise UnavailableError(f"{self._path}: routes cannot be read: they are no object")
        return document

    def _replace(self, document: dict[str, Any]) -> None:
        fresh = self._path.with_suffix(".new")
        with fresh.open("w", encoding="utf-8") as out:
            json.dump(document, out, indent=1)
            out.flush()
            os.fsync(out.fileno())
        # Envoy watches the folder for a rename; a file that is written in place is read half.
        fresh.rename(self._path)

    @contextmanager
    def _held(self) -> Iterator[None]:
        """One writer at a time, also among processes; the system lets go of it when one dies."""
        with self._path.with_suffix(".lock").open("w", encoding="utf-8") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _taken(self, model: str, number: str) -> None:
        end = self._clock() + _PATIENCE_SECONDS
        while (stands := self._standing(model)) != number:
            if self._clock() > end:
                raise UnavailableError(
                    f"{model}: the gateway has routes {stands or 'none'}, not {number} yet"
                )
            time.sleep(_POLL_SECONDS)

    def _standing(self, model: str) -> str:
        url = f"{self._admin}/config_dump?resource=dynamic_route_configs"
        try:
            with urlopen(url, timeout=2) as answer:  # noqa: S310 the address of our own gateway
                dump = json.load(answer)
        except (URLError, OSError, ValueError) as error:
            raise UnavailableError(f"{model}: the gateway does not answer: {error}") from error
        found = (c for c in dump.get("configs", []) if c.get("route_config", {}).get("name") == model)
        return next((str(one.get("version_info", "")) for one in found), "")


def _check(model: str, shares: Shares, found: Shares) -> None:
    problems = [
        f"{version}: there is no such version behind the gateway: {', '.join(found)}"
        for version in sorted(set(shares) - set(found))
    ]
    problems += [
        f"{v}: should be from 0 to {_WHOLE} (got {s})" for v, s in shares.items() if not 0 <= s <= _WHOLE
    ]
    if sum(shares.values()) != _WHOLE:
        problems.append(f"they should add up to {_WHOLE} (got {sum(shares.values())})")
    if problems:
        raise ValueError(f"shares of {model}: " + "; ".join(problems))


def _given(shares: Shares) -> Shares:
    """Without versions that answer nothing: absent and 0 are one."""
    return {version: share for version, share in shares.items() if share}


def _shares(document: dict[str, Any], model: str, path: Path) -> Shares:
    found: Shares = {}
    for cluster in _clusters(document, model):
        found.setdefault(_version(cluster["name"]), int(cluster["weight"]))
    if not found:
        raise UnavailableError(f"{path}: no route of {model}")
    return found


def _clusters(document: dict[str, Any], model: str) -> list[dict[str, Any]]:
    """Every weighted cluster of the model's routes."""
    return [
        cluster
        for resource in document.get("resources", ())
        if resource.get("name") == model
        for host in resource.get("virtual_hosts", ())
        for route in host.get("routes", ())
        for cluster in route.get("route", {}).get("weighted_clusters", {}).get("clusters", ())
    ]


def _version(cluster: str) -> str:
    return cluster.rpartition("/")[2]
