"""The rules of ``policies/rules/observability/collectors.py``, by tables."""

from typing import Any

from policies.analysis.kubernetes.charts import RELEASE
from policies.engine.graph import UNKNOWN, Resource
from policies.rules.observability.collectors import PLATFORM, RULES
from tests.policies.cases import Case, RuleCases, cases_test, resource

NOT_OURS = resource("aws:s3/bucket:Bucket", {})
GOOD: dict[str, Any] = {"blocked_key_patterns": ["a"], "blocked_values": ["b"], "redact_all_types": True}


def collector(values: object) -> Resource:
    return resource(RELEASE, {"chart": "opentelemetry-collector", "values": values})


def redacting(**processor: object) -> Resource:
    return collector({"config": {"processors": {"redaction": processor}}})


def pipelines(processor: dict[str, Any] | None = None, **said: object) -> Resource:
    config = {
        "processors": {"redaction/all": GOOD if processor is None else processor},
        "connectors": {"routing": {}},
        "service": {"pipelines": said},
    }
    return collector({"alternateConfig": config})


REDACTED = {"receivers": ["otlp"], "processors": ["batch", "redaction/all"], "exporters": ["routing"]}
BEHIND = {"receivers": ["routing"], "processors": [], "exporters": ["awscloudwatchlogs"]}
LOST = "what was read is noted nowhere: lines between two starts are lost"

CASES: dict[str, RuleCases] = {
    "collectors-redact-what-they-send": RuleCases(
        passing=[
            Case(pipelines(logs=REDACTED, behind=BEHIND)),
            Case(pipelines(logs={"receivers": ["otlp"], "exporters": ["debug"]})),
            Case(collector({})),
        ],
        failing=[
            Case(
                pipelines(logs={**REDACTED, "processors": ["batch"]}),
                findings=[
                    (
                        "values.alternateConfig.service.pipelines.logs.processors: what it takes is sent on as it is; "
                        "a redaction among them"
                    )
                ],
            ),
            Case(
                pipelines(logs={**BEHIND, "receivers": ["routing", "otlp"]}),
                findings=[
                    (
                        "values.alternateConfig.service.pipelines.logs.processors: what it takes is sent on as it is; "
                        "a redaction among them"
                    )
                ],
            ),
            Case(
                pipelines({"blocked_values": ["b"]}, logs=REDACTED),
                findings=[
                    "values.alternateConfig.processors.redaction/all.blocked_key_patterns: nothing is blocked by it",
                    (
                        "values.alternateConfig.processors.redaction/all.redact_all_types: "
                        "numbers, lists and mappings pass as they are"
                    ),
                ],
            ),
        ],
        not_applicable=[Case(NOT_OURS)],
        undecided=[Case(pipelines(logs={**REDACTED, "processors": UNKNOWN}))],
    ),
    "collectors-mask-what-they-block": RuleCases(
        passing=[Case(redacting(**GOOD)), Case(redacting(**{**GOOD, "allowed_values": []}))],
        failing=[
            Case(
                redacting(**GOOD, allowed_values=[".+@example.com"]),
                findings=[
                    (
                        "values.config.processors.redaction.allowed_values: what matches it is kept although a "
                        "blocked key or value matches too; left out"
                    )
                ],
            ),
            Case(
                redacting(**{**GOOD, "blocked_values": ["(a", r"b\z"]}),
                findings=[
                    (
                        "values.config.processors.redaction.blocked_values[0]: does not compile (missing ), "
                        "unterminated subpattern at position 0)"
                    )
                ],
            ),
        ],
        not_applicable=[Case(NOT_OURS)],
        undecided=[Case(redacting(allowed_values=UNKNOWN))],
    ),
    "collectors-note-what-they-have-read": RuleCases(
        passing=[
            Case(collector({"presets": {"logsCollection": {"enabled": True, "storeCheckpoints": True}}})),
            Case(collector({"config": {"receivers": {"filelog": {"storage": "file_storage"}, "otlp": {}}}})),
            Case(collector({})),
        ],
        failing=[
            Case(
                collector({"presets": {"logsCollection": {"enabled": True}}}),
                findings=[f"values.presets.logsCollection.storeCheckpoints: {LOST}"],
            ),
            Case(
                collector({"config": {"receivers": {"filelog/pods": {"include": ["x"]}}}}),
                findings=[f"values.config.receivers.filelog/pods.storage: {LOST}"],
            ),
        ],
        not_applicable=[Case(NOT_OURS)],
        undecided=[Case(collector({"presets": {"logsCollection": {"enabled": UNKNOWN}}}))],
    ),
}

test_cases = cases_test((*RULES, *PLATFORM), CASES)
