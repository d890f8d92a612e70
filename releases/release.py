"""The record of one version of a model: what it is, where it comes from, what it needs, what may vary."""

from collections.abc import Iterator
from typing import Literal, Self

from pydantic import Field, model_validator

from facts.strict import Slug, Strict
from facts.version_figures import abort_problem, signal_problem
from releases.artifact import Artifact
from releases.bounds import Bounds
from releases.data_policy import DataPolicy
from releases.drift import Drift
from releases.engines import engine_problems
from releases.evaluation import Evaluation, twice
from releases.fail_soft import FailSoft, SmallerModel, order_problems
from releases.licence import Licence
from releases.needs import Needs
from releases.objectives import OF_TOKENS, Objectives
from releases.origin import Origin
from releases.rollout import Rollout
from releases.sizing import GIB, GpuMemory, engine_memory, stated_memory
from releases.text import Version
from releases.throughput import OF_TOKENS as COUNTS_TOKENS
from releases.throughput import Throughput

_STREAMED: frozenset[str] = frozenset({"chat", "text-generation"})
"""Tasks whose answers come token by token."""
_SIGNED: frozenset[str] = frozenset({"confidential", "restricted"})
"""Classes of data that go to nothing whose maker is not known."""


class Release(Strict):
    """One version of a model. Frozen once merged: what happens later is appended as events."""

    model: Slug
    version: Version
    provenance: Literal["genuine", "illustrative"] = Field(
        description="illustrative: digest or figures show the form only; refused outside the example account."
    )
    owner: Slug
    artifact: Artifact
    origin: Origin
    licence: Licence
    evaluations: list[Evaluation] = Field(
        default_factory=list, description="At birth; later ones are events, and the latest counts."
    )
    data: DataPolicy
    needs: Needs
    bounds: Bounds
    throughput: Throughput | None = Field(
        default=None, description="From it follows what a million tokens cost; absent: that is unknown."
    )
    slo: Objectives | None = None
    rollout: Rollout = Field(default_factory=Rollout)
    drift: Drift | None = None
    fail_soft: list[FailSoft] = Field(default_factory=list, description="In the order in which it is tried.")

    @property
    def identity(self) -> str:
        """What its resources, its service account and its folder in the bucket are keyed by."""
        return f"{self.model}-{self.version}"

    @property
    def gpu_memory(self) -> GpuMemory | None:
        """The GPU memory one replica needs, with the arithmetic; nothing for a model that needs no GPU."""
        if self.needs.gpu_count == 0:
            return None
        if self.needs.gpu_memory_gib is not None:
            return stated_memory(self.needs.gpu_memory_gib, self.needs.gpu_count)
        return engine_memory(
            size_bytes=self.artifact.size_bytes,
            architecture=self.needs.architecture,
            context=self.needs.max_context,
            concurrency=self.needs.concurrency,
            gpu_count=self.needs.gpu_count,
        )

    @model_validator(mode="after")
    def _parts_agree(self) -> Self:
        problems = list(self._disagreements())
        if problems:
            raise ValueError("; ".join(problems))
        return self

    def _memory_problems(self) -> Iterator[str]:
        """Whatever runs it holds its files as they are: no less memory than that is enough."""
        size = self.artifact.size_bytes
        if self.needs.gpu_count == 0 and size > self.needs.memory_gib * GIB:
            yield "needs.memory_gib is less than the weights, which it must hold without a GPU"
        stated = self.needs.gpu_memory_gib
        if stated is not None and size > stated * GIB:
            yield f"needs.gpu_memory_gib should be at least the files' {size / GIB:.2f} GiB (got {stated:g})"

    def _unseen_figures(self) -> Iterator[str]:
        """What is promised or watched and no series of the engine tells."""
        for i, objective in enumerate(self.slo.objectives if self.slo else ()):
            if objective.indicator in OF_TOKENS and self.needs.task not in _STREAMED:
                yield (
                    f"slo.objectives.{i}.indicator: {objective.indicator} is measured of streamed answers "
                    f"only; needs.task is {self.needs.task}: use latency"
                )
            if objective.signal is not None:
                watched = [signal.name for signal in self.drift.signals] if self.drift else []
                said = signal_problem(self.needs.engine, self.needs.task, objective.signal, watched)
                if said:
                    yield f"slo.objectives.{i}.signal: {objective.signal} is never seen: {said}"
        for i, condition in enumerate(self.rollout.abort):
            said = abort_problem(self.needs.engine, self.needs.task, condition.metric, condition.above)
            if said:
                yield f"rollout.abort.{i}.metric: {condition.metric} is never seen: {said}"

    def _disagreements(self) -> Iterator[str]:
        if self.drift is not None and self.drift.then == "fallback" and self.rollout.fallback is None:
            yield "drift.then: fallback needs rollout.fallback, the version that takes over"
        yield from engine_problems(
            self.needs.engine, self.needs.task, self.artifact.format, self.needs.gpu_count
        )
        yield from order_problems(self.fail_soft)
        yield from twice(self.evaluations)
        if not self.artifact.is_at(self.identity):
            yield f"artifact.uri should end in /{self.identity}/, the only folder its role may read"
        if self.needs.engine == "vllm" and self.bounds.replicas.minimum == 0:
            yield "bounds.replicas.minimum should be at least 1: KServe scales no LLM to zero"
        if ("cpu" in self.bounds.placements) != self.needs.cpu_only_allowed:
            yield "bounds.placements names cpu if and only if needs.cpu_only_allowed is true"
        if self.needs.gpu_count == 0 and set(self.bounds.placements) != {"cpu"}:
            yield "needs.gpu_count is 0, so bounds.placements should be cpu alone"
        if self.throughput is not None and self.needs.task not in COUNTS_TOKENS:
            yield f"throughput: no engine counts tokens of {self.needs.task}; leave it out"
        yield from self._memory_problems()
        yield from self._unseen_figures()
        if self.artifact.adapter_of is not None and self.artifact.adapter_of != self.origin.base_model:
            yield (
                "artifact.adapter_of should be origin.base_model, the only model it fits "
                f"(got {self.artifact.adapter_of!r}, base_model is {self.origin.base_model!r})"
            )
        if (
            self.provenance == "genuine"
            and self.data.data_class in _SIGNED
            and self.artifact.signature is None
        ):
            yield (
                f"artifact.signature is required for data_class {self.data.data_class}: "
                "sign the files, or say who did"
            )
        if any(isinstance(step, SmallerModel) and step.model == self.model for step in self.fail_soft):
            yield f"fail_soft: {self.model} cannot stand in for itself"
