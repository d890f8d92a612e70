"""Asking checkov for its opinion on a stack.

checkov lives in an environment of its own and takes seconds to import, so a server with it is started while
the program still runs, and asked when the files are there. Anything but a complete answer is a fault.
"""

import json
import os
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from gate.checkov.opinion import Opinion
from gate.checkov.terraform_plan import Plan
from gate.core.errors import GateError
from policies.analysis.gateway.objects import DEFINITION
from policies.analysis.pods.finder import WORKLOADS
from policies.engine.evaluate import Finding
from policies.engine.graph import Graph, Resource

TIMEOUT_SECONDS = 180
Framework = Literal["kubernetes", "terraform_plan"]
_LARGEST_ANSWER = 64 * 1024 * 1024


class _Record(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)
    framework: str
    check: Annotated[str, Field(pattern=r"^CKV")]
    name: str
    resource: str


class _Answer(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)
    checks: dict[Framework, Annotated[int, Field(ge=0)]]
    seen: dict[Framework, list[str]]
    failed: list[_Record]
    skipped: list[_Record]
    errors: list[str]


@contextmanager
def server(root: Path) -> Iterator[str]:
    """Start checkov's server; yields the address of its socket. It ends with the context.

    Raises:
        GateError: checkov's environment is not installed.
    """
    python = root / ".cache" / "checkov" / "bin" / "python"
    if not python.exists():
        raise GateError(
            "checkov is not installed:", ["make preview installs it; --no-checkov does without it"]
        )
    with tempfile.TemporaryDirectory(prefix="slipway-") as folder:
        address = f"{folder}/checkov"
        with socket.socket(socket.AF_UNIX) as listening:
            listening.bind(address)
            listening.listen(64)
            try:
                process = subprocess.Popen(  # noqa: S603 our own script in our own environment
                    [str(python), str(root / "tools" / "checkov_server.py"), str(listening.fileno())],
                    pass_fds=[listening.fileno()],
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    env={"PATH": os.environ.get("PATH", ""), "HOME": folder},
                    start_new_session=True,
                )
            except OSError as error:
                raise GateError("checkov cannot be started:", [str(error)]) from None
        # Our copy of the socket is closed: if the server dies, whoever asks hears it at once.
        try:
            yield address
        finally:
            process.kill()
            process.wait()


def ask(address: str, graph: Graph, plan: Plan, manifests: str, timeout: float = TIMEOUT_SECONDS) -> Opinion:
    """Ask the server about one stack."""
    objects = sum(r.object is not None for r in shown_to_checkov(graph))
    with_pods = sum(r.type in WORKLOADS for r in graph)
    with tempfile.TemporaryDirectory(prefix="slipway-") as folder:
        files = {"manifests": Path(folder, "manifests.yaml"), "plan": Path(folder, "tfplan.json")}
        files["manifests"].write_text(manifests if objects else "", encoding="utf-8")
        files["plan"].write_text(json.dumps(plan.data) if plan.addresses else "", encoding="utf-8")
        try:
            said = _Answer.model_validate(_exchange(address, {k: str(v) for k, v in files.items()}, timeout))
        except (OSError, ValueError, ValidationError, RecursionError) as error:
            return Opinion(faults=(f"checkov gave no usable answer: {_first_line(error)}",))
    faults = [f"checkov could not read {error}" for error in said.errors]
    # A file that checkov cannot make sense of is no error to it: it evaluates nothing and says so nowhere.
    # Of pods it always evaluates something; of other kinds alone, such as custom resources, it may have no check.
    expected: Mapping[Framework, int] = {"kubernetes": with_pods, "terraform_plan": len(plan.addresses)}
    for framework, count in expected.items():
        if count and not said.checks.get(framework):
            faults.append(f"checkov evaluated nothing as {framework}, though there were {count} resources")
    left_out = _left_out(said, graph, plan)
    # Of kinds that are Kubernetes' own, none may be missing; of others it has no check, and it drops what looks like a
    # template to it.
    lost = [name for name, is_checked in left_out.items() if is_checked]
    if lost and not any("evaluated nothing" in fault for fault in faults):
        faults.append(f"checkov left out {len(lost)} of the resources it was shown: {', '.join(lost[:3])}")
    return Opinion(
        findings=tuple(_findings(said, graph, plan)),
        faults=tuple(faults),
        not_seen=(
            *(
                f"{type_} ({count}) has no Terraform translation here"
                for type_, count in plan.untranslated.items()
            ),
            *_definitions(graph),
            *(f"{name}, which checkov leaves out" for name, is_checked in left_out.items() if not is_checked),
        ),
    )


def shown_to_checkov(graph: Graph) -> list[Resource]:
    """All but definitions: it has no check of a schema, and takes a minute to parse those of a platform."""
    return [r for r in graph if r.type != DEFINITION]


def _definitions(graph: Graph) -> Iterator[str]:
    count = len(graph.of_type(DEFINITION))
    if count:
        yield f"CustomResourceDefinition ({count}), of which checkov has no check"


def _left_out(said: _Answer, graph: Graph, plan: Plan) -> Mapping[str, bool]:
    """What checkov was shown and does not name, and whether it has checks for such things at all."""
    planned = set(said.seen.get("terraform_plan", ()))
    objects = {name.partition(" ")[0] for name in said.seen.get("kubernetes", ())}
    objects |= {_holder(name) for name in objects}
    missing = {address: True for address in plan.addresses if address not in planned}
    for resource in shown_to_checkov(graph):
        if resource.object is not None and _object_id(resource.inputs) not in objects:
            group = str(resource.inputs.get("apiVersion")).rpartition("/")[0]
            missing[_object_id(resource.inputs)] = "." not in group or group.endswith(".k8s.io")
    return missing


def _exchange(address: str, question: Mapping[str, str], timeout: float) -> Any:
    end = time.monotonic() + timeout
    line = bytearray()
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(timeout)
        connection.connect(address)
        connection.sendall(json.dumps(question).encode() + b"\n")
        while not line.endswith(b"\n"):
            # What is left of the time, or one byte now and then would keep us waiting for ever.
            connection.settimeout(max(end - time.monotonic(), 0.001))
            part = connection.recv(1 << 16)
            line += part
            if not part or len(line) > _LARGEST_ANSWER:
                raise ValueError("it ended before its answer was complete")
    said = json.loads(line)
    if isinstance(said, dict) and "fault" in said:
        raise ValueError(str(said["fault"]))
    return said


def _findings(said: _Answer, graph: Graph, plan: Plan) -> Iterator[Finding]:
    objects = {_object_id(r.inputs): r for r in graph if r.object is not None}
    for record, prefix in [
        *((r, "") for r in said.failed),
        *((r, "skipped by a comment: ") for r in said.skipped),
    ]:
        if record.framework == "terraform_plan":
            urn = plan.addresses.get(record.resource, "")
        else:
            # A pod of a template is named after what holds it: Deployment.ns.name (container 0), or Pod.ns.name...
            head = record.resource.partition(" ")[0]
            found = objects.get(head) or objects.get(_holder(head))
            urn = found.urn if found else ""
        yield Finding(
            rule=f"checkov:{record.check}",
            level="mandatory",
            urn=urn,
            object=graph.by_urn[urn].source if urn in graph.by_urn else record.resource,
            message=f"{prefix}{record.name}",
            fix="Change the resource, or waive the finding with a reason in policies/waivers.yaml.",
        )


def _object_id(manifest: Mapping[str, Any]) -> str:
    metadata = manifest.get("metadata") or {}
    return f"{manifest.get('kind')}.{metadata.get('namespace', 'default')}.{metadata.get('name')}"


def _holder(resource: str) -> str:
    kind, _, rest = resource.partition(".")
    return f"{kind}.{'.'.join(rest.split('.')[:2])}"


def _first_line(error: Exception) -> str:
    said = str(error).strip().splitlines() or [""]
    return f"{type(error).__name__}: {said[0]}"
