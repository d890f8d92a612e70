"""Limits count: so many requests of a caller a minute, and so many tokens; the next one is told when to come back."""

from typing import Final

from tools.rehearsal.requests.answers import expect
from tools.rehearsal.requests.models import Model
from tools.rehearsal.requests.scene import Scene
from tools.rehearsal.stages import Step, Steps

_OK, _TOO_MANY = 200, 429
_PAST: Final = 10
_MOST: Final = 200
_WORDS: Final = 6000
"""Of one request to a language model: below the context of those that the stacks serve."""


def play(scene: Scene, steps: Steps, act: str) -> None:
    """Every limit of every model's first caller.

    Raises:
        StepFailedError: one does not hold to the request.
    """
    for model in scene.edge.models:
        if model.requests:
            with steps.step(act, f"{model.name}: {model.requests} requests a minute") as step:
                _requests(scene, model, step)
        if model.tokens:
            with steps.step(act, f"{model.name}: {model.tokens} tokens a minute") as step:
                _tokens(scene, model, step)
    scene.forget_use()


def _requests(scene: Scene, model: Model, step: Step) -> None:
    scene.forget_use()
    caller = scene.caller()
    answers = [scene.ask(caller, model) for _ in range(model.requests + _PAST)]
    passed = sum(one.status == _OK for one in answers)
    if passed != model.requests:
        said = sorted({one.told() for one in answers})
        step.problems.append(f"{passed} of {len(answers)} were answered; {model.requests} is right: {said}")
    for one in answers[model.requests :]:
        expect(step, one, _TOO_MANY, model, "a request over the limit")
    step.said = f"{passed} answered, {len(answers) - passed} refused, {sum(a.seconds for a in answers):.0f} s"


def _tokens(scene: Scene, model: Model, step: Step) -> None:
    """Tokens are known when an answer is: the request that uses up the limit passes, and the next one does not."""
    scene.forget_use()
    caller, used, passed = scene.caller(), 0, 0
    for _ in range(_MOST):
        if model.is_language:
            answer = scene.ask(caller, model, _WORDS)
        else:
            answer = scene.ask(caller, model, user=str(model.tokens // 4))
        if answer.status != _OK:
            break
        passed += 1
        used += int((answer.data or {}).get("usage", {}).get("total_tokens", 0))
    if used < model.tokens:
        step.problems.append(f"refused after {used} tokens: {answer.told()}; {model.tokens} are allowed")
    elif used > model.tokens + 2 * used // passed:
        step.problems.append(f"{used} tokens were let through; the limit is {model.tokens}")
    expect(step, answer, _TOO_MANY, model, "a request when the tokens are used up")
    step.said = f"{passed} requests, {used} tokens"
