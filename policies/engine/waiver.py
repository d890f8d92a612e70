"""Waivers: who accepts which finding on which resource, why, and until when."""

import json
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from fnmatch import fnmatchcase
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, Literal, NamedTuple, Self

from pydantic import Field, TypeAdapter, ValidationError, model_validator

from facts.explain import explain
from facts.strict import Strict
from facts.strict_yaml import YamlProblem, load
from policies.engine.evaluate import Finding

LONGEST = timedelta(days=180)
ANY = "any resource"
"""What an accepted type names as its resource."""
_OTHER_ZONES = timedelta(days=1)
"""Somebody east of Greenwich writes tomorrow's date while it is still today here."""


class Waiver(Strict):
    """One accepted finding, or what one rule finds in one chart.

    ``resource`` is the resource's ``type name`` (or ``file#kind/namespace/name`` for a judged manifest) and
    ``finding`` the path of the property with the ``value`` that stands there, or the whole message: all exact, so that
    a waiver never covers an offence nobody has read. A path outlives sentences that are reworded. For what a chart
    installs, ``chart`` is its name and version instead, and ``objects`` the findings of each object (``Kind
    namespace/name``), as exact: another version of the chart is read again. ``stacks`` is ``all``, or names and
    patterns of the stacks it holds in (``prod-*``), so that a new stack needs no edit of what holds everywhere.
    """

    rule: Annotated[str, Field(min_length=3)]
    resource: Annotated[str, Field(min_length=3)] | None = None
    finding: Annotated[str, Field(min_length=3)] | None = None
    value: Any = None
    chart: Annotated[str, Field(pattern=r"^\S+ v?\d\S*$")] | None = None
    objects: (
        Annotated[
            dict[Annotated[str, Field(pattern=r"^\S+ \S+$")], Annotated[list[str], Field(min_length=1)]],
            Field(min_length=1),
        ]
        | None
    ) = None
    stacks: Literal["all"] | Annotated[list[str], Field(min_length=1)]
    reason: Annotated[str, Field(min_length=20)]
    owner: Annotated[str, Field(min_length=2)]
    created: date
    expires: date

    @model_validator(mode="after")
    def _lasts_at_most_half_a_year(self) -> Self:
        if self.expires <= self.created:
            raise ValueError(f"expires ({self.expires}) is not after created ({self.created})")
        if self.expires - self.created > LONGEST:
            latest = self.created + LONGEST
            raise ValueError(f"lasts more than {LONGEST.days} days; the latest expiry is {latest}")
        return self

    @model_validator(mode="after")
    def _has_one_scope(self) -> Self:
        if (self.resource is None) != (self.finding is None) or (self.chart is None) != (
            self.objects is None
        ):
            raise ValueError("resource and finding go together, and so do chart and objects")
        if (self.resource is None) == (self.chart is None):
            raise ValueError("needs either resource and finding, or chart and objects")
        if self.value is not None and self.finding is None:
            raise ValueError("value goes with resource and finding; of a chart write the whole sentence")
        return self

    @property
    def on(self) -> str:
        """What it speaks of, in words."""
        return self.resource or f"chart {self.chart}: {', '.join(self.objects or ())}"

    @property
    def says(self) -> str:
        """The findings it accepts, in words."""
        if self.finding is not None:
            return self.finding if self.value is None else f"{self.finding} ({self.value})"
        return "; ".join(text for texts in (self.objects or {}).values() for text in texts)

    def accepts(self, finding: Finding, text: str) -> bool:
        """Whether the value that stands there is the one somebody read; a sentence says it already.

        Of what a chart installs a path alone is accepted only where nothing stands: values of a release change it.
        """
        return text != finding.path or _same(self.value, finding.value)

    def parts(self) -> Iterator[tuple[str, str]]:
        """(resource, finding) of each finding it accepts."""
        if self.resource is not None and self.finding is not None:
            yield self.resource, self.finding
        for name, findings in (self.objects or {}).items():
            for finding in findings:
                yield in_chart(self.chart or "", name), finding

    @property
    def where(self) -> str:
        """The stacks it holds in, in words."""
        return "all stacks" if self.stacks == "all" else ", ".join(self.stacks)

    def holds_in(self, stack: str) -> bool:
        """Whether it speaks of a stack."""
        return self.stacks == "all" or any(fnmatchcase(stack, pattern) for pattern in self.stacks)

    def is_in_force(self, today: date) -> bool:
        """Not yet where it is dated after today: half a year begins when somebody accepts, not at will."""
        return self.created <= today + _OTHER_ZONES and today <= self.expires

    def ended(self, today: date) -> str:
        """Why it does not hold today, in words."""
        if self.expires < today:
            return f"expired on {self.expires}"
        return f"is dated {self.created}, which is yet to come"


def in_chart(chart: str, object_: str) -> str:
    """How waivers call an object that a chart installs; ``chart`` is its name and version."""
    return f"chart {chart}: {object_}"


_ADAPTER = TypeAdapter(dict[str, Waiver])


class WaiverError(ValueError):
    """A file of waivers is unreadable or a record is wrong; ``problems`` holds a line for each."""

    def __init__(self, headline: str, problems: list[str]) -> None:
        self.headline = headline
        self.problems = problems
        super().__init__("\n".join([headline, *(f"  {problem}" for problem in problems)]))


def read_waivers(path: Path) -> dict[str, Waiver]:
    """The waivers of a file, keyed by name; an absent file holds none.

    Raises:
        WaiverError: the file is unreadable or a record is wrong; all problems are listed.
    """
    if not path.exists():
        return {}
    try:
        return _ADAPTER.validate_python(load(path.read_text(encoding="utf-8"), path.name) or {})
    except (YamlProblem, UnicodeDecodeError) as problem:
        raise WaiverError(f"{path.name} cannot be read:", [str(problem)]) from None
    except ValidationError as error:
        raise WaiverError(f"{path.name} has {error.error_count()} problems:", explain(error)) from None


def _same(one: Any, other: Any) -> bool:
    """Whether two values are one as data: a file holds lists where a program has tuples."""
    return json.dumps(one, sort_keys=True, default=str) == json.dumps(other, sort_keys=True, default=str)


class Match(NamedTuple):
    """The waiver of a finding, and by which of its texts."""

    name: str
    waiver: Waiver
    text: str


class Accepted:
    """The findings accepted in one stack."""

    def __init__(
        self,
        waivers: Mapping[str, Waiver],
        stack: str,
        aliases: Mapping[str, tuple[str, ...]] = MappingProxyType({}),
    ) -> None:
        """``aliases`` are ids that rules had before, by the id of today: waivers by an old id hold for one version."""
        self._aliases = aliases
        held = {name: waiver for name, waiver in waivers.items() if waiver.holds_in(stack)}
        self._index: dict[tuple[str, str, str], list[Match]] = {}
        for name, waiver in held.items():
            for resource, text in waiver.parts():
                self._index.setdefault((waiver.rule, resource, text), []).append(Match(name, waiver, text))

    def by(self, finding: Finding, resource: str) -> Match | None:
        """The waiver for exactly this finding, by its path and value or by its sentence, expired or not."""
        ids = (finding.rule, *self._aliases.get(finding.rule, ()))
        texts = [finding.path, finding.message] if finding.path else [finding.message]
        keys = ((id_, named, text) for id_ in ids for named in (resource, ANY) for text in texts)
        found = (match for key in keys for match in self._index.get(key, ()))
        return next((match for match in found if match.waiver.accepts(finding, match.text)), None)
