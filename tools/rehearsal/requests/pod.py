"""One pod, from when it is placed until it is gone: its network, its files, its containers in order, its probes."""

import contextlib
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from tools.conformance.client import Api
from tools.conformance.errors import ConformanceError
from tools.rehearsal.requests import probes
from tools.rehearsal.requests.container import Process, Root, rights_of
from tools.rehearsal.requests.images import Image, played
from tools.rehearsal.requests.network import Namespace
from tools.rehearsal.requests.status import Seen, status_of
from tools.rehearsal.requests.variables import command_of, variables
from tools.rehearsal.requests.volumes import NotThereError, Volumes

Object = Mapping[str, Any]
_STEP: Final = 0.4
_GRACE: Final = 20.0
_BACK_OFF: Final = 8.0


@dataclass(kw_only=True)
class Run:
    """One container of the pod."""

    container: Object
    image: Image | None
    is_init: bool
    process: Process | None = None
    seen: Seen = field(default_factory=Seen)
    asked: float = 0.0
    again: float = 0.0

    @property
    def is_sidecar(self) -> bool:
        return self.is_init and self.container.get("restartPolicy") == "Always"

    @property
    def stays(self) -> bool:
        return self.is_sidecar or not self.is_init


class Pod:
    """Works in a thread of its own until ``stop``; ``tell`` hears of what goes wrong."""

    def __init__(
        self,
        api: Api,
        pod: Object,
        where: tuple[str, int],
        folder: Path,
        *,
        images: Mapping[str, Image],
        trust: Path,
        tell: Callable[[str], None],
    ) -> None:
        self._api, self._pod, self._folder = api, pod, folder
        self._images, self._trust, self._tell = images, trust, tell
        self.address, self._number = where
        meta = pod["metadata"]
        self.name = f"{meta['namespace']}/{meta['name']}"
        self._path = f"/api/v1/namespaces/{meta['namespace']}/pods/{meta['name']}"
        spec = pod["spec"]
        self.runs = [
            *(self._run(one, is_init=True) for one in spec.get("initContainers", ())),
            *(self._run(one, is_init=False) for one in spec["containers"]),
        ]
        self._volumes = Volumes(api, pod, self.address, folder / "volumes")
        self._namespace: Namespace | None = None
        self._said: object = None
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._work, daemon=True)
        self._thread.start()

    @property
    def is_over(self) -> bool:
        return not self._thread.is_alive()

    def stop(self) -> None:
        """Begin to end it."""
        self._over.set()

    def join(self) -> None:
        self._thread.join()

    def kill(self, name: str) -> bool:
        """End a container's process at once, as the kernel does for want of memory; whether there was one."""
        for run in self.runs:
            if run.container["name"] == name and run.process is not None:
                run.process.kill()
                return True
        return False

    def _run(self, container: Object, *, is_init: bool) -> Run:
        return Run(container=container, image=played(self._images, container), is_init=is_init)

    def _work(self) -> None:
        try:
            self._live()
        except ConformanceError as error:
            self._tell(f"{self.name}: {error}")
        finally:
            self._end()

    def _live(self) -> None:
        self._namespace = Namespace(self.address, self._number)
        if not self._wait_for_files():
            return
        for run in self.runs:
            if run.is_init and not self._initialize(run):
                return
        for run in self.runs:
            if not run.is_init:
                self._start(run)
        while not self._over.wait(_STEP):
            self._keep()
            if self._report() in {"Succeeded", "Failed"}:
                self._over.wait()

    def _wait_for_files(self) -> bool:
        while not self._over.is_set():
            try:
                self._volumes.refresh()
            except NotThereError as missing:
                self._report(f"MountVolume.SetUp failed: {missing}")
            else:
                return True
            self._over.wait(_STEP)
        return False

    def _initialize(self, run: Run) -> bool:
        """Run an init container to its end, again until it succeeds; or a sidecar, which stays."""
        while not self._over.is_set():
            self._start(run)
            self._report()
            if run.is_sidecar or run.process is None:
                run.seen = run.seen.now(done=not run.is_sidecar, ready=True)
                return True
            while (code := run.process.code) is None and not self._over.wait(_STEP / 4):
                pass
            if code == 0:
                run.seen = run.seen.now(done=True, ready=True)
                return True
            if code is not None:
                self._tell(
                    f"{self.name}: {run.container['name']} ended with {code}: {run.process.last_words()}"
                )
                self._over.wait(2)
        return False

    def _start(self, run: Run) -> None:
        run.seen = run.seen.now(running=True, started="startupProbe" not in run.container, ready=False)
        if run.image is None or self._namespace is None:
            run.seen = run.seen.now(started=True, ready=True)
            return
        container, meta = run.container, self._pod["metadata"]
        given = {**variables(self._api, self._pod, container, self.address), **run.image.variables}
        words = run.image.translated(command_of(container, run.image.entrypoint, given))
        mounts = [
            (one["mountPath"], self._volumes.path(one["name"]) / one.get("subPath", ""))
            for one in container.get("volumeMounts", ())
            if self._volumes.path(one["name"]).exists()
        ]
        root = Root(
            files=run.image.files,
            mounts=mounts,
            namespace=meta["namespace"],
            host=meta["name"],
            address=self.address,
            trust=self._trust,
            is_read_only=bool((container.get("securityContext") or {}).get("readOnlyRootFilesystem")),
        )
        run.process = Process(
            self._namespace.prefix,
            root,
            rights=rights_of(self._pod, container),
            command=words,
            variables=given,
            folder=self._folder / container["name"],
        )

    def _keep(self) -> None:
        with contextlib.suppress(NotThereError):  # a kubelet keeps what it has
            self._volumes.refresh()
        for run in self.runs:
            if run.stays and run.process is not None:
                self._look_after(run)

    def _look_after(self, run: Run) -> None:
        assert run.process is not None
        now = time.monotonic()
        if (code := run.process.code) is not None:
            self._ended(run, code, now)
            return
        probe = run.container.get("readinessProbe" if run.seen.started else "startupProbe")
        if probe is None:
            run.seen = run.seen.now(started=True, ready=True)
            return
        # Seconds are whole for Kubernetes; a rehearsal looks as often as it may while nothing is ready.
        period = float(probe.get("periodSeconds", 10)) if run.seen.ready else 0.0
        if now < run.asked + period:
            return
        run.asked = now
        answers = probes.holds(probe, run.container, self.address)
        run.seen = run.seen.now(ready=answers) if run.seen.started else run.seen.now(started=answers)

    def _ended(self, run: Run, code: int, now: float) -> None:
        policy = "Always" if run.is_sidecar else self._pod["spec"].get("restartPolicy", "Always")
        if policy == "Always" or (policy == "OnFailure" and code):
            if not run.again:
                assert run.process is not None
                if not run.seen.restarts:  # the first time says it
                    words = run.process.last_words()
                    self._tell(f"{self.name}: {run.container['name']} ended with {code}: {words}")
                run.seen = run.seen.now(ready=False, running=False, restarts=run.seen.restarts + 1)
                run.again = now + min(run.seen.restarts, _BACK_OFF)
            elif now >= run.again:
                run.again = 0.0
                self._start(run)
        else:
            run.seen = run.seen.now(done=True, ready=False, running=False, code=code)

    def _report(self, message: str = "") -> str:
        status = status_of(
            self._pod,
            self.address,
            [(run.container, run.seen, run.is_init) for run in self.runs],
            message,
        )
        if status != self._said:
            self._said = status
            self._api.send(
                "PATCH", f"{self._path}/status", {"status": status}, "application/strategic-merge-patch+json"
            )
        return str(status["phase"])

    def _end(self) -> None:
        running = [run for run in self.runs if run.process is not None and run.process.code is None]
        asked = min(float(self._pod["spec"].get("terminationGracePeriodSeconds", 30)), _GRACE)
        until = time.monotonic() + asked
        for run in running:
            if run.process is not None:
                run.process.terminate()
        for run in reversed(running):
            if run.process is not None:
                run.process.end(max(until - time.monotonic(), 0.1))
        if self._namespace is not None:
            self._namespace.close()
