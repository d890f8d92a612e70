"""A whole cluster for one act: control plane, nodes, registries of charts, controllers, and stand-ins for the rest."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tools.conformance.definitions import definitions
from tools.rehearsal.account.records import NODE_GROUP, Records
from tools.rehearsal.cluster.charts import packed
from tools.rehearsal.cluster.control_plane import DEPLOYER, ControlPlane, Reach, control_plane
from tools.rehearsal.cluster.kubelet import Kubelet
from tools.rehearsal.cluster.nodes import of_group, of_pool
from tools.rehearsal.cluster.objects import RealObjects
from tools.rehearsal.cluster.registry import Registries
from tools.rehearsal.cluster.stand_ins import StandIns
from tools.rehearsal.cluster.tunnel import Tunnel
from tools.rehearsal.cluster.workloads import Workloads
from tools.rehearsal.programs import Programs

_POOLS: Final = "/apis/karpenter.sh/v1/nodepools"
Account = Callable[[], Records]


@dataclass(frozen=True, kw_only=True)
class Cluster:
    """A running one."""

    plane: ControlPlane
    provider: Path
    registries: Registries
    tunnel: Tunnel
    kubelet: Kubelet
    workloads: Workloads

    @property
    def objects(self) -> RealObjects:
        return RealObjects(self.plane.api)

    @property
    def token(self) -> str:
        """The deploy role's."""
        return self.plane.tokens[DEPLOYER]

    def variables(self) -> dict[str, str]:
        """What the provider is run with, so that Helm finds the registries of charts here."""
        proxy, trust = self.registries.address, str(self.plane.authority.certificate)
        return {"HTTPS_PROXY": proxy, "SSL_CERT_FILE": trust, "NO_PROXY": "127.0.0.1"}


@contextmanager
def cluster(
    programs: Programs, folder: Path, account: Account, region: str, tell: Callable[[str], None]
) -> Iterator[Cluster]:
    """A cluster without an object of ours; its managed nodes come when the account has their group.

    Raises:
        ConformanceError: the control plane cannot be started.
        SourceError: a chart's module cannot be had.
    """
    folder.mkdir(parents=True)
    archives = packed(folder / "charts", definitions(tell))
    with ExitStack() as ending:
        tunnel = Tunnel(folder / "tunnel.sock")
        ending.callback(tunnel.close)
        plane = ending.enter_context(control_plane(programs, folder / "plane", Reach(tunnel=tunnel.path)))
        registries = Registries(archives, plane.authority)
        ending.callback(registries.close)
        stand_ins = StandIns(plane.api, plane.authority)
        ending.callback(stand_ins.close)
        workloads = Workloads(plane, programs.kserve)
        tunnel.connect(plane.api, plane.authority, workloads.where)
        kubelet = Kubelet(plane.api, lambda: nodes(account(), _pools(plane), region), workloads)
        ending.callback(kubelet.close)
        yield Cluster(
            plane=plane,
            provider=programs.provider,
            registries=registries,
            tunnel=tunnel,
            kubelet=kubelet,
            workloads=workloads,
        )


def _pools(plane: ControlPlane) -> Sequence[Mapping[str, Any]]:
    found: Sequence[Mapping[str, Any]] = plane.api.get(_POOLS).get("items", ())
    return found


def nodes(records: Records, pools: Sequence[Mapping[str, Any]], region: str) -> list[dict[str, Any]]:
    """Every node that the account's groups and the cluster's pools make."""
    zones = [f"{region}{letter}" for letter in "abc"]
    groups = [node for group in records.of(NODE_GROUP) for node in of_group(group, zones)]
    return [*groups, *(of_pool(pool, zones[0]) for pool in pools)]
