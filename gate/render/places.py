"""Where a finding stands: file and line, the same for every form of a report."""

from collections.abc import Sequence
from dataclasses import replace

from gate.render.manifest_lines import Manifests
from gate.render.origins import Origins, Place, source_line
from gate.report.report import Report
from policies.engine.evaluate import Finding, Undecided


class Places:
    """The places of one report's findings.

    Of our own stacks ``origins`` knows the stack file and the release records; what came from a manifest stands there.
    """

    def __init__(self, report: Report, origins: Origins | None = None) -> None:
        self._resources = {resource.urn: resource for resource in report.resources}
        self._components = report.components
        self._origins = origins
        self._manifests = Manifests()

    def of(self, said: Finding | Undecided) -> Sequence[Place]:
        """The cause first, then the line of source that declares the resource."""
        resource, component = self._resources.get(said.urn), self._components.get(said.urn, "")
        found = [
            Place(file=said.file) if isinstance(said, Finding) and said.file else None,
            self._origins.of(component, said) if self._origins is not None and component else None,
            source_line(resource.position) if resource is not None else None,
            self._in_manifest(said),
        ]
        return [place for place in found if place is not None]

    def first(self, said: Finding | Undecided) -> str:
        """``file:line`` of the cause; empty where no file is known."""
        place = next(iter(self.of(said)), None)
        if place is None:
            return ""
        return f"{place.file}:{place.line}" if place.line else place.file

    def _in_manifest(self, said: Finding | Undecided) -> Place | None:
        if not said.object:
            return None
        whole = Place(file=said.object.rpartition("#")[0] or said.object)
        path = said.path if isinstance(said, Finding) else ""
        return replace(whole, line=self._manifests.line(said.urn, said.object, path))
