"""Pinned versions of everything we do not build: charts, images, add-ons, APIs; each with source and date."""

from datetime import date
from functools import cache
from pathlib import Path

import yaml
from pydantic import Field

from facts.strict import Strict

_FOLDER = Path(__file__).parent / "pins"
COPIED_CHARTS = "charts"
"""Where charts lie that no registry has as an image: whoever brings a platform up copies them."""


class Pin(Strict):
    """A version somebody looked up: where it was read and when; the digest where one is known."""

    version: str
    source: str
    read: date
    digest: str | None = None


class Chart(Pin):
    """A Helm chart in a repository (an ``oci://`` address, or the address of an index)."""

    repository: str
    chart: str
    oci: str = ""
    """Where the same chart lies as an image: a pull-through cache takes nothing from an index."""

    @property
    def home(self) -> str:
        """Where it lies as an image, as ``oci://registry/path/chart``; empty where an index alone has it."""
        found = self.oci or (self.repository if self.repository.startswith("oci://") else "")
        return f"{found}/{self.chart}" if found else ""

    @property
    def path(self) -> str:
        """Where it lies below the root of a registry of one's own: under the host it comes from, or among copies."""
        return self.home.removeprefix("oci://") or f"{COPIED_CHARTS}/{self.chart}"


class Image(Pin):
    """A container image."""

    repository: str

    @property
    def reference(self) -> str:
        """What a pod spec names: by digest where one is known, by tag where not (the report lists those)."""
        tagged = f"{self.repository}:{self.version}"
        return f"{tagged}@{self.digest}" if self.digest else tagged


class AddOn(Pin):
    """An EKS add-on."""


class Module(Pin):
    """A Go module that carries the CRDs of an API."""

    module: str


class ChartSource(Strict):
    """The Go module that carries a chart's source, and what its project's release process writes into it.

    ``near`` says why the version is not the pinned one.
    """

    module: str
    version: str
    folder: str
    near: str = ""
    renamed: dict[str, str] = Field(default_factory=dict)
    texts: dict[str, dict[str, str]] = Field(default_factory=dict)


class ChartApis(Strict):
    """What a chart brings to the API server: kinds as ``Kind.group``, or ``*.group`` for a whole group."""

    defines: list[str] = Field(default_factory=list)
    """Kinds whose definitions it installs."""
    switch: str = ""
    """The value that decides whether it does; without one it always does."""
    is_on: bool = True
    """What the chart itself says of that value."""
    leaves_out: str = ""
    """The value that lists definitions, by their names, that it does not install."""
    kept: str = ""
    """Why a stack of ours takes these definitions from the chart, and not from the module."""
    admits: list[str] = Field(default_factory=list)
    """Kinds its webhooks must answer for before the API server accepts one."""


@cache
def charts() -> dict[str, Chart]:
    return {name: Chart.model_validate(raw) for name, raw in _read("charts").items()}


@cache
def images() -> dict[str, Image]:
    return {name: Image.model_validate(raw) for name, raw in _read("images").items()}


@cache
def add_ons() -> dict[str, AddOn]:
    return {name: AddOn.model_validate(raw) for name, raw in _read("add-ons").items()}


@cache
def modules() -> dict[str, Module]:
    return {name: Module.model_validate(raw) for name, raw in _read("modules").items()}


class ChartImages(Strict):
    """By place in a chart's values, the text of an image that stands there by default."""

    places: dict[str, str]


class PublicRegistry(Strict):
    """A registry whose images an ECR pull-through cache takes, by the host that images name."""

    upstream: str
    needs_credentials: bool = False


@cache
def chart_images() -> dict[str, dict[str, str]]:
    """By the chart's own name: where its values name an image, and the text that stands there by default."""
    read = {name: ChartImages.model_validate({"places": raw}) for name, raw in _read("chart-images").items()}
    return {name: dict(found.places) for name, found in read.items()}


@cache
def public_registries() -> dict[str, PublicRegistry]:
    """The registries that ECR caches, by host."""
    return {host: PublicRegistry.model_validate(raw) for host, raw in _read("registries").items()}


@cache
def chart_apis() -> dict[str, ChartApis]:
    """By the chart's own name, which is the last part of an ``oci://`` address."""
    return {name: ChartApis.model_validate(raw) for name, raw in _read("chart-apis").items()}


@cache
def chart_sources() -> dict[str, ChartSource]:
    """By the chart's own name."""
    return {name: ChartSource.model_validate(raw) for name, raw in _read("chart-sources").items()}


def _read(name: str) -> dict[str, object]:
    raw = yaml.load((_FOLDER / f"{name}.yaml").read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    return dict(raw or {})
