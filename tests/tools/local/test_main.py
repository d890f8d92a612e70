"""The commands' errors: a sentence and exit code 2, never a traceback."""

import pytest

from tools.local import __main__ as module
from tools.local.errors import LocalError
from tools.local.layout import Layout


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "LAYOUT", Layout(tmp_path / "local"))
    # main() has SIGTERM end a run as Ctrl-C does; the tests' own process keeps its handler.
    monkeypatch.setattr(module.signal, "signal", lambda *_: None)


@pytest.mark.parametrize(
    "words",
    [
        ["status"],
        ["canary", "minilm", "v2"],
        ["break", "v2"],
        ["mend", "v2"],
        ["drift"],
        ["kill"],
        ["approve", "x"],
    ],
)
def test_without_a_run_nothing_is_done(words, capsys):
    assert module.main(words) == 2
    assert capsys.readouterr().err == "nothing runs: `slipway local up` starts it\n"


def test_down_of_nothing_is_no_fault(capsys):
    assert module.main(["down"]) == 0
    assert capsys.readouterr().out == "nothing runs\n"


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (LocalError("programs are missing:", ["envoy: make local"]), "programs are missing:\n  envoy: make local\n"),
        (KeyboardInterrupt(), "interrupted\n"),
        (OSError(28, "No space left on device"), (
            "slipway local failed: OSError: [Errno 28] No space left on device (SLIPWAY_DEBUG=1 shows where)\n"
        )),
    ],
)  # fmt: skip
def test_what_goes_wrong_is_one_message(error, said, monkeypatch, capsys):
    def fails(*_):
        raise error

    monkeypatch.setattr(module, "down", fails)
    assert module.main(["down"]) == 2
    assert capsys.readouterr().err == said


def test_the_screen_says_what_this_is_not():
    said = " ".join(module.NOT_A_CLUSTER.split())
    for words in (
        "not a cluster",
        "one process of each",
        "no mesh",
        "no KServe controllers",
        "sixty times as fast",
    ):
        assert words in said
