"""A line of JSON says which trace it belongs to, and its record does so after the collectors."""

import json

import pytest

from tests.redaction.corpus import value
from tests.redaction.test_redaction import DONE, GATEWAY, NODE, NOW

TRACE, SPAN = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
TRACED = {
    "a gateway's line": json.dumps(
        {"route_name": "r", "traceparent": f"00-{TRACE}-{SPAN}-01", "response_code": 200}
    ),
    "a program's line": json.dumps({"message": "m", "trace_id": TRACE, "span_id": SPAN}),
}


@pytest.mark.parametrize("config", [NODE, GATEWAY], ids=["node", "gateway"])
@pytest.mark.parametrize("line", TRACED.values(), ids=TRACED)
def test_a_line_says_which_trace_it_belongs_to(running, config, line):
    one = running(config)
    for body in (line, DONE):
        records = [{"logRecords": [{"timeUnixNano": NOW, "body": value(body)}]}]
        one.send("logs", {"resourceLogs": [{"scopeLogs": records}]})
    text = one.wait_for(DONE)
    assert f'"traceId":"{TRACE}","spanId":"{SPAN}"' in text
    assert "traceparent" not in text


@pytest.mark.parametrize("said", ["-", "00-x-y-01", f"00-{TRACE}", 7, {"a": 1}], ids=str)
def test_what_is_no_trace_stays_a_line(running, said):
    one = running(NODE)
    for body in (json.dumps({"traceparent": said, "trace_id": said, "message": "hello"}), DONE):
        records = [{"logRecords": [{"timeUnixNano": NOW, "body": value(body)}]}]
        one.send("logs", {"resourceLogs": [{"scopeLogs": records}]})
    text = one.wait_for(DONE)
    assert "hello" in text
    assert '"traceId":"4' not in text
