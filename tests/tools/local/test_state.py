"""What was started is written whole, read again, and never guessed."""

import pytest

from tools.local.errors import LocalError
from tools.local.layout import Ports
from tools.local.state import Started, State, read, require, write

PORTS = Ports.from_base(20000)


def started(name, pid=1):
    return Started(name=name, pid=pid, born="5", command=("a", "b"), log="a.log")


def test_what_is_written_is_read(tmp_path):
    state = State(ports=PORTS, processes=(started("gateway"), started("worker", 2)), settings={"base": 1})
    write(tmp_path / "state.json", state)
    assert read(tmp_path / "state.json") == state
    assert [path.name for path in tmp_path.iterdir()] == ["state.json"]


def test_a_process_that_starts_again_takes_its_own_place_last():
    state = State(ports=PORTS, processes=(started("worker"), started("callers")))
    again = state.with_process(started("worker", 7))
    assert [(one.name, one.pid) for one in again.processes] == [("callers", 1), ("worker", 7)]
    assert again.named("worker").pid == 7


def test_no_file_is_no_run(tmp_path):
    assert read(tmp_path / "state.json") is None
    with pytest.raises(LocalError, match=r"^nothing runs: `slipway local up` starts it$"):
        require(tmp_path / "state.json")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "JSONDecodeError: Expecting value: line 1 column 1 (char 0)"),
        ("[]", "TypeError: list indices must be integers or slices, not str"),
        ("{}", "KeyError: 'form'"),
        ('{"form": 2}', "ValueError: form should be 1 (got 2)"),
        (
            '{"form": 1, "processes": [{"pid": "x"}]}',
            "ValueError: invalid literal for int() with base 10: 'x'",
        ),
        ('{"form": 1, "processes": [], "ports": {}, "settings": {}}', "TypeError: "),
    ],
)
def test_a_file_that_is_none_of_ours_is_said_and_left(text, said, tmp_path):
    path = tmp_path / "state.json"
    path.write_text(text)
    with pytest.raises(LocalError) as error:
        read(path)
    first, second = str(error.value).splitlines()
    assert first.startswith(f"{path} cannot be read: {said}")
    assert second == "  end what still runs by hand, then remove the file; logs beside it say which processes"
    assert path.read_text() == text
