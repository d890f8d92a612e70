"""Where the account is, also between two runs of the engine, and digits as its ids have them."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Answer = tuple[str, dict[str, Any]]
"""The id that Pulumi keeps of a resource, and its computed outputs."""


@dataclass(frozen=True, kw_only=True)
class Site:
    """Where the account is, and the one API server that stands for its clusters'."""

    account: str
    region: str
    endpoint: str = "https://127.0.0.1:6443"
    authority: str = ""
    """Base64 of the certificate that signs the API server's."""

    def arn(self, service: str, resource: str) -> str:
        return f"arn:aws:{service}:{self.region}:{self.account}:{resource}"

    def global_arn(self, service: str, resource: str) -> str:
        return f"arn:aws:{service}::{self.account}:{resource}"


def digits(seed: str, length: int) -> str:
    """Hexadecimal digits that look random and are the same for the same seed."""
    return hashlib.sha256(seed.encode()).hexdigest()[:length]


def keep(site: Site, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "site.json").write_text(json.dumps(vars(site)), encoding="utf-8")


def site_of(folder: Path) -> Site:
    return Site(**json.loads((folder / "site.json").read_text(encoding="utf-8")))
