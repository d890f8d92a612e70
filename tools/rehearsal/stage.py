"""Everything one act plays on: a home with the project, a running cluster, an empty account with its bootstrap."""

import base64
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from stacks.load import Stack
from tools.conformance.client import Api
from tools.conformance.server import certificate_for
from tools.rehearsal.account.account import Account
from tools.rehearsal.account.answers import Site
from tools.rehearsal.account.faults import Faults
from tools.rehearsal.account.records import Record, Records
from tools.rehearsal.account.site import keep
from tools.rehearsal.cluster import cluster
from tools.rehearsal.engine import Engine
from tools.rehearsal.home import Home, furnish, sign_in
from tools.rehearsal.kubelets import Kubelets
from tools.rehearsal.programs import Programs
from tools.rehearsal.registry import Answers, registry


@dataclass(frozen=True, kw_only=True)
class Stage:
    """One act's own; ``lost`` is what was asked of a chart registry and is not there."""

    home: Home
    engine: Engine
    api: Api
    site: Site
    faults: Faults
    kubelets: Kubelets
    lost: list[str]

    @property
    def records(self) -> Records:
        """What stands in the account now."""
        return self.account.records

    @property
    def account(self) -> Account:
        """The account as it is kept; no engine may be running while it is changed."""
        return Account(self.home.account, self.site)

    def settings(self, stack: str) -> dict[str, Any]:
        """The stack's settings in this home's copy of its file."""
        return dict(
            yaml.safe_load(self._file(stack).read_text(encoding="utf-8"))["config"]["slipway:settings"]
        )

    def write_settings(self, stack: str, settings: Mapping[str, Any]) -> None:
        """Write them; what the engine itself has put into the file stays."""
        said = yaml.safe_load(self._file(stack).read_text(encoding="utf-8"))
        said["config"]["slipway:settings"] = dict(settings)
        self._file(stack).write_text(yaml.safe_dump(said, sort_keys=False), encoding="utf-8")

    def _file(self, stack: str) -> Path:
        return self.home.project / "stacks" / f"Pulumi.{stack}.yaml"


@contextmanager
def stage(
    folder: Path, stack: Stack, programs: Programs, charts: Answers, bootstrap: list[Record]
) -> Iterator[Stage]:
    """An empty stage. What runs ends with this context, and with this process however that ends.

    Raises:
        ConformanceError: a part cannot be started.
        GateError: the engine cannot make the stack.
    """
    trust = folder / "registry"
    trust.mkdir(parents=True)
    hosts = ",".join(sorted({host for host, _ in charts} | {"127.0.0.1"}))
    certificate = certificate_for(hosts, trust)
    with registry(charts, certificate, trust / "key.pem") as (port, lost):
        home = furnish(folder / "home", programs.kubernetes_provider, port, certificate)
        with cluster(programs.servers, programs.controllers, home.account) as running:
            site = Site(
                account=stack.settings.platform.account,
                region=stack.settings.platform.region,
                endpoint=f"https://127.0.0.1:{running.servers.port}",
                authority=base64.b64encode(running.servers.certificate.read_bytes()).decode(),
            )
            keep(site, home.account)
            sign_in(home, running.servers.token)
            Account(home.account, site).seed(bootstrap)
            yield Stage(
                home=home,
                engine=Engine(home),
                api=running.servers.api,
                site=site,
                faults=Faults(home.account),
                kubelets=running.kubelets,
                lost=lost,
            )
