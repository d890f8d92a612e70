"""Callers of the gateway: bounded, on loopback, counted by version."""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.request import urlopen

import pytest

from tools.local.load import SENTENCES, Counted, Traffic, call, read_traffic, send, served, write_traffic


class Gateway(BaseHTTPRequestHandler):
    """Answers for v1, and fails for v2."""

    asked = ()

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        type(self).asked += ((self.path, body["instances"]),)
        bad = body["instances"] == ["fail"]
        self.send_response(500 if bad else 200)
        self.send_header("x-slipway-version", "v2" if bad else "v1")
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_arguments):
        pass


@pytest.fixture
def gateway():
    Gateway.asked = ()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Gateway)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_port
    server.shutdown()
    server.server_close()


def test_answers_are_counted_by_version(gateway):
    now = [100.0]
    counted = Counted(clock=lambda: now[0])
    call(gateway, "where is it", counted)
    call(gateway, "fail", counted)
    assert counted.said() == {
        "window_seconds": 15,
        "versions": {"v1": {"good": 1, "bad": 0}, "v2": {"good": 0, "bad": 1}},
        "total": {"v1": {"good": 1, "bad": 0}, "v2": {"good": 0, "bad": 1}},
        "missed": 0,
    }
    now[0] = 116
    assert counted.said()["versions"] == {}
    assert counted.said()["total"]["v2"] == {"good": 0, "bad": 1}
    assert Gateway.asked[0] == ("/v1/models/minilm:predict", ["where is it"])


def test_no_gateway_is_a_bad_answer_of_nobody():
    counted = Counted()
    call(1, "where is it", counted)
    assert counted.said()["total"] == {"none": {"good": 0, "bad": 1}}


def test_callers_send_what_the_file_says(gateway, tmp_path):
    write_traffic(tmp_path / "traffic.json", Traffic(rate=50, sentences="shifted"))
    counted, ended = Counted(), threading.Event()
    caller = threading.Thread(target=send, args=(gateway, tmp_path / "traffic.json", counted, ended))
    caller.start()
    end = time.monotonic() + 60
    while len(Gateway.asked) < 4:
        assert time.monotonic() < end
        time.sleep(0.05)
    ended.set()
    caller.join(60)
    assert {text for _, (text,) in Gateway.asked} == set(SENTENCES["shifted"])


def test_it_says_what_it_counted():
    counted = Counted()
    counted.add("v1", good=True)
    counted.miss()
    server = served(0, counted)
    with urlopen(f"http://127.0.0.1:{server.server_port}/", timeout=30) as answer:
        assert json.load(answer)["missed"] == 1
    assert server.server_address[0] == "127.0.0.1"
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        ({"rate": 51}, r"rate should be from 0 to 50 a second \(got 51\)"),
        ({"rate": -1}, r"rate should be from 0 to 50 a second \(got -1\)"),
        ({"sentences": "odd"}, r"sentences should be one of usual, shifted \(got odd\)"),
    ],
)
def test_what_is_sent_is_bounded(wanted, said):
    with pytest.raises(ValueError, match=f"^{said}$"):
        Traffic(**wanted)


def test_a_file_of_something_else_is_an_error(tmp_path):
    path = tmp_path / "traffic.json"
    assert read_traffic(path) == Traffic()
    path.write_text('{"speed": 3}')
    with pytest.raises(ValueError, match="speed"):
        read_traffic(path)
