"""What must hold for OpenTelemetry collectors: they redact what they send on, and forget nothing they have read."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from policies.analysis.kubernetes.charts import RELEASE, chart_of
from policies.engine.graph import Graph, Resource
from policies.engine.rule import Offence, Rule
from policies.engine.values import at, flag, mapping, sequence, text

_CHART: Final = "opentelemetry-collector"
_REDACTION: Final = "redaction"
_READS_FILES: Final = frozenset({"filelog", "file_log"})
_SENDS_NOTHING: Final = frozenset({"debug", "nop"})
Part = tuple[str, Mapping[str, Any]]


def _kind(name: str) -> str:
    """Of ``redaction/first`` it is ``redaction``."""
    return name.partition("/")[0]


def _configuration(release: Resource) -> Part:
    """The configuration with its path: the one that replaces the chart's, or the one that is merged with it."""
    if chart_of(release) != _CHART:
        return "", {}
    for path in ("values.alternateConfig", "values.config"):
        found = mapping(at(release.inputs, path))
        if found:
            return path, found
    return "", {}


def _parts(release: Resource, section: str, kinds: Iterable[str]) -> Iterator[Part]:
    """Each processor or receiver of these kinds, with its path."""
    path, config = _configuration(release)
    for name, said in mapping(at(config, section)).items():
        if _kind(name) in kinds:
            yield f"{path}.{section}.{name}", mapping(said)


def _unredacted(release: Resource, _graph: Graph) -> Iterable[Offence]:
    path, config = _configuration(release)
    connectors = frozenset(mapping(at(config, "connectors")))
    for name, said in mapping(at(config, "service.pipelines")).items():
        pipeline = mapping(said)
        receivers = {text(one) for one in sequence(pipeline.get("receivers"))}
        exporters = {text(one) for one in sequence(pipeline.get("exporters"))}
        steps = [text(one) for one in sequence(pipeline.get("processors"))]
        # What comes out of a connector went through the pipeline that feeds it.
        if receivers <= connectors or {_kind(one) for one in exporters} <= _SENDS_NOTHING:
            continue
        if _REDACTION not in map(_kind, steps):
            yield Offence(
                path=f"{path}.service.pipelines.{name}.processors",
                problem="what it takes is sent on as it is",
                value=steps,
                expected="a redaction among them",
            )
    for place, processor in _parts(release, "processors", {_REDACTION}):
        for key in ("blocked_key_patterns", "blocked_values"):
            if not sequence(processor.get(key)):
                yield Offence(path=f"{place}.{key}", problem="nothing is blocked by it")
        if not flag(processor.get("redact_all_types")):
            yield Offence(
                path=f"{place}.redact_all_types", problem="numbers, lists and mappings pass as they are"
            )


def _lets_through(release: Resource, _graph: Graph) -> Iterable[Offence]:
    for place, processor in _parts(release, "processors", {_REDACTION}):
        if sequence(processor.get("allowed_values")):
            yield Offence(
                path=f"{place}.allowed_values",
                problem="what matches it is kept although a blocked key or value matches too",
                value=processor["allowed_values"],
                expected="left out",
            )
        for key in ("blocked_key_patterns", "blocked_values"):
            for index, one in enumerate(sequence(processor.get(key))):
                reason = _broken(text(one))
                if reason:
                    yield Offence(
                        path=f"{place}.{key}[{index}]",
                        problem=f"does not compile ({reason})",
                        value=text(one),
                    )


def _broken(pattern: str) -> str:
    try:
        # The one anchor of RE2 that is spelled differently here.
        re.compile(pattern.replace(r"\z", r"\Z"))
    except re.error as error:
        return str(error)
    return ""


def _forgets(release: Resource, _graph: Graph) -> Iterable[Offence]:
    if chart_of(release) != _CHART:
        return
    preset = mapping(at(release.inputs, "values.presets.logsCollection"))
    if flag(preset.get("enabled")) and not flag(preset.get("storeCheckpoints")):
        yield Offence(
            path="values.presets.logsCollection.storeCheckpoints",
            problem="what was read is noted nowhere: lines between two starts are lost",
        )
    for place, receiver in _parts(release, "receivers", _READS_FILES):
        if not text(receiver.get("storage")):
            yield Offence(
                path=f"{place}.storage",
                problem="what was read is noted nowhere: lines between two starts are lost",
            )


RULES: tuple[Rule, ...] = (
    Rule(
        id="collectors-mask-what-they-block",
        severity="high",
        applies_to=(RELEASE,),
        why="The redaction processor keeps what allowed_values matches, whatever else blocks it; a pattern that does "
        "not compile ends the collector.",
        fix="Leave allowed_values out; narrow the blocked patterns instead.",
        check=_lets_through,
    ),
    Rule(
        id="collectors-note-what-they-have-read",
        severity="medium",
        applies_to=(RELEASE,),
        why="A collector that notes no position begins each file at its end, or anew, when it is restarted.",
        fix="Set presets.logsCollection.storeCheckpoints, or storage of the filelog receiver.",
        check=_forgets,
    ),
)

PLATFORM: tuple[Rule, ...] = (
    Rule(
        id="collectors-redact-what-they-send",
        severity="high",
        applies_to=(RELEASE,),
        why="Logs, spans and labels may hold prompts, personal data and tokens, for whoever reads the store.",
        fix="Begin each pipeline with the processors of components/observability/redaction.py.",
        check=_unredacted,
    ),
)
