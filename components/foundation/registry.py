"""Where images and charts are pulled from: their makers' registries, or one of the organisation's own.

In a registry of the organisation everything lies under the host it came from: ``docker.io/istio/pilot`` becomes
``<host>/<prefix>/docker.io/istio/pilot``. So the layout is the same for a cache that fills itself and for copies.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from facts.pins import chart_images, charts

ECR: Final = ".dkr.ecr."
"""In the host of every private registry of ECR: an account's own one is no public registry."""


@dataclass(frozen=True)
class Registry:
    """One registry of the organisation; without a host, everything comes from its maker's own."""

    host: str = ""
    prefix: str = ""
    repositories: str = ""
    """Where it is one of ECR, the ARN of everything that lies in it below the prefix."""

    @property
    def root(self) -> str:
        """What every reference begins with; empty where nothing is rewritten."""
        return f"{self.host}/{self.prefix}".rstrip("/")

    def of(self, upstream: str) -> str:
        """A text that begins with a registry's host (an image, a part of one, or the host alone), as it lies here."""
        return f"{self.root}/{upstream}" if self.host else upstream

    def pulls(self, manifest: Mapping[str, Any]) -> dict[str, Any]:
        """A manifest with every image of a public registry named in this one; images of ECR stay where they are."""
        return (
            {key: self._pulled(key, value) for key, value in manifest.items()}
            if self.host
            else dict(manifest)
        )

    def _pulled(self, key: str, value: Any) -> Any:
        if isinstance(value, Mapping):
            return self.pulls(value)
        if isinstance(value, list):
            return [self._pulled("", item) for item in value]
        if key == "image" and isinstance(value, str) and ECR not in value.partition("/")[0]:
            return self.of(value)
        return value

    def chart(self, pin: str) -> tuple[str, str | None]:
        """The name of the chart pinned as ``pin``, and the index it comes from; no index for an ``oci://`` address."""
        chart = charts()[pin]
        if self.host:
            return f"oci://{self.of(chart.path)}", None
        if chart.repository.startswith("oci://"):
            return f"{chart.repository}/{chart.chart}", None
        return chart.chart, chart.repository

    def values(self, pin: str, values: Mapping[str, Any]) -> dict[str, Any]:
        """A chart's values with every image it pulls named in this registry.

        Raises:
            KeyError: ``facts/pins/chart-images.yaml`` does not know which images the chart pulls.
        """
        if not self.host:
            return dict(values)
        chart = charts()[pin]
        merged: dict[str, Any] = dict(values)
        for path, text in chart_images()[chart.chart].items():
            _set(merged, path.split("."), self.of(text.replace("{version}", chart.version)))
        return merged


UPSTREAM: Final = Registry()


def _set(values: dict[str, Any], path: list[str], text: str) -> None:
    """Sets a leaf and copies what stands above it: values of a component are not changed in place."""
    head, *rest = path
    if not rest:
        values[head] = text
        return
    below = dict(values.get(head) or {})
    _set(below, rest, text)
    values[head] = below
