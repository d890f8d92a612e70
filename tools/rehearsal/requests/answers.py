"""Who gets which answer: callers with and without a token, models that are there, at rest, or gone."""

import time
from collections.abc import Callable, Mapping
from typing import Final

from tools.rehearsal.requests import bring_up
from tools.rehearsal.requests.caller import Answer, Caller
from tools.rehearsal.requests.models import Model
from tools.rehearsal.requests.scene import MODELS, Scene
from tools.rehearsal.stages import Step, Steps

_OK, _UNAUTHORIZED, _FORBIDDEN, _NOT_FOUND, _TOO_MANY, _AWAY = 200, 401, 403, 404, 429, 503
_FAILURES: Final = (500, 502, 503, 504)
_STRANGER: Final = "somebody-else"
_CONNECTIONS: Final = 20
_RECOVERS: Final = 120.0
Holds = Callable[[Answer], bool]


def play(scene: Scene, steps: Steps, act: str) -> None:
    """Every answer.

    Raises:
        StepFailedError: one is another than it should be.
    """
    with steps.step(act, "a model at rest says so, and wakes") as step:
        _at_rest(scene, step)
    with steps.step(act, "the first request through each proxy is answered") as step:
        _first(scene, step)
    for model in scene.edge.models:
        with steps.step(act, f"{model.name}: who is answered") as step:
            _callers(scene, model, step)
    with steps.step(act, "what is not there is not found") as step:
        _unknown(scene, step)
    for model in scene.edge.models:
        if model.is_language:
            with steps.step(act, f"{model.name}: a streamed answer") as step:
                _stream(scene, model, step)
    for model in scene.edge.models:
        with steps.step(act, f"{model.name}: its engine is killed") as step:
            _killed(scene, model, step)


def _at_rest(scene: Scene, step: Step) -> None:
    resting = [model for model in scene.edge.models if not scene.pods(model.name)]
    caller = scene.caller()
    for model in resting:
        expect(step, scene.ask(caller, model), _AWAY, model, "a request to a model at rest")
    step.problems += scene.wake()
    step.said = f"{', '.join(model.name for model in resting) or 'no model'} at rest"


def _first(scene: Scene, step: Step) -> None:
    """New connections land on proxies by chance: enough of them reach each."""
    model = scene.edge.models[0]
    answers = [
        scene.ask(scene.caller(), model) for _ in range(min(_CONNECTIONS, model.requests or _CONNECTIONS))
    ]
    step.problems += sorted({f"{model.name}: {one.told()}" for one in answers if one.status != _OK})
    step.said = f"{len(answers)} connections"


def _callers(scene: Scene, model: Model, step: Step) -> None:
    scene.forget_use(with_time=False)
    caller, login = scene.caller(), scene.cluster.login
    own = model.callers[0]
    others = {name for one in scene.edge.models for name in one.callers} - set(model.callers)
    asked: list[tuple[str, str, Mapping[str, str], int]] = [
        ("no token", "", {}, _UNAUTHORIZED),
        ("no token but a name of its own making", "", {"x-caller": own}, _UNAUTHORIZED),
        ("a token that is none", "e30.e30.e30", {}, _UNAUTHORIZED),
        ("a token that has run out", login.token(own, age=7200), {}, _UNAUTHORIZED),
        ("a token for somebody else's service", login.token(own, audience="elsewhere"), {}, _FORBIDDEN),
        ("a stranger", login.token(_STRANGER), {}, _FORBIDDEN),
        ("a stranger who says another name", login.token(_STRANGER), {"x-caller": own}, _FORBIDDEN),
        *((f"{name}, of another model", login.token(name), {}, _FORBIDDEN) for name in sorted(others)),
        ("who may", login.token(own), {}, _OK),
        ("who may, naming another model in a header", login.token(own), {"x-ai-eg-model": "another"}, _OK),
    ]
    for who, token, headers, status in asked:
        answer = caller.send(model.path, model.body(), token, headers)
        expect(step, answer, status, model, who)
        if status == _OK and answer.status == _OK and "seen" in (answer.data or {}):
            seen = answer.data["seen"]
            if seen["caller"] != own or seen["authorization"]:
                step.problems.append(
                    f"{who}: the engine saw the caller {seen['caller']}, and a token: {bool(seen['authorization'])}"
                )
    step.said = f"{len(asked)} callers"


def _unknown(scene: Scene, step: Step) -> None:
    caller, model = scene.caller(), scene.edge.models[0]
    token = scene.cluster.login.token(model.callers[0])
    asked = {
        "a model that nobody has": (model.path, {**model.body(), "model": "nobody"}),
        "a path that no route has": ("/nowhere", model.body()),
    }
    for what, (path, body) in asked.items():
        answer = caller.send(path, body, token)
        if answer.status != _NOT_FOUND or not answer.message:
            step.problems.append(f"{what}: {answer.told()}; 404 with a message in JSON is right")
    listed = caller.send("/v1/models", None, token)
    if listed.status != _FORBIDDEN:
        step.problems.append(f"the list of models: {listed.told()}; 403 is right: it names what others have")


def _stream(scene: Scene, model: Model, step: Step) -> None:
    answer = scene.ask(scene.caller(), model, 20, stream=True)
    events = [line for line in answer.body.splitlines() if line.startswith("data: ")]
    if answer.status != _OK or not events or events[-1] != "data: [DONE]":
        step.problems.append(f"{answer.told()}, {len(events)} events; the last says [DONE]")
    step.said = f"{len(events)} events"


def _killed(scene: Scene, model: Model, step: Step) -> None:
    """SIGKILL to every engine of a model: its words until it is back, and then an answer without anybody's help."""
    caller = scene.caller()
    containers = ("main", "kserve-container")
    killed = [
        pod["metadata"]["name"]
        for pod in scene.pods(model.name)
        if any(scene.cluster.kubelet.kill(MODELS, pod["metadata"]["name"], one) for one in containers)
    ]
    if not killed:
        step.problems.append("no engine runs that could be killed")
        return
    away = _until(scene, caller, model, lambda one: one.status != _OK)
    # The pod's own proxy says 502 while the engine starts, and the gateway 503 once it knows.
    expect(step, away, away.status if away.status in _FAILURES else _AWAY, model, "an engine that is gone")
    started = time.monotonic()
    answer = _until(scene, caller, model, lambda one: one.status == _OK)
    expect(step, answer, _OK, model, "after its restart")
    step.problems += bring_up.waited(lambda: bring_up.unavailable(scene.api, MODELS))
    step.said = f"{len(killed)} killed, answered again after {time.monotonic() - started:.0f} s"


def _until(scene: Scene, caller: Caller, model: Model, holds: Holds) -> Answer:
    """Ask until an answer is of a kind; limits, which are not what this is about, begin anew where they are used up."""
    until = time.monotonic() + _RECOVERS
    while True:
        answer = scene.ask(caller, model)
        if answer.status == _TOO_MANY:
            scene.forget_use(with_time=False)
            continue
        if holds(answer) or time.monotonic() > until:
            return answer
        time.sleep(0.3)


def expect(step: Step, answer: Answer, status: int, model: Model, who: str) -> None:
    """A problem where the status is another, or the words are not those that the gateway was given for it."""
    if answer.status != status:
        step.problems.append(f"{model.name}: {who}: {answer.told()}; {status} is right")
    elif status in model.words and answer.body != model.words[status]:
        step.problems.append(
            f"{model.name}: {who}: says {answer.body[:120]!r}; {model.words[status]} is right"
        )
    elif status in {_TOO_MANY, *_FAILURES} and "retry-after" not in answer.headers:
        step.problems.append(f"{model.name}: {who}: has no Retry-After")
