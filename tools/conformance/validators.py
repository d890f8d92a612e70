"""What controllers refuse, said by their own code: the programs of ``tools/validators``, asked about every object."""

import json
import subprocess
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tools.conformance.cluster import Subject, label
from tools.conformance.errors import ConformanceError
from tools.conformance.kserve_workloads import deployments

_SERVING = "serving.kserve.io"
_ISTIO = ("networking.istio.io", "security.istio.io", "telemetry.istio.io")
PROGRAMS: Mapping[str, tuple[str, ...]] = {
    "kserve": (
        f"{_SERVING}/v1beta1 InferenceService",
        f"{_SERVING}/v1alpha1 InferenceGraph",
        f"{_SERVING}/v1alpha1 TrainedModel",
        f"{_SERVING}/v1alpha1 ClusterServingRuntime",
        f"{_SERVING}/v1alpha1 ServingRuntime",
        f"{_SERVING}/v1alpha2 LLMInferenceService",
        f"{_SERVING}/v1alpha2 LLMInferenceServiceConfig",
        "keda.sh/v1alpha1 ScaledObject",
        "keda.sh/v1alpha1 ScaledJob",
        "keda.sh/v1alpha1 TriggerAuthentication",
        "keda.sh/v1alpha1 ClusterTriggerAuthentication",
    ),
    "istio": (
        "security.istio.io/v1 AuthorizationPolicy",
        "security.istio.io/v1 PeerAuthentication",
        "security.istio.io/v1 RequestAuthentication",
        "telemetry.istio.io/v1 Telemetry",
        "networking.istio.io/v1 DestinationRule",
        "networking.istio.io/v1 Gateway",
        "networking.istio.io/v1 VirtualService",
        "networking.istio.io/v1 ServiceEntry",
        "networking.istio.io/v1 Sidecar",
    ),
    "platform": ("karpenter.sh/v1 NodePool", "gateway.envoyproxy.io/v1alpha1 EnvoyProxy"),
}
"""Which program speaks for which kind."""
_SPEAKS = {kind: program for program, kinds in PROGRAMS.items() for kind in kinds}
_BESIDE = {
    *("Deployment", "StatefulSet", "HorizontalPodAutoscaler", "LimitRange"),
    *("ScaledObject", "ClusterServingRuntime", "ServingRuntime"),
}
"""What a validator asks the cluster for: the other objects of these kinds."""
_SECONDS = 120

Object = Mapping[str, Any]


@dataclass(frozen=True)
class Question:
    """An object, and what stands in the cluster when it is applied."""

    object: Object
    beside: Sequence[Object] = ()

    @property
    def kind(self) -> str:
        return f"{self.object['apiVersion']} {self.object['kind']}"


@dataclass(frozen=True)
class Answer:
    """What one controller says to one object: nothing, if it takes it."""

    program: str
    refusals: Sequence[str]
    warnings: Sequence[str]


@dataclass
class Validated:
    """What upstream's code said to the objects of all stacks."""

    refusals: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    kinds: Counter[str] = field(default_factory=Counter)
    silent: Counter[str] = field(default_factory=Counter)


def program_of(kind: str) -> str | None:
    """Which program speaks for a kind, if any does."""
    return _SPEAKS.get(kind)


class Validators:
    """The built programs."""

    def __init__(self, programs: Mapping[str, Path]) -> None:
        self._programs = programs

    def ask(self, questions: Sequence[Question]) -> list[Answer | None]:
        """An answer for each question, in order; none where no program speaks for the kind.

        Raises:
            ConformanceError: a program failed, or left a question without an answer.
        """
        answers: list[Answer | None] = [None] * len(questions)
        for program in self._programs:
            mine = [i for i, q in enumerate(questions) if program_of(q.kind) == program]
            said = self._run(program, [questions[i] for i in mine])
            for index, answer in zip(mine, said, strict=True):
                answers[index] = answer
        return answers

    def _run(self, program: str, questions: Sequence[Question]) -> list[Answer]:
        if not questions:
            return []
        lines = [json.dumps({"object": q.object, "beside": list(q.beside)}) for q in questions]
        try:
            done = subprocess.run(  # noqa: S603 built from sources of this project
                [str(self._programs[program])],
                input="\n".join(lines) + "\n",
                capture_output=True,
                text=True,
                check=False,
                timeout=_SECONDS,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise ConformanceError(f"the validators of {program} could not be asked: {error}") from None
        if done.returncode != 0:
            last = "\n".join(done.stderr.strip().splitlines()[-5:])
            raise ConformanceError(f"the validators of {program} failed:\n{last}")
        said = [json.loads(line) for line in done.stdout.splitlines()]
        if len(said) != len(questions):
            raise ConformanceError(
                f"the validators of {program} gave {len(said)} answers to {len(questions)} questions"
            )
        for question, answer in zip(questions, said, strict=True):
            if not answer["checked"]:
                raise ConformanceError(f"the validators of {program} know no {question.kind}")
        return [Answer(program, a["refusals"], a["warnings"]) for a in said]


def validate(subjects: Sequence[Subject], validators: Validators) -> Validated:
    """Every object of every stack, beside what its stack and those below it made.

    Raises:
        ConformanceError: a validator could not be asked.
    """
    stacks = {subject.stack: subject for subject in subjects}
    found = Validated()
    for subject in subjects:
        objects = list(_objects(subject))
        beside = [o for one in _chain(subject, stacks) for o in _objects(one)]
        there = [o for o in beside if o["kind"] in _BESIDE] + deployments(beside)
        questions = [Question(o, there if o["kind"] in _BESIDE else ()) for o in objects]
        for question, answer in zip(questions, validators.ask(questions), strict=True):
            if answer is None:
                found.silent[question.kind] += 1
                continue
            found.kinds[question.kind] += 1
            name = f"{subject.stack}: {label(question.object)}: {answer.program}"
            found.refusals += [f"{name}: {text}" for text in answer.refusals]
            found.warnings += [f"{name}: {text}" for text in answer.warnings]
    return found


def _objects(subject: Subject) -> Iterable[Object]:
    return (r.object for r in subject.graph if r.object is not None)


def _chain(subject: Subject, stacks: Mapping[str, Subject]) -> Iterator[Subject]:
    above: str | None = subject.stack
    while above is not None:
        yield stacks[above]
        above = stacks[above].upstream
