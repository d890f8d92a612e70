"""What the collectors take out of logs, spans and metrics before anything is sent on. Pure.

Processors are the collector's own (redactionprocessor and transformprocessor, contrib 0.152). What they let through was
read in their code and is proved with it (`make test-redaction`): keys are looked at in bodies at every depth, but in
attributes at the first level alone, so the values' patterns know keys too; names and status messages of spans and names
of events are looked at by no redaction, so they are rewritten; bytes are read by nobody, so they are taken out.
``allowed_values`` is never used: what it matches is kept although a blocked key or value matches it too.
"""

from typing import Any, Final

CONTENT: Final = (
    "prompts?|completions?|messages|contents?|documents?|inputs?|outputs?|question|answer|instructions"
)
"""Words for what callers send to a model and get from it."""
_CONFIDED: Final = (
    "passw(?:or)?d|passphrase|secret|credential|authori[sz]ation|cookie|(?:api|private|access)[._-]?key"
)
_PERSON: Final = (
    "e-?mail|phone|card[._-]?number|birth|postal|street|enduser|client[._-]?(?:ip|address)|forwarded[._-]?for"
)
_WHOLE: Final = "token|jwt|bearer|session[._-]?id|iban|ssn|user[._-]?(?:id|name)"
"""Words that mean something else as a part of another: counts of tokens are no secret."""
BLOCKED_KEYS: Final = (
    rf"(?i)(?:^|[._-])(?:{CONTENT})(?:[.\[].*)?$",
    rf"(?i){_CONFIDED}|{_PERSON}",
    rf"(?i)(?:^|[._-])(?:{_WHOLE})$",
)
"""Keys whose values are masked."""
_NAMED: Final = r"[\"'\\]*\s*[:=]\s*(?:(?:bearer|basic)\s+)?(?:\\*\"[^\"]*\"|'[^']*'|[^\s,;&}]+)"
"""What follows a key in JSON (escaped once more or not), in a header, in a query."""
BLOCKED_VALUES: Final = (
    r"(?s)-----BEGIN [A-Z ]*PRIVATE KEY-----.*",
    # What a program prints of a request: from its name to the end of the text.
    rf"(?is)[\"']?\b(?:{CONTENT})\b[\"'\\]*\s*[:=].*",
    rf"(?i)(?:{_CONFIDED}|{_PERSON})[a-z0-9_.-]*{_NAMED}",
    rf"(?i)(?:{_WHOLE}){_NAMED}",
    r"(?i)\b(?:bearer|basic)\s+[A-Za-z0-9._~+/=-]{8,}",
    r"\b(?:AKIA|ASIA|AIDA|AROA)[A-Z0-9]{16}\b",
    r"\beyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]*)?",
    r"\b(?:sk|pk|rk)[_-][A-Za-z0-9_-]{12,}",
    r"\b(?:hf_[A-Za-z0-9]{12,}|gh[pousr]_[A-Za-z0-9]{16,}|github_pat_[A-Za-z0-9_]+|glpat-[A-Za-z0-9_-]+)",
    r"\bxox[abeprs]-[A-Za-z0-9-]+",
    r"://[^/\s:@]+:[^/\s@]+@",
    r"(?i)[?&](?:x-amz-[a-z-]+|sig|signature|key|code)=[^&\s\"]+",
    # With what stands before it up to a slash: of a password in an address its host would look like a mail.
    r"[^\s\"'<>(),;@/\\]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,}",
    r"\b[A-Z]{2}[0-9]{2}(?: ?[A-Z0-9]{4}){3,7}(?: ?[A-Z0-9]{1,3})?\b",
    r"\b(?:[0-9][ -]?){12,18}[0-9]\b",
    r"\+[0-9][0-9 ()./-]{7,}[0-9]",
    r"\b[0-9]{3}-[0-9]{2}-[0-9]{4}\b",
    # Long runs with a capital are keys or encoded bytes; names of pods have none.
    r"[A-Za-z0-9/+_-]*[A-Z][A-Za-z0-9/+_-]{28,}={0,2}",
    r"[A-Za-z0-9/+]{20,}={1,2}",
    r"\b[0-9a-f]{40,}\b",
)
"""What is masked wherever it stands. The collector applies them in an order that differs from value to value: none may
count on another. Numbers of 13 to 19 digits are cards to it, though some are times."""
MASK: Final = "****"
CLASS: Final = "slipway.data_class"
"""The resource attribute in which the class of a model's record stands: its pods' label."""
TEXT_MAY_LEAVE: Final = ("public", "internal")
"""Classes of a record whose lines of text leave the node, masked; lines of all other models stay there."""
PARSE: Final = "transform/logs"
SPANS: Final = "transform/spans"
REDACTION: Final = "redaction"


def _quoted(pattern: str) -> str:
    """As a text of the transformation language (escapes are Go's)."""
    return '"' + pattern.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _masked(path: str) -> list[str]:
    return [f'replace_pattern({path}, {_quoted(pattern)}, "{MASK}")' for pattern in BLOCKED_VALUES]


_KNOWN_TYPES: Final = " or ".join(
    f"Is{kind}(log.body)" for kind in ("String", "Map", "List", "Int", "Double", "Bool")
)


def log_statements(models_namespace: str) -> list[str]:
    """A line that is JSON becomes its fields; of a model that is confidential only where in the program it was said."""
    of_models = f'resource.attributes["k8s.namespace.name"] == "{models_namespace}"'
    may_leave = " or ".join(f'resource.attributes["{CLASS}"] == "{one}"' for one in TEXT_MAY_LEAVE)
    stays = f"IsString(log.body) and {of_models} and not ({may_leave})"
    return [
        'set(log.body, ParseJSON(log.body)) where IsString(log.body) and IsMatch(log.body, "^\\\\s*[{]")',
        f'set(log.body, "{MASK}") where log.body != nil and not ({_KNOWN_TYPES})',
        f'set(log.body, "{MASK}") where {stays} and not IsMatch(log.body, {_quoted(_PLACE)})',
        f'replace_pattern(log.body, {_quoted(_PLACE + "(?s).*")}, "$$1 {MASK}") where {stays}',
        # Empty, like a line that has none: no redaction looks at it.
        'set(log.event_name, "")',
        *_traced(),
    ]


_TRACEPARENT: Final = "^[0-9a-f]{2}-(?P<trace_id>[0-9a-f]{32})-(?P<span_id>[0-9a-f]{16})-[0-9a-f]{2}$"
"""W3C Trace Context, level 1."""


def _traced() -> list[str]:
    """Which trace a line of JSON belongs to: of the header that a gateway noted, or as its program says it."""
    header = 'log.body["traceparent"]'
    noted = f'IsMap(log.body) and IsString({header}) and IsMatch({header}, "{_TRACEPARENT}")'
    ids = (("trace_id", 32), ("span_id", 16))
    return [
        f'merge_maps(log.body, ExtractPatterns({header}, "{_TRACEPARENT}"), "upsert") where {noted}',
        f'delete_key(log.body, "traceparent") where {noted}',
        *(
            f'set(log.{name}.string, log.body["{name}"]) where IsMap(log.body) and IsString(log.body["{name}"]) '
            f'and IsMatch(log.body["{name}"], "^[0-9a-f]{{{size}}}$")'
            for name, size in ids
        ),
    ]


_PLACE: Final = r"^([A-Z]+ [0-9: -]*\[[a-z_]+\.py:[0-9]+\])"
"""How vLLM's lines begin: severity, time, file and line (``vllm/logging_utils/formatter.py``)."""


def processors(models_namespace: str) -> dict[str, Any]:
    """The processors every pipeline that leaves begins with, by name."""
    return {
        PARSE: {
            # A line that is no JSON after all stays a line.
            "error_mode": "ignore",
            "log_statements": [{"context": "log", "statements": log_statements(models_namespace)}],
        },
        SPANS: {
            "error_mode": "propagate",
            "trace_statements": [
                {"context": "span", "statements": [*_masked("span.name"), *_masked("span.status.message")]},
                {"context": "spanevent", "statements": _masked("spanevent.name")},
            ],
        },
        REDACTION: {
            "allow_all_keys": True,
            "blocked_key_patterns": list(BLOCKED_KEYS),
            "blocked_values": list(BLOCKED_VALUES),
            # Numbers too: a card's is one.
            "redact_all_types": True,
            # Says nothing of what it took out.
            "summary": "silent",
        },
    }
