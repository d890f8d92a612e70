"""What a model's components need to know of its release, as plain data."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from components.foundation.well_known import MODEL_POD
from components.models.model_loading import StartPath, Starts, start_path
from components.serving.download import DIGEST_ANNOTATION
from releases.engines import Engine
from releases.fail_soft import FailSoft
from releases.instances import AcceleratorNeeds, accelerator_needs
from releases.objectives import Objectives
from releases.release import Release
from releases.throughput import Throughput

PERSONAL_DATA: Final = "slipway.dev/personal-data"
"""Annotation: the record's word on personal data."""


@dataclass(frozen=True, kw_only=True)
class ReleasePlan:
    """One (model, version) and what one replica of it needs."""

    model: str
    version: str
    task: str
    engine: Engine
    artifact_uri: str
    start: StartPath
    digest: str
    size_bytes: int
    data_class: str
    personal_data: str
    owner: str
    needs: AcceleratorNeeds
    concurrency: int
    max_context: int | None = None
    driver: Literal["stack", "controller"] = "stack"
    slo: Objectives | None = None
    throughput: Throughput | None = None
    fail_soft: tuple[FailSoft, ...] = ()

    @property
    def key(self) -> str:
        """Names everything of this release inside the cluster and in the bucket: promotion renames nothing."""
        return f"{self.model}-{self.version}"

    def labels(self) -> dict[str, str]:
        """Labels of every object that belongs to the release."""
        return {
            "app.kubernetes.io/name": self.model,
            "app.kubernetes.io/version": self.version,
            "app.kubernetes.io/part-of": "slipway",
            **self.pod_labels(),
        }

    def pod_labels(self) -> dict[str, str]:
        """Labels of its pods, all of them our own.

        KServe writes a language model's labels into its Deployment's selector too, which can never change: another
        set of labels is another release. One of KServe's own keys among them (``app.kubernetes.io/name``) would be
        overwritten there, and pool and Service would select nothing.
        """
        return {
            MODEL_POD: "model",
            "slipway.dev/model": self.model,
            "slipway.dev/version": self.version,
            "slipway.dev/data-class": self.data_class,
            "slipway.dev/owner": self.owner,
        }

    def annotations(self) -> dict[str, str]:
        """What the release record says of artifact and data, for who reads the live object."""
        return {DIGEST_ANNOTATION: self.digest, PERSONAL_DATA: self.personal_data}


@dataclass(frozen=True, kw_only=True)
class ModelPlan:
    """A model and all its versions that a stack runs, from the oldest to the newest."""

    model: str
    releases: Mapping[str, ReleasePlan]

    @property
    def engine(self) -> str:
        """What serves it: all versions that stand side by side are served alike."""
        return next(iter(self.releases.values())).engine

    @property
    def task(self) -> str:
        """What it does for callers, the same in all versions."""
        return next(iter(self.releases.values())).task

    @property
    def is_driven(self) -> bool:
        """Whether a controller moves shares: the stack sets the first and no other, since weights have one writer."""
        return any(release.driver == "controller" for release in self.releases.values())

    def labels(self) -> dict[str, str]:
        """Labels of what all its versions share; a version's own labels stand on its pods."""
        return {
            "app.kubernetes.io/name": self.model,
            "app.kubernetes.io/part-of": "slipway",
            "slipway.dev/model": self.model,
        }


def chosen_path(release: Release, model_bucket: str, starts: Starts) -> StartPath:
    """How the files of a release reach its pods, and why so."""
    artifact = release.artifact
    return start_path(
        size_bytes=artifact.size_bytes,
        uri=artifact.location(model_bucket),
        image=artifact.image,
        starts=starts,
    )


def plan_of(release: Release, model_bucket: str, starts: Starts) -> ReleasePlan:
    """A release record as its component needs it, in the environment of this bucket, where it starts so often."""
    needs, start = release.needs, chosen_path(release, model_bucket, starts)
    return ReleasePlan(
        model=release.model,
        version=release.version,
        task=needs.task,
        engine=needs.engine,
        artifact_uri=start.uri,
        start=start,
        digest=release.artifact.digest,
        size_bytes=release.artifact.size_bytes,
        data_class=release.data.data_class,
        personal_data=release.data.pii,
        owner=release.owner,
        needs=accelerator_needs(release),
        concurrency=needs.concurrency,
        max_context=needs.max_context,
        driver=release.rollout.driver,
        slo=release.slo,
        throughput=release.throughput,
        fail_soft=tuple(release.fail_soft),
    )
