"""A rehearsal's own network: one namespace for the nodes, in which everything else runs, and one for each pod.

Namespaces have no names, so that nothing is left of them when the processes inside are gone.
"""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from itertools import count
from pathlib import Path
from typing import Final

from tools.conformance.errors import ConformanceError

HOST: Final = "10.244.0.1"
"""The address of all nodes: their network is one."""
SERVICES: Final = "10.100.0.0/16"
DNS: Final = "10.100.0.10"
_PODS: Final = "10.244.0.0/16"
_BRIDGE: Final = "pods"
_INSIDE: Final = "SLIPWAY_REHEARSAL_INSIDE"
_TOOLS: Final = ("unshare", "nsenter", "setpriv", "ip", "mount", "chroot")


def is_inside() -> bool:
    """Whether this process is already the first of its own namespaces."""
    return os.environ.get(_INSIDE) == "1"


def enter(arguments: Sequence[str]) -> int:
    """Run a module of ours in new namespaces of network, mounts and processes; its exit code.

    Every process that it starts ends with it.

    Raises:
        ConformanceError: this machine does not let us, or lacks a program.
    """
    if lacking := [name for name in _TOOLS if shutil.which(name) is None]:
        raise ConformanceError(f"not installed: {', '.join(lacking)} (packages util-linux, iproute2)")
    spaces = ["unshare", "--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"]
    tried = subprocess.run([*spaces, "true"], capture_output=True, text=True, check=False)  # noqa: S603
    if tried.returncode:
        raise ConformanceError(
            f"no network namespace can be made, which needs root: {tried.stderr.strip() or tried.returncode}"
        )
    command = [*spaces, sys.executable, "-m", *arguments]
    running = subprocess.Popen(command, env={**os.environ, _INSIDE: "1"})  # noqa: S603 this very program
    try:
        return running.wait()
    except KeyboardInterrupt:  # the terminal tells the child as well, which says what it means
        return running.wait()


def prepare() -> None:
    """The nodes' side: loopback, a bridge for pods, and forwarding between them."""
    for words in (
        ["link", "set", "lo", "up"],
        ["link", "add", _BRIDGE, "type", "bridge"],
        ["addr", "add", f"{HOST}/16", "dev", _BRIDGE],
        ["link", "set", _BRIDGE, "up"],
        # kube-proxy sends what is for a Service on its way only where there is a way at all.
        ["route", "add", "default", "dev", _BRIDGE],
    ):
        ip(*words)
    for name in ("net/ipv4/ip_forward", "net/bridge/bridge-nf-call-iptables"):
        _set(name, "1")
    _set("net/ipv4/conf/all/rp_filter", "0")


class Addresses:
    """Gives each pod the next address."""

    def __init__(self) -> None:
        self._numbers = count(260)

    def next(self) -> str:
        number = next(self._numbers)
        return f"10.244.{number // 250}.{number % 250 + 1}"


class Namespace:
    """The network of one pod; it lasts until ``close``."""

    def __init__(self, address: str, number: int) -> None:
        self.address = address
        self._holder = subprocess.Popen(
            ["unshare", "--net", "sleep", "infinity"],  # noqa: S607 whichever is installed
            stdin=subprocess.DEVNULL,
        )
        self.pid = self._holder.pid
        _wait_for_own(self.pid)
        peer = f"pod{number}"
        ip("link", "add", peer, "type", "veth", "peer", "name", "eth0", "netns", str(self.pid))
        ip("link", "set", peer, "master", _BRIDGE, "up")
        for words in (
            ["link", "set", "lo", "up"],
            ["addr", "add", f"{address}/16", "dev", "eth0"],
            ["link", "set", "eth0", "up"],
            ["route", "add", "default", "via", HOST],
        ):
            self.run("ip", *words)
        # As containerd has it: any user may listen on a low port.
        self.run("sysctl", "-qw", "net.ipv4.ip_unprivileged_port_start=0")

    @property
    def prefix(self) -> list[str]:
        """What a command is preceded by to run in it."""
        return ["nsenter", f"--target={self.pid}", "--net", "--"]

    def run(self, *words: str) -> None:
        """Run a command in it to its end.

        Raises:
            ConformanceError: it failed.
        """
        _run([*self.prefix, *words])

    def close(self) -> None:
        self._holder.kill()
        self._holder.wait()


def ip(*words: str) -> None:
    _run(["ip", *words])


def _run(command: Sequence[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 our own words
    if done.returncode:
        raise ConformanceError(f"{' '.join(command)}: {done.stderr.strip()}")


def _wait_for_own(pid: int) -> None:
    """Until the process has left our namespace: it does so just after it was started."""
    ours = Path("/proc/self/ns/net").readlink()
    for _ in range(1000):
        if Path(f"/proc/{pid}/ns/net").readlink() != ours:
            return
        time.sleep(0.005)
    raise ConformanceError("a pod's network namespace did not come")


def _set(name: str, value: str) -> None:
    path = Path("/proc/sys") / name
    if path.exists():  # a kernel may be built without it
        path.write_text(value, encoding="ascii")
