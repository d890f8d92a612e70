"""Everything one act plays on: a home with the project, an account with its bootstrap, a cluster without objects."""

import base64
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import yaml

from stacks.load import Stack
from tools.rehearsal.account.account import Account
from tools.rehearsal.account.faults import Faults
from tools.rehearsal.account.records import Record, Records
from tools.rehearsal.account.site import Site, keep
from tools.rehearsal.cluster.cluster import Cluster, cluster
from tools.rehearsal.cluster.objects import RealObjects
from tools.rehearsal.compare import differences
from tools.rehearsal.engine import Engine
from tools.rehearsal.home import Home, connect, furnish
from tools.rehearsal.objects.store import Objects
from tools.rehearsal.programs import Programs

AT_ITS_END: Final = {"PULUMI_EXPERIMENTAL": "true", "PULUMI_SKIP_CHECKPOINTS": "true"}
"""The state of a whole platform is written out whole: once a run, where no engine is killed."""


@dataclass(frozen=True, kw_only=True)
class Stage:
    """One act's own. Account and objects are read anew each time: while an engine runs, its plugins hold them."""

    home: Home
    engine: Engine
    site: Site
    faults: Faults
    cluster: Cluster | None = None
    """The real one; objects are simulated without."""

    @property
    def records(self) -> Records:
        """What stands in the account now."""
        return self.account.records

    @property
    def account(self) -> Account:
        """The account as it is kept; no engine may be running while it is changed."""
        return Account(self.home.account, self.site)

    @property
    def objects(self) -> Objects | RealObjects:
        """What stands in the cluster; no engine may be running while it is changed."""
        return Objects(self.home.objects) if self.cluster is None else self.cluster.objects

    def differences(self) -> list[str]:
        """What the states of all stacks, the account and the cluster do not agree in."""
        stacks = sorted(file.stem for file in (self.home.folder / "state").glob(".pulumi/stacks/*/*.json"))
        return differences([self.engine.export(name) for name in stacks], self.records, self.objects)

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


def stage(folder: Path, stack: Stack, bootstrap: Sequence[Record]) -> Stage:
    """A stage in a new folder, its cluster simulated."""
    home = furnish(folder)
    platform = stack.settings.platform
    site = Site(
        account=platform.account,
        region=platform.region,
        authority=base64.b64encode(b"nobody's certificate").decode(),
    )
    keep(site, home.account)
    Account(home.account, site).seed(bootstrap)
    return Stage(home=home, engine=Engine(home), site=site, faults=Faults(home.account))


@contextmanager
def with_cluster(stage: Stage, programs: Programs, tell: Callable[[str], None]) -> Iterator[Stage]:
    """The stage with a real cluster, which ends with this context.

    Raises:
        ConformanceError: its control plane cannot be started.
        SourceError: a chart's module cannot be had.
    """
    folder = stage.home.folder / "cluster"
    with cluster(programs, folder, lambda: stage.records, stage.site.region, tell) as made:
        site = replace(stage.site, endpoint=made.plane.endpoint, authority=made.plane.authority.data)
        keep(site, stage.home.account)
        connect(stage.home, made.provider, made.variables(), made.token)
        engine = Engine(stage.home, variables=AT_ITS_END)
        yield replace(stage, site=site, cluster=made, engine=engine)
