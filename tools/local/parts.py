"""The processes of a run, in the order in which they start: command, when each is ready, how long that may take."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from tools.local import loops
from tools.local.layout import CANDIDATE, HOST, MODEL, ROOT, STABLE, Layout, Ports
from tools.local.ports import answers
from tools.local.programs import Programs
from tools.local.web import is_well


@dataclass(frozen=True, kw_only=True)
class Part:
    """One process that has to run."""

    name: str
    what: str
    """What it is, and what it is not, in the words of the screen."""
    command: Sequence[str]
    is_ready: Callable[[], bool]
    seconds: float = 60
    variables: Mapping[str, str] = field(default_factory=dict)
    wave: int = 0
    """It starts when all of the waves before are ready: callers of a model that loads still would be failures."""


_ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
OURS = {"PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}


def parts(programs: Programs, layout: Layout, ports: Ports) -> list[Part]:
    """All of them, by wave; callers come last."""
    return [
        _model(programs, layout, ports, STABLE),
        _model(programs, layout, ports, CANDIDATE),
        Part(
            name="gateway",
            what=f"Envoy, plain, http://{HOST}:{ports.gateway}; weights from a file that is watched; no mesh",
            command=[
                programs.envoy, "-c", str(layout.gateway / "envoy.json"), "--disable-hot-restart",
                "--concurrency", "1", "--log-level", "warning",
            ],
            is_ready=partial(is_well, ports.gateway_admin, "/ready"),
        ),
        Part(
            name="alertmanager",
            what=f"Alertmanager, http://{HOST}:{ports.alertmanager}",
            command=[
                programs.alertmanager, "--config.file=alertmanager.yml", "--storage.path=alertmanager",
                f"--web.listen-address={HOST}:{ports.alertmanager}", "--cluster.listen-address=",
            ],
            is_ready=partial(is_well, ports.alertmanager, "/-/ready"),
        ),
        Part(
            name="prometheus",
            what=f"Prometheus with the generated rules, http://{HOST}:{ports.prometheus}",
            command=[
                programs.prometheus, "--config.file=prometheus.yml", "--storage.tsdb.path=prometheus",
                "--storage.tsdb.retention.time=1d", f"--web.listen-address={HOST}:{ports.prometheus}",
            ],
            is_ready=partial(is_well, ports.prometheus, "/-/ready"),
        ),
        Part(
            name="temporal",
            what=f"Temporal's development server on SQLite, its page at http://{HOST}:{ports.temporal_ui}",
            command=[
                programs.temporal, "server", "start-dev", "--ip", HOST, "--port", str(ports.temporal),
                "--ui-port", str(ports.temporal_ui), "--ui-disable-news-fetch",
                "--db-filename", str(layout.temporal), "--log-level", "error", "--disable-config-file",
            ],
            is_ready=partial(_temporal_is_ready, ports),
        ),
        Part(
            name="worker",
            what="the loops' own workers, all kinds in one process (a cluster has one for each, with its own identity)",
            command=[programs.worker, *loops.command(layout, "worker")],
            is_ready=partial(says, layout.logs / "worker.log", "works on "),
            variables=OURS,
            wave=1,
        ),
        Part(
            name="receiver",
            what=f"takes Alertmanager's calls, http://{HOST}:{ports.alerts}/alerts",
            command=[
                programs.worker, *loops.command(layout, "receive"), "--host", HOST, "--port", str(ports.alerts),
            ],
            is_ready=partial(is_well, ports.alerts, "/healthz"),
            variables=OURS,
            wave=1,
        ),
        Part(
            name="callers",
            what="a steady load of the gateway",
            command=[
                programs.worker, "-m", "tools.local.load", "--gateway", str(ports.gateway),
                "--port", str(ports.load), "--traffic", str(layout.traffic),
            ],
            is_ready=partial(is_well, ports.load, "/"),
            variables=OURS,
            wave=2,
        ),
    ]  # fmt: skip


def folder_of(part: Part, layout: Layout) -> str:
    """Where it runs: Prometheus and Alertmanager beside their files."""
    return str(layout.metrics if part.name in {"prometheus", "alertmanager"} else ROOT)


def _model(programs: Programs, layout: Layout, ports: Ports, version: str) -> Part:
    port = ports.of_version(version)
    said = "the same with a switch for faults" if version == CANDIDATE else "MiniLM, the published weights"
    return Part(
        name=f"{MODEL}-{version}",
        what=f"{said}, behind KServe's own HTTP server (forward pass in NumPy, no controller), port {port}",
        command=[
            programs.serving, "-m", "tools.local.model_server", "--version", version, "--port", str(port),
            "--faults", str(layout.faults / f"{version}.json"),
        ],
        is_ready=partial(is_well, port, f"/v1/models/{MODEL}"),
        seconds=180,
        variables={**OURS, **_ONE_THREAD},
    )  # fmt: skip


def says(log: Path, words: str) -> bool:
    """Whether a process has written this."""
    try:
        return words in log.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False


def _temporal_is_ready(ports: Ports) -> bool:
    return answers(ports.temporal) and is_well(ports.temporal_ui, "/api/v1/namespaces/default")
