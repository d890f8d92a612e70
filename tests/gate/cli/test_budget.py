"""``slipway budget``: what Prometheus counted, and what is no figure."""

import io
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest
from rich.console import Console

from gate.cli.budget import run
from gate.core.errors import GateError


@pytest.fixture
def prometheus():
    """A server that answers queries from a table; ``answers`` maps a series to values by objective, or is a text."""
    answers = {}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            asked = parse_qs(urlsplit(self.path).query)["query"][0]
            name, _, model = asked.partition("{")
            assert model == 'model="chat"}'
            result = [
                {"metric": {"objective": o}, "value": [0, str(v)]} for o, v in answers.get(name, {}).items()
            ]
            said = answers.get("text") or json.dumps({"status": "success", "data": {"result": result}})
            self.send_response(200)
            self.end_headers()
            self.wfile.write(said.encode())

        def log_message(self, *_arguments):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", answers
    server.shutdown()
    server.server_close()


def counted(**left):
    return {
        "slo:target:ratio": dict.fromkeys(left, 0.995),
        "slo:error_budget_remaining:ratio": left,
        "slo:burn_rate:1h": dict.fromkeys(left, 2.5),
        "slo:burn_rate:6h": dict.fromkeys(left, 1),
        "slo:burn_rate:1d": dict.fromkeys(left, 0.5),
        "slo:burn_rate:3d": dict.fromkeys(left, 0.25),
    }


def said(address, form="text"):
    out = io.StringIO()
    kept = run("chat", address, form, Console(file=out, width=120))
    return kept, out.getvalue()


def test_what_is_left_and_how_fast_it_goes(prometheus):
    address, answers = prometheus
    answers.update(counted(availability=0.4))
    kept, text = said(address)
    assert kept
    assert [line.split() for line in text.splitlines()] == [
        ["objective", "target", "budget", "left", "burn", "1h", "burn", "6h", "burn", "1d", "burn", "3d"],
        ["chat", "availability", "99.5%", "40.0%", "2.50", "1.00", "0.50", "0.25"],
    ]


def test_a_spent_budget_is_said_and_is_a_no(prometheus):
    address, answers = prometheus
    answers.update(counted(availability=-0.2))
    kept, text = said(address)
    assert not kept
    assert "-20.0% spent" in text
    assert json.loads(said(address, "json")[1]) == {
        "model": "chat",
        "objectives": [
            {
                "objective": "availability", "target": 0.995, "remaining": -0.2,
                "burning": {"1h": 2.5, "6h": 1.0, "1d": 0.5, "3d": 0.25},
            }
        ],
    }  # fmt: skip


def test_no_figure_is_no_budget(prometheus):
    address, answers = prometheus
    with pytest.raises(GateError, match="has no objective of it"):
        said(address)
    answers["slo:target:ratio"] = {"availability": 0.995}
    with pytest.raises(GateError, match="nothing is counted yet of availability"):
        said(address)
    answers.update(counted(availability="NaN"))
    with pytest.raises(GateError, match="answers, but not as Prometheus does"):
        said(address)
    answers["text"] = "<html>"
    with pytest.raises(GateError, match="answers, but not as Prometheus does"):
        said(address)


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("http://127.0.0.1:1", "does not answer: "),
        ("file:///etc/passwd", "should be an address such as"),
        ("x", "address"),
    ],
)
def test_an_address_that_is_none_is_one_clear_error(address, says):
    with pytest.raises(GateError, match=says):
        said(address)
