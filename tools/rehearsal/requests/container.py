"""One container as a process: a root of its own below a pod's network, with its user, its rights and what it mounts."""

import contextlib
import os
import shlex
import signal
import subprocess
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

Object = Mapping[str, Any]
NOBODY: Final = 65532
_SYSTEM: Final = ("usr/bin", "usr/lib", "usr/lib64", "usr/libexec", "usr/sbin", "usr/share")
_LINKS: Final = {"lib": "usr/lib", "lib64": "usr/lib64", "sbin": "usr/sbin", "bin/sh": "../usr/bin/sh"}


@dataclass(frozen=True, kw_only=True)
class Root:
    """What a container sees as its file system: files and folders by where they are inside."""

    files: Mapping[str, Path]
    mounts: Sequence[tuple[str, Path]]
    namespace: str
    host: str
    address: str
    trust: Path
    """The authority that its system trusts."""
    is_read_only: bool


@dataclass(frozen=True, kw_only=True)
class Rights:
    """As whom it runs."""

    user: int
    group: int
    keeps_capabilities: bool


def rights_of(pod: Object, container: Object) -> Rights:
    """What the security contexts say; an image's own user, which nobody knows here, is 65532."""
    said = {**(pod["spec"].get("securityContext") or {}), **(container.get("securityContext") or {})}
    must_not = said.get("runAsNonRoot") or "runAsUser" not in said
    user = int(said.get("runAsUser", NOBODY if must_not else 0))
    dropped = (said.get("capabilities") or {}).get("drop") or ()
    return Rights(
        user=user,
        group=int(said.get("runAsGroup", user)),
        keeps_capabilities="ALL" not in dropped and user == 0,
    )


class Process:
    """A running container, in namespaces of mounts and processes of its own."""

    def __init__(
        self,
        prefix: Sequence[str],
        root: Root,
        *,
        rights: Rights,
        command: Sequence[str],
        variables: Mapping[str, str],
        folder: Path,
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.log = folder / "log"
        script = folder / "start.sh"
        script.write_text(_script(folder / "root", root, rights, command, variables), encoding="utf-8")
        spaces = ["unshare", "--mount", "--pid", "--fork", "--kill-child", "--propagation", "private"]
        with self.log.open("ab") as log:
            # Programs open /dev/stdout by its name; a container runtime gives it to the container's user.
            os.fchmod(log.fileno(), 0o666)
            self._process = subprocess.Popen(  # noqa: S603 programs of pinned modules and packages
                [*prefix, *spaces, "sh", str(script)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.started = time.monotonic()

    @property
    def code(self) -> int | None:
        """Its exit code; none while it runs."""
        return self._process.poll()

    def wait(self) -> int:
        return self._process.wait()

    def kill(self) -> None:
        """End it, and all that it started: the first process of its namespace takes the others with it."""
        self._signal(signal.SIGKILL)
        self._process.wait()

    def terminate(self) -> None:
        """Ask it to end."""
        self._signal(signal.SIGTERM)

    def _signal(self, number: int) -> None:
        # Not to the program that made the namespaces: its child has changed its user, and outlives it.
        for child in _children(self._process.pid) or [self._process.pid]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(child, number)

    def end(self, seconds: float) -> None:
        """Ask it to end, and end it where it takes longer."""
        self.terminate()
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()

    def last_words(self) -> str:
        """The end of what it printed."""
        lines = self.log.read_text(errors="replace").splitlines() if self.log.exists() else []
        return " | ".join(line.strip()[:300] for line in lines[-3:])


def _script(
    folder: Path, root: Root, rights: Rights, command: Sequence[str], variables: Mapping[str, str]
) -> str:
    lines = [
        "set -e",
        f"mkdir -p {_quoted(folder)}",
        f"mount -t tmpfs -o mode=0755 tmpfs {_quoted(folder)}",
        f"cd {_quoted(folder)}",
        "mkdir -p proc dev sys etc/ssl/certs tmp usr/local/bin var/run run app bin home",
        "chmod 1777 tmp",
        "mount --rbind /dev dev",
        "mount -t proc proc proc",
        *(_bound(f"/{path}", Path("/") / path) for path in _SYSTEM if (Path("/") / path).is_dir()),
        *(f"ln -s {target} {link}" for link, target in _LINKS.items()),
        *_system_files(root),
        *(_bound(inside, outside) for inside, outside in root.files.items()),
        *(_bound(inside, outside) for inside, outside in sorted(root.mounts)),
    ]
    if root.is_read_only:
        lines.append(f"mount -o remount,ro {_quoted(folder)}")
    given = [f"{name}={value}" for name, value in variables.items()]
    who = ["setpriv", f"--reuid={rights.user}", f"--regid={rights.group}", "--clear-groups", "--no-new-privs"]
    if not rights.keeps_capabilities:
        who += ["--bounding-set=-all", "--inh-caps=-all"]
    words = ["chroot", str(folder), *who, "/usr/bin/env", "-i", *given, *command]
    lines.append("exec " + " ".join(_quoted(word) for word in words))
    return "\n".join(lines) + "\n"


def _system_files(root: Root) -> Iterable[str]:
    search = f"{root.namespace}.svc.cluster.local svc.cluster.local cluster.local"
    for path, text in (
        ("etc/resolv.conf", f"nameserver 10.100.0.10\nsearch {search}\noptions ndots:5\n"),
        ("etc/hosts", f"127.0.0.1 localhost\n{root.address} {root.host}\n"),
        ("etc/nsswitch.conf", "hosts: files dns\n"),
        ("etc/passwd", "root:x:0:0::/:/bin/sh\nnonroot:x:65532:65532::/home:/bin/sh\n"),
    ):
        yield f"printf %s {_quoted(text)} > {path}"
    yield f"cp {_quoted(root.trust)} etc/ssl/certs/ca-certificates.crt"


def _bound(inside: str, outside: Path) -> str:
    target = f".{inside}"
    made = (
        f"mkdir -p {_quoted(target)}"
        if outside.is_dir()
        else f"mkdir -p {_quoted(os.path.dirname(target))}; touch {_quoted(target)}"  # noqa: PTH120
    )
    return f"{made}; mount --bind {_quoted(outside)} {_quoted(target)}"


def _children(pid: int) -> list[int]:
    try:
        said = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii")
    except OSError:
        return []
    return [int(word) for word in said.split()]


def _quoted(text: object) -> str:
    return shlex.quote(str(text))
