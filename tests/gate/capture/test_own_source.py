"""The time, chance and the machine are found in a program's own files, by what their names stand for."""

import sys
from types import ModuleType

import pytest

from gate.capture.own_source import asks, asks_of

ASKS = {
    "import time\nx = time.time()\n": "2: the program asks for time.time",
    "from time import time as now\nx = now()\n": "2: the program asks for time.time",
    "from datetime import date\n\nx = date.today()\n": "3: the program asks for datetime.date.today",
    "import datetime as d\nx = d.datetime.now(d.UTC)\n": "2: the program asks for datetime.datetime.now",
    "import random\nx = random.choice('ab')\n": "2: the program asks for random.choice",
    "from secrets import token_hex\nx = token_hex\n": "2: the program asks for secrets.token_hex",
    "import uuid\nx = uuid.uuid4().hex\n": "2: the program asks for uuid.uuid4",
    "import sys\nif 'gate' in sys.modules:\n    pass\n": "2: the program asks for sys.modules",
    "import os\nx = os.getpid()\n": "2: the program asks for os.getpid",
    "import platform\nx = platform.node()\n": "2: the program asks for platform.node",
}
QUIET = [
    "from datetime import date\n\nx = date(2026, 1, 1)\n",
    "platform = 1\nx = platform\n",
    "import time\ntime.sleep(0)\n",
    "import uuid\nx = uuid.uuid5(uuid.NAMESPACE_DNS, 'a')\n",
    "import os\nx = os.sep\n",
]


def found(source, tmp_path, name="components/a.py"):
    file = tmp_path / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(source, encoding="utf-8")
    return asks_of([file], tmp_path)


@pytest.mark.parametrize(("source", "said"), ASKS.items())
def test_it_is_a_problem_with_its_line(source, said, tmp_path):
    assert found(source, tmp_path) == [f"components/a.py:{said}: a capture follows from the checkout alone"]


@pytest.mark.parametrize("source", QUIET)
def test_other_uses_are_none(source, tmp_path):
    assert found(source, tmp_path) == []


@pytest.mark.parametrize("name", ["gate/a.py", "policies/a.py", ".venv/lib/a.py"])
def test_files_that_are_not_the_programs_are_passed_over(name, tmp_path):
    assert found("import time\nx = time.time()\n", tmp_path, name) == []


@pytest.mark.parametrize(("program", "problems"), [("x = 1\n", 0), ("from runtime.a import x\n", 1)])
def test_what_runs_in_the_cluster_is_the_programs_where_it_imports_it(
    program, problems, tmp_path, monkeypatch
):
    loaded = tmp_path / "runtime" / "a.py"
    loaded.parent.mkdir()
    loaded.write_text("import time\nx = time.time()\n", encoding="utf-8")
    (tmp_path / "__main__.py").write_text(program, encoding="utf-8")
    module = ModuleType("runtime.a")
    module.__file__ = str(loaded)
    monkeypatch.setitem(sys.modules, "runtime.a", module)
    assert len(asks(tmp_path)) == problems


class SaysItIsAModule:
    """As the libraries that cffi makes: no attributes of its own, and ``isinstance`` believes it."""

    __slots__ = ()
    __class__ = ModuleType


def test_a_library_in_c_that_only_says_it_is_a_module_is_passed_over(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "_cffi_like", SaysItIsAModule())
    assert asks(tmp_path) == []
