"""Shares in a file that Envoy watches: compared before they are written, renamed whole, and told to be taken."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from runtime.loops.ports import SharesMovedError, UnavailableError
from runtime.loops.shares.envoy_file import EnvoyFileShares


def document(**weights):
    clusters = [
        {"name": f"httproute/edge/minilm/rule/0/backend/{v}", "weight": w} for v, w in weights.items()
    ]
    route = {"match": {"prefix": "/"}, "route": {"weighted_clusters": {"clusters": clusters}}}
    return {
        "version_info": "1",
        "resources": [{"name": "minilm", "virtual_hosts": [{"name": "minilm", "routes": [route]}]}],
    }


@pytest.fixture
def path(tmp_path):
    (tmp_path / "routes.json").write_text(json.dumps(document(v1=100, v2=0)))
    return tmp_path / "routes.json"


def test_shares_are_written_if_what_is_expected_stands(path):
    shares = EnvoyFileShares(path)
    shares.write("minilm", {"v1": 75, "v2": 25}, {"v1": 100})
    assert shares.read("minilm") == {"v1": 75, "v2": 25}
    assert json.loads(path.read_text()) == {**document(v1=75, v2=25), "version_info": "2"}


def test_a_version_that_is_left_out_gets_nothing(path):
    shares = EnvoyFileShares(path)
    shares.write("minilm", {"v2": 100}, {"v1": 100, "v2": 0})
    assert shares.read("minilm") == {"v1": 0, "v2": 100}


def test_what_somebody_else_wrote_stays(path):
    EnvoyFileShares(path).write("minilm", {"v1": 75, "v2": 25}, {"v1": 100})
    before = path.read_bytes()
    with pytest.raises(SharesMovedError, match=r"somebody else wrote them$") as error:
        EnvoyFileShares(path).write("minilm", {"v1": 50, "v2": 50}, {"v1": 90, "v2": 10})
    assert (error.value.expected, error.value.found) == ({"v1": 90, "v2": 10}, {"v1": 75, "v2": 25})
    assert path.read_bytes() == before


def test_writing_what_stands_succeeds_whatever_was_expected(path):
    before = path.stat().st_ino
    EnvoyFileShares(path).write("minilm", {"v1": 100, "v2": 0}, {"v1": 50, "v2": 50})
    assert path.stat().st_ino == before


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        ({"v1": 50, "v3": 50}, "shares of minilm: v3: there is no such version behind the gateway: v1, v2"),
        (
            {"v1": 120, "v2": -10},
            (
                "shares of minilm: v1: should be from 0 to 100 (got 120); v2: should be from 0 to 100 (got -10); "
                "they should add up to 100 (got 110)"
            ),
        ),
        ({}, "shares of minilm: they should add up to 100 (got 0)"),
    ],
)
def test_shares_that_are_none_are_refused(wanted, said, path):
    before = path.read_bytes()
    with pytest.raises(ValueError, match=r"^shares of minilm") as error:
        EnvoyFileShares(path).write("minilm", wanted, {"v1": 100})
    assert str(error.value) == said
    assert path.read_bytes() == before


@pytest.mark.parametrize("text", ["", "{", "[1]", '{"resources": []}'])
def test_routes_that_cannot_be_read_are_no_shares(text, path):
    path.write_text(text)
    for act in (
        lambda: EnvoyFileShares(path).read("minilm"),
        lambda: EnvoyFileShares(path).write("minilm", {"v1": 100}, {"v1": 100}),
    ):
        with pytest.raises(UnavailableError, match=r"routes\.json: "):
            act()
    assert path.read_text() == text


def test_no_file_and_another_model_are_no_shares(path, tmp_path):
    with pytest.raises(UnavailableError, match="routes cannot be read"):
        EnvoyFileShares(tmp_path / "nowhere" / "routes.json").read("minilm")
    with pytest.raises(UnavailableError, match=r"no route of other$"):
        EnvoyFileShares(path).read("other")


def test_of_many_writers_who_expect_the_same_one_wins(path):
    found = []

    def write(share):
        try:
            EnvoyFileShares(path).write("minilm", {"v1": 100 - share, "v2": share}, {"v1": 100})
        except SharesMovedError:
            found.append(None)
        else:
            found.append(share)

    threads = [threading.Thread(target=write, args=(share,)) for share in range(1, 17)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    (winner,) = [share for share in found if share is not None]
    assert EnvoyFileShares(path).read("minilm") == {"v1": 100 - winner, "v2": winner}
    assert len(found) == 16


class Admin(BaseHTTPRequestHandler):
    """What Envoy says of its routes."""

    answers = ()

    def do_GET(self):
        assert self.path == "/config_dump?resource=dynamic_route_configs"
        first, *rest = type(self).answers
        type(self).answers = (*rest,) or (first,)
        said = json.dumps(
            {"configs": [{"version_info": first, "route_config": {"name": "minilm"}}] if first else []}
        ).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    def log_message(self, *_arguments):
        pass


@pytest.fixture
def admin():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Admin)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_it_is_written_when_the_gateway_took_it(path, admin):
    Admin.answers = ("", "1", "2")
    EnvoyFileShares(path, admin).write("minilm", {"v1": 99, "v2": 1}, {"v1": 100})
    assert Admin.answers == ("2",)


def test_a_gateway_that_takes_nothing_is_said_and_asked_again(path, admin):
    Admin.answers = ("1",)
    now = iter([0, 3, 6])
    with pytest.raises(UnavailableError, match=r"^minilm: the gateway has routes 1, not 2 yet$"):
        EnvoyFileShares(path, admin, clock=lambda: next(now)).write(
            "minilm", {"v1": 99, "v2": 1}, {"v1": 100}
        )
    Admin.answers = ("2",)
    EnvoyFileShares(path, admin).write("minilm", {"v1": 99, "v2": 1}, {"v1": 100})


def test_a_gateway_that_is_away_is_said(path):
    with pytest.raises(UnavailableError, match=r"^minilm: the gateway does not answer: "):
        EnvoyFileShares(path, "http://127.0.0.1:1").write("minilm", {"v1": 99, "v2": 1}, {"v1": 100})
