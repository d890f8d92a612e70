"""The record of one version of a model: what it is, where it comes from, what it needs, what may vary."""

from datetime import date
from typing import Annotated, Final, Literal, Self

from pydantic import Field, field_validator, model_validator

from facts.strict import Slug, Strict
from releases.artifact import Artifact
from releases.engines import Engine, Task, engine_problems
from releases.sizing import GIB, GpuMemory, engine_memory

Version = Annotated[str, Field(pattern=r"^v[1-9][0-9]{0,3}$")]
"""``v1``, ``v2`` and so on: one folder, one set of resources, one entry in the traffic."""

Region = Annotated[str, Field(pattern=r"^[a-z]{2}(-[a-z]+)+-\d$")]

Text = Annotated[str, Field(min_length=1)]

LicenceName = Literal[
    "Apache-2.0",
    "BSD-3-Clause",
    "CC-BY-4.0",
    "CC-BY-NC-4.0",
    "MIT",
    "gemma-terms",
    "llama-3.1-community",
    "llama-3.3-community",
    "openrail-m",
]
"""SPDX identifiers, then community licences by name. Whoever adds one has read it."""

NON_COMMERCIAL: Final = frozenset({"CC-BY-NC-4.0"})


class Origin(Strict):
    """Where the model comes from, so that somebody else can fetch and compare it."""

    model: Text = Field(description="The upstream name, for example sentence-transformers/all-MiniLM-L6-v2.")
    base_model: Text | None = Field(default=None, description="What it was trained from.")
    revision: Text = Field(description="The exact upstream revision or package version.")
    source: Text = Field(description="Where the files were taken from.")
    read: date
    code: Text = Field(description="Where the code that trained or defines it can be read.")
    needs_remote_code: bool = Field(
        default=False, description="The engine must run code that comes with the weights."
    )
    notes: Text | None = Field(default=None, description="What could not be established.")


class Licence(Strict):
    """The licence as found when the record was written; whether it is acceptable is an event."""

    name: LicenceName
    source: Text
    read: date
    obligations: list[Text] = Field(default_factory=list)
    permitted_uses: list[Literal["internal", "commercial", "research"]] = Field(min_length=1)

    @model_validator(mode="after")
    def _uses_agree_with_the_licence(self) -> Self:
        if self.name in NON_COMMERCIAL and "commercial" in self.permitted_uses:
            raise ValueError(f"permitted_uses names commercial, which {self.name} does not permit")
        return self


class DataPolicy(Strict):
    """What may be sent to the model, and where that may happen."""

    data_class: Literal["public", "internal", "confidential", "restricted"]
    pii: Literal["refused", "redacted", "allowed"] = "refused"
    residency: list[Region] = Field(min_length=1, description="The regions in which it may run.")

    @model_validator(mode="after")
    def _personal_data_is_at_least_confidential(self) -> Self:
        if self.pii == "allowed" and self.data_class in {"public", "internal"}:
            raise ValueError(
                f"pii allowed needs data_class confidential or restricted (got {self.data_class!r})"
            )
        return self


class Needs(Strict):
    """What one replica needs; GPU memory is stated, or computed from the weights and the cache."""

    task: Task
    engine: Engine
    gpu_count: int = Field(ge=0, le=8)
    gpu_memory_gib: float | None = Field(
        default=None, gt=0, description="As measured, over all GPUs; absent: computed."
    )
    kv_cache_bytes_per_token: int | None = Field(default=None, ge=1)
    cpu: int = Field(ge=1)
    memory_gib: int = Field(ge=1)
    max_context: int = Field(ge=1, description="Tokens of prompt and answer together.")
    concurrency: int = Field(ge=1, description="Requests of full length a replica must hold at once.")
    cpu_only_allowed: bool = False

    @model_validator(mode="after")
    def _there_is_something_to_run_on(self) -> Self:
        if self.gpu_count == 0 and not self.cpu_only_allowed:
            raise ValueError("gpu_count is 0, so cpu_only_allowed should be true")
        if self.gpu_count == 0 and self.gpu_memory_gib is not None:
            raise ValueError("gpu_count is 0, so gpu_memory_gib has no meaning")
        if self.engine == "vllm" and not (self.gpu_memory_gib or self.kv_cache_bytes_per_token):
            raise ValueError("engine vllm: state gpu_memory_gib, or kv_cache_bytes_per_token to compute it")
        return self


class Replicas(Strict):
    """The least and the most replicas an environment may ask for."""

    minimum: int = Field(ge=0)
    maximum: int = Field(ge=1, le=100)

    @model_validator(mode="after")
    def _bounds_are_ordered(self) -> Self:
        if self.minimum > self.maximum:
            raise ValueError(f"minimum ({self.minimum}) is above maximum ({self.maximum})")
        return self


class Bounds(Strict):
    """Within what an environment may choose."""

    replicas: Replicas
    placements: list[Slug] = Field(min_length=1, description="Accelerators it may run on, or cpu.")

    @field_validator("placements")
    @classmethod
    def _placements_stand_once(cls, placements: list[str]) -> list[str]:
        twice = sorted({name for name in placements if placements.count(name) > 1})
        if twice:
            raise ValueError(f"{', '.join(twice)} stands twice")
        return placements


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
    data: DataPolicy
    needs: Needs
    bounds: Bounds

    @property
    def identity(self) -> str:
        """What its resources, its service account and its folder in the bucket are keyed by."""
        return f"{self.model}-{self.version}"

    @property
    def gpu_memory(self) -> GpuMemory | None:
        """The GPU memory one replica needs, with the arithmetic; nothing for a model that needs no GPU."""
        if self.needs.gpu_count == 0:
            return None
        return engine_memory(
            stated_gib=self.needs.gpu_memory_gib,
            size_bytes=self.artifact.size_bytes,
            cache_bytes_per_token=self.needs.kv_cache_bytes_per_token or 0,
            tokens=self.needs.max_context * self.needs.concurrency,
            gpu_count=self.needs.gpu_count,
        )

    @model_validator(mode="after")
    def _parts_agree(self) -> Self:
        problems = list(self._disagreements())
        if problems:
            raise ValueError("; ".join(problems))
        return self

    def _disagreements(self) -> list[str]:
        said = engine_problems(self.needs.engine, self.needs.task, self.artifact.format, self.needs.gpu_count)
        if not self.artifact.is_at(self.identity):
            said.append(f"artifact.uri should end in /{self.identity}/, the only folder its role may read")
        if self.needs.engine == "vllm" and self.bounds.replicas.minimum == 0:
            said.append("bounds.replicas.minimum should be at least 1: KServe scales no LLM to zero")
        if ("cpu" in self.bounds.placements) != self.needs.cpu_only_allowed:
            said.append("bounds.placements names cpu if and only if needs.cpu_only_allowed is true")
        if self.needs.gpu_count == 0 and set(self.bounds.placements) != {"cpu"}:
            said.append("needs.gpu_count is 0, so bounds.placements should be cpu alone")
        if self.artifact.size_bytes > self.needs.memory_gib * GIB and self.needs.gpu_count == 0:
            said.append("needs.memory_gib is less than the weights, which it must hold without a GPU")
        return said
