"""A cluster that carries requests: control plane, kube-proxy, DNS, nodes, and pods that are processes."""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tools.conformance.server import keeper_of, start
from tools.rehearsal.account.records import NODE_GROUP, Record
from tools.rehearsal.cluster.control_plane import ControlPlane, Reach, control_plane
from tools.rehearsal.cluster.nodes import of_group, of_pool
from tools.rehearsal.cluster.stand_ins import SETTLED, StandIns
from tools.rehearsal.programs import DataPlane
from tools.rehearsal.requests import dns
from tools.rehearsal.requests.images import images
from tools.rehearsal.requests.kubelet import Kubelet
from tools.rehearsal.requests.login import Login
from tools.rehearsal.requests.network import HOST

_POOLS: Final = "/apis/karpenter.sh/v1/nodepools"
_OF_A_POOL: Final = 3
_PLAYED_ELSEWHERE: Final = ("gateway.networking.k8s.io", "inference.networking.k8s.io")
"""Groups whose controllers run here, and write their own conditions."""


@dataclass(frozen=True, kw_only=True)
class Cluster:
    """A running one."""

    plane: ControlPlane
    kubelet: Kubelet
    login: Login


@contextmanager
def cluster(
    programs: DataPlane,
    folder: Path,
    groups: Sequence[Mapping[str, Any]],
    issuer: tuple[str, str],
    tell: Callable[[str], None],
) -> Iterator[Cluster]:
    """A cluster without an object of ours, with the nodes of a stack; ``issuer`` of tokens, and their audience.

    Raises:
        ConformanceError: the control plane cannot be started.
    """
    folder.mkdir(parents=True)
    with ExitStack() as ending:
        plane = ending.enter_context(control_plane(programs, folder / "plane", Reach(address=HOST)))
        settled = {
            path: status for path, status in SETTLED.items() if not any(g in path for g in _PLAYED_ELSEWHERE)
        }
        settled["/api/v1/services"] = _balanced
        stand_ins = StandIns(plane.api, plane.authority, settled)
        ending.callback(stand_ins.close)
        login = Login(*issuer, plane.authority)
        ending.callback(login.close)
        names = dns.Dns(plane.api, {issuer[0].removeprefix("https://"): [HOST]})
        ending.callback(names.close)
        for one in dns.service():
            plane.api.apply(one)
        _proxy(programs, plane, ending)
        kubelet = Kubelet(
            plane.api,
            lambda: nodes(groups, plane.api.get(_POOLS).get("items", ())),
            images=images(programs.programs),
            folder=folder / "pods",
            trust=plane.authority.certificate,
            tell=tell,
        )
        ending.callback(kubelet.close)
        yield Cluster(plane=plane, kubelet=kubelet, login=login)


def nodes(groups: Sequence[Mapping[str, Any]], pools: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Those of the stack's node groups, and as many of each pool as a candidate beside a stable one needs."""
    region = "eu-central-1"
    zones = [f"{region}{letter}" for letter in "abc"]
    found = []
    for number, group in enumerate(groups):
        settings = {**group, "nodeGroupName": group.get("nodeGroupName") or group["name"]}
        record = Record(type=NODE_GROUP, id=group["name"], settings=settings)
        found += of_group(record, zones[number % 3 :] + zones[: number % 3])
    for pool in pools:
        for number in range(_OF_A_POOL):
            node = of_pool(pool, zones[number])
            name = f"{node['metadata']['name']}-{number}"
            node["metadata"]["name"] = node["metadata"]["labels"]["kubernetes.io/hostname"] = name
            found.append(node)
    return found


def _proxy(programs: DataPlane, plane: ControlPlane, ending: ExitStack) -> None:
    """kube-proxy, by which a Service's address leads to its pods: for all nodes at once, their network being one."""
    folder = plane.folder.parent / "proxy"
    folder.mkdir()
    kubeconfig = plane.kubeconfig("kube-proxy", plane.tokens["rehearsal"])
    command = [
        *(str(folder / "kube-proxy.log"), str(programs.programs["kube-proxy"]), f"--kubeconfig={kubeconfig}"),
        *("--proxy-mode=nftables", "--cluster-cidr=10.244.0.0/16", "--nodeport-addresses=127.0.0.0/8"),
        *("--conntrack-max-per-core=0", "--conntrack-tcp-timeout-established=0s"),
        *("--conntrack-tcp-timeout-close-wait=0s", "--metrics-bind-address=127.0.0.1:10249"),
        *("--healthz-bind-address=127.0.0.1:10256", f"--hostname-override={os.uname().nodename}"),
    ]
    start(ending.enter_context(keeper_of(folder)), [command])


def _balanced(service: Mapping[str, Any]) -> dict[str, Any]:
    """What AWS's load balancer controller writes: where a Service's load balancer is."""
    if service["spec"].get("type") != "LoadBalancer":
        return {}
    return {"loadBalancer": {"ingress": [{"hostname": f"{service['metadata']['name']}.elb.example.com"}]}}
