"""The processes that `slipway local triage` adds: the desk, a script in a model's place, the agent's three workers."""

from functools import partial

from tools.local import triage
from tools.local.layout import HOST, Layout, Ports
from tools.local.parts import OURS, Part, says
from tools.local.ports import answers
from tools.local.programs import Programs
from tools.local.web import is_well

_DOES = {
    "reason": "reasons: reaches the scripted model, and no tool",
    "plan": "plans: reaches the scripted model, and no tool",
    "act": "acts: reaches tools, and no model; keeps the journal",
}


def triage_parts(programs: Programs, layout: Layout, ports: Ports) -> list[Part]:
    """All of them at once: none waits for another one to be ready."""
    worker = programs.worker
    return [
        Part(
            name="desk",
            what=f"reads alerts, figures and events, and changes nothing, http://{HOST}:{ports.desk}",
            command=[
                worker, "-m", "runtime.loops.agents", "desk", "--settings", str(layout.loops),
                "--alertmanager", f"http://{HOST}:{ports.alertmanager}", "--port", str(ports.desk),
            ],
            is_ready=partial(answers, ports.desk),
            variables=OURS,
        ),
        Part(
            name="chat",
            what=f"a script in place of a language model, http://{HOST}:{ports.chat}",
            command=[worker, "-m", "tools.local.scripted_model", "--port", str(ports.chat)],
            is_ready=partial(is_well, ports.chat, "/"),
            variables=OURS,
        ),
        *(_worker(worker, layout, part) for part in triage.PARTS),
    ]  # fmt: skip


def _worker(program: str, layout: Layout, part: str) -> Part:
    name = f"agent-{part}"
    file = str(triage.part_file(layout, part))
    return Part(
        name=name,
        what=f"the agent's worker that {_DOES[part]}",
        command=[program, "-m", "runtime.loops.agents", "worker", "--settings", file],
        is_ready=partial(says, layout.logs / f"{name}.log", "works on "),
        variables=OURS,
    )
