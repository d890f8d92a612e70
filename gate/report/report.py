"""What a judgement says, as data: every format is rendered from this one record."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Final, Literal

from gate.report.capacity import Capacity
from gate.report.cost import Cost
from gate.report.flows import AUTHORIZATION, Flow, flows
from gate.report.picture.scene import Scene
from gate.report.series import SeriesEstimate
from policies.analysis.secrets.documents import looks_random
from policies.analysis.secrets.shapes import is_named, spotted
from policies.engine.evaluate import Finding, Undecided
from policies.engine.graph import Resource, Unknown, is_told
from policies.engine.rule import SEVERITIES, Severity
from policies.packs import Pack

Verdict = Literal["pass", "fail", "error"]
EXIT_CODES: Mapping[Verdict, int] = {"pass": 0, "fail": 1, "error": 2}
MEANINGS: Final = (
    "A verdict is one rule asked of one resource. A mandatory finding fails the stack, an advisory one does not. "
    "Waived: accepted in policies/waivers.yaml, with owner and end. Undecided: a rule needs a value that is not known; "
    "a mandatory one then fails the stack too."
)
"""What the counts of a report are, for somebody who reads the first one."""
FORMAT = 1
"""Version of report.json; it grows when a key changes its meaning."""
_LONGEST_VALUE = 120


@dataclass(frozen=True, kw_only=True, order=True)
class Permission:
    """What one identity may do: one allowed statement, as declared."""

    identity: str
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    conditions: tuple[str, ...] = ()
    denied: bool = False


@dataclass(frozen=True, kw_only=True, order=True)
class Exposure:
    """One way into the platform: what is reachable, from where, and on what condition.

    ``caller`` is set where somebody may use a model: who, as the report names them.
    """

    what: str
    source: str
    detail: str
    caller: str = ""


@dataclass(frozen=True, kw_only=True, order=True)
class Start:
    """Something a version of a model says of how it starts; ``order`` is its place among what it says."""

    model: str
    order: int
    what: str


@dataclass(frozen=True, kw_only=True, order=True)
class ModelTraffic:
    """Which versions of a model answer how much, in per cent, and what that means in words."""

    model: str
    shares: tuple[tuple[str, int], ...]
    words: str


@dataclass(frozen=True, kw_only=True)
class NotSeen:
    """Something the verdict does not speak of; many things share a reason."""

    why: str
    what: str


@dataclass(frozen=True, kw_only=True)
class Report:
    """One stack, or one set of files, judged."""

    subject: str
    judged_on: str
    resources: Sequence[Resource]
    findings: Sequence[Finding] = ()
    undecided: Sequence[Undecided] = ()
    faults: Sequence[str] = ()
    not_seen: Sequence[NotSeen] = ()
    permissions: Sequence[Permission] = ()
    exposures: Sequence[Exposure] = ()
    starts: Sequence[Start] = ()
    traffic: Sequence[ModelTraffic] = ()
    capacity: Capacity = field(default_factory=Capacity)
    series: SeriesEstimate = field(default_factory=SeriesEstimate)
    cost: Cost | None = None
    picture: Scene = field(default_factory=Scene)
    unpinned: Sequence[str] = ()
    components: Mapping[str, str] = field(default_factory=dict)
    decided: int = 0
    fail_on: Severity = "low"
    left_out: Sequence[str] = ()
    """Rules that were not applied, since ``--only`` or ``--skip`` said so."""
    pack: Pack = "all"
    """Whose rules were applied; what a narrower one leaves out stands in ``not_seen``."""

    @property
    def verdict(self) -> Verdict:
        """``error`` when something broke, ``fail`` on an open finding or undecided rule that gates, else ``pass``.

        A mandatory finding gates from the severity ``fail_on`` on.
        """
        if self.faults:
            return "error"
        gating = SEVERITIES[: SEVERITIES.index(self.fail_on) + 1]
        if any(f.level == "mandatory" and f.severity in gating and not f.waiver for f in self.findings):
            return "fail"
        if any(u.level == "mandatory" for u in self.undecided):
            return "fail"
        return "pass"

    @property
    def open_findings(self) -> list[Finding]:
        """Findings nobody waived: mandatory ones first, then by severity."""
        return sorted((f for f in self.findings if not f.waiver), key=_by_weight)

    @property
    def waived_findings(self) -> list[Finding]:
        """Findings a waiver excuses."""
        return sorted(f for f in self.findings if f.waiver)

    @property
    def not_seen_by_reason(self) -> Mapping[str, Sequence[str]]:
        """What was not seen, in the order of the reasons."""
        grouped: dict[str, list[str]] = {}
        for missing in self.not_seen:
            grouped.setdefault(missing.why, []).append(missing.what)
        return grouped

    @property
    def summary(self) -> Mapping[str, int]:
        """How much of everything there is."""
        return {
            "resources": len(self.resources),
            "decided": self.decided,
            "mandatory_findings": sum(f.level == "mandatory" for f in self.open_findings),
            "advisory_findings": sum(f.level == "advisory" for f in self.open_findings),
            "waived": len(self.waived_findings),
            "undecided": len(self.undecided),
            "faults": len(self.faults),
        }

    @property
    def flows(self) -> list[Flow]:
        """Who may talk to whom."""
        spoken = [{"type": r.type, "inputs": shown(r)} for r in self.resources if r.type in AUTHORIZATION]
        return flows({"resources": spoken, "exposure": [asdict(e) for e in self.exposures]})

    def as_data(self) -> dict[str, Any]:
        """The report as JSON data; keys are a public contract (docs/gate.md, "Report")."""
        return {
            "format": FORMAT,
            "subject": self.subject,
            "judged_on": self.judged_on,
            "verdict": self.verdict,
            "summary": dict(self.summary),
            "faults": list(self.faults),
            "findings": [_finding(f) for f in (*self.open_findings, *self.waived_findings)],
            "undecided": [asdict(u) for u in self.undecided],
            "left_out": list(self.left_out),
            "not_seen": [f"{n.why}: {n.what}" for n in self.not_seen],
            "unpinned": list(self.unpinned),
            "permissions": [asdict(p) for p in self.permissions],
            "exposure": [asdict(e) for e in self.exposures],
            "flows": [asdict(f) for f in self.flows],
            "traffic": [{"model": t.model, "shares": dict(t.shares), "words": t.words} for t in self.traffic],
            "starts": [{"model": s.model, "what": s.what} for s in self.starts],
            "capacity": self.capacity.as_data(),
            "series": self.series.as_data(),
            "cost": self.cost.as_data() if self.cost else None,
            "picture": self.picture.as_data() if self.picture.shows_something else None,
            "resources": [self._resource(r) for r in self.resources],
        }

    def _resource(self, resource: Resource) -> dict[str, Any]:
        return {
            "urn": resource.urn,
            "type": resource.type,
            "name": resource.name,
            "parent": resource.parent,
            "component": self.components.get(resource.urn, ""),
            "position": resource.position,
            "protect": resource.protect,
            "aliases": list(resource.aliases),
            "dependencies": sorted(resource.dependencies),
            "inputs": shown(resource),
        }


def _by_weight(finding: Finding) -> tuple[bool, int, Finding]:
    return finding.level != "mandatory", SEVERITIES.index(finding.severity), finding


def _finding(finding: Finding) -> dict[str, Any]:
    """A finding as JSON; its value only where a reader can take it in, and where it cannot be a secret's."""
    said = asdict(finding)
    value = said.pop("value")
    if finding.path and (isinstance(value, bool | int | float) or _is_harmless_text(finding.path, value)):
        said["value"] = value
    return {**said, "key": finding.key}


_HIDDEN = frozenset(f"{part}.*" for part in ("data", "stringData"))


def shown(resource: Resource) -> Any:
    """A resource's inputs for a reader: secrets masked, unknown values named."""
    secrets = resource.secret_properties
    if resource.type == "kubernetes:core/v1:Secret":
        secrets |= _HIDDEN
    return _shown(resource.inputs, "", secrets)


def _shown(value: Any, path: str, secrets: frozenset[str]) -> Any:
    if not secrets:
        return value if is_told(value) else _open(value)
    if path in secrets or (path and f"{path.partition('.')[0]}.*" in secrets and "." in path):
        return "[secret]"
    if isinstance(value, Unknown):
        return "[unknown]"
    if isinstance(value, Mapping):
        return {
            key: _shown(item, f"{path}.{key}" if path else str(key), secrets) for key, item in value.items()
        }
    if isinstance(value, list | tuple):
        return [_shown(item, f"{path}.{i}", secrets) for i, item in enumerate(value)]
    return value


def _open(value: Any) -> Any:
    """What holds no secret; without a path for each value, of which a definition of a kind has thousands."""
    if isinstance(value, dict):
        return {key: _open(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_open(item) for item in value]
    return "[unknown]" if isinstance(value, Unknown) else value


def _is_harmless_text(path: str, value: Any) -> bool:
    """Whether a text is short, in one line, and neither by its look nor by its name a credential."""
    if not isinstance(value, str) or len(value) > _LONGEST_VALUE or not value.isprintable():
        return False
    name = path.rpartition(".")[2]
    return not (any(True for _ in spotted(name, value)) or is_named(name) or looks_random(value))
