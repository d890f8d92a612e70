"""Where everything of `make local` stands: folders under build/local, ports on loopback, names. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
HOST: Final = "127.0.0.1"
MODEL: Final = "minilm"
STABLE: Final = "v1"
CANDIDATE: Final = "v2"
"""The same weights with a switch for faults, under a record of their own."""
ENVIRONMENT: Final = "local"
OWNER: Final = "ana@example.com"
"""Begins rollouts."""
ON_CALL: Final = "bo@example.com"
"""Is at this terminal, and answers what runs ask."""
BASE_PORT: Final = 18080


@dataclass(frozen=True, kw_only=True)
class Ports:
    """What listens where; one after the other from a base, so that they are easy to say."""

    gateway: int
    gateway_admin: int
    v1: int
    v2: int
    prometheus: int
    alertmanager: int
    temporal: int
    temporal_ui: int
    alerts: int
    """Where the worker hears Alertmanager."""
    load: int
    """Where the load generator says what it counted."""
    desk: int
    """Where the triage agent reads."""
    chat: int
    """Where the scripted model answers it."""

    @classmethod
    def from_base(cls, base: int) -> "Ports":
        return cls(**{one.name: base + place for place, one in enumerate(fields(cls))})

    def by_name(self) -> dict[str, int]:
        return {one.name: getattr(self, one.name) for one in fields(self)}

    def of_version(self, version: str) -> int:
        return {STABLE: self.v1, CANDIDATE: self.v2}[version]


@dataclass(frozen=True)
class Layout:
    """The folder that holds what one run writes; `down` leaves its events and logs to be read."""

    root: Path

    @property
    def state(self) -> Path:
        return self.root / "state.json"

    @property
    def lock(self) -> Path:
        """Held by a command that starts or ends processes."""
        return self.root / "lock"

    @property
    def logs(self) -> Path:
        return self.root / "logs"

    @property
    def gateway(self) -> Path:
        """Envoy's configuration; its routes are watched and replaced by renaming."""
        return self.root / "gateway"

    @property
    def metrics(self) -> Path:
        """Prometheus' and Alertmanager's configuration and data."""
        return self.root / "metrics"

    @property
    def temporal(self) -> Path:
        return self.root / "temporal.db"

    @property
    def faults(self) -> Path:
        return self.root / "faults"

    @property
    def traffic(self) -> Path:
        """What the load generator sends: a file it reads again."""
        return self.root / "traffic.json"

    @property
    def organisation(self) -> Path:
        """The records the loop works with; their events are appended here, never in the checkout."""
        return self.root / "organisation"

    @property
    def models(self) -> Path:
        return self.organisation / "releases" / "models"

    @property
    def keys(self) -> Path:
        """What signs events, and the keys of people who are not at this terminal; each run makes new ones."""
        return self.root / "keys"

    @property
    def people(self) -> Path:
        """Everybody's public keys, and the private one of who is at this terminal (`slipway approve` takes it)."""
        return self.root / "people"

    @property
    def proposals(self) -> Path:
        """Changes of stack files that people would merge."""
        return self.root / "proposals"

    @property
    def references(self) -> Path:
        """Histograms of the traffic that releases were approved on."""
        return self.root / "references"

    @property
    def loops(self) -> Path:
        """The workers' settings."""
        return self.root / "loops.yaml"

    @property
    def agent(self) -> Path:
        """Settings, journal, texts and identities of the triage agent."""
        return self.root / "agent"

    def folders(self) -> tuple[Path, ...]:
        return (self.root, self.logs, self.gateway, self.metrics, self.faults)


FOLDER: Final = "SLIPWAY_LOCAL_FOLDER"
"""The environment variable that names another folder, for a second run beside the first."""


def layout_of(variables: Mapping[str, str]) -> Layout:
    """The folder of a checkout, or the one that is asked for."""
    return Layout(Path(variables.get(FOLDER) or ROOT / "build" / "local").resolve())
