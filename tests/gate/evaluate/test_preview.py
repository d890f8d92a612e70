"""Previewing when things break: a stack that could not be judged never leaves a report, and never a pass."""

import multiprocessing
import os
import shutil
import sys
import types
from datetime import date

import pytest

from gate.cli import app as cli
from gate.core.checkout import ROOT
from gate.core.errors import GateError
from gate.evaluate import output_folder
from gate.evaluate import preview as previewing
from gate.evaluate.preview import Options, preview

PLATFORM = (
    'platform: {organisation: example, environment: test, account: "111122223333", region: eu-central-1, '
    "owner: ml, cost_center: ml}"
)
GOOD = "import pulumi\npulumi.export('network', {'vpc_id': 'vpc-1'})\n"
PER_STACK = "import pulumi\nif pulumi.get_stack() == 'base':\n    {}\npulumi.export('x', 'y')\n"
KILLED = PER_STACK.format("import os; os._exit(9)")


@pytest.fixture
def root(tmp_path):
    (tmp_path / "stacks").mkdir()
    for name, more in (("base", ""), ("top", "\n    upstream: base"), ("zeta", "")):
        text = f"config:\n  slipway:settings:\n    {PLATFORM}{more}\n"
        (tmp_path / "stacks" / f"Pulumi.{name}.yaml").write_text(text, encoding="utf-8")
    (tmp_path / "__main__.py").write_text(GOOD, encoding="utf-8")
    return tmp_path


def run(root, program=GOOD, names=(), processes=2):
    """The previews by stack: a verdict, or the reason there is none; and which stacks have reports."""
    (root / "__main__.py").write_text(program, encoding="utf-8")
    options = Options(
        today=date(2026, 11, 28),
        root=root,
        organisation=root,
        output=root / "out",
        with_checkov=False,
        processes=processes,
    )
    previews = preview(names, options, lambda _name, _what: None)
    said = {p.stack: p.report.verdict if p.report else p.problem for p in previews}
    return said, sorted(p.parent.name for p in (root / "out").rglob("report.json"))


def test_upstreams_are_previewed_before_and_with_what_stands_on_them(root):
    assert run(root) == ({"base": "pass", "top": "pass", "zeta": "pass"}, ["base", "top", "zeta"])
    assert sorted(run(root, names=["top"])[0]) == ["base", "top"]


def test_a_program_that_raises_takes_down_what_stands_on_it_and_nothing_else(root):
    assert run(root)[1] == ["base", "top", "zeta"]
    said, reports = run(root, PER_STACK.format("raise RuntimeError('out of ideas')"))
    assert said["base"].startswith("stack base could not be captured:")
    assert said["base"].endswith("RuntimeError: out of ideas")
    assert said["top"] == "stack top: its upstream could not be captured"
    assert said["zeta"] == "pass"
    assert reports == ["zeta"], "the older, passing reports of base and top are gone"


@pytest.mark.parametrize("leave", ["import sys; sys.exit(0)", "raise SystemExit", "raise KeyboardInterrupt"])
def test_a_program_that_leaves_is_no_pass(root, leave):
    said, reports = run(root, PER_STACK.format(leave))
    assert said["base"] not in {"pass", "fail", ""}
    assert reports == ["zeta"]


@pytest.mark.parametrize("processes", [1, 2])
def test_a_worker_that_is_killed_leaves_no_report(root, processes):
    said, reports = run(root, KILLED, processes=processes)
    assert said["base"] == "stack base: its process ended before it answered"
    assert said["top"] == "stack top: its upstream could not be captured"
    assert "base" not in reports
    assert "top" not in reports
    assert (said["zeta"] == "pass") == ("zeta" in reports)


def test_a_report_of_a_process_that_never_answered_is_removed(root, monkeypatch):
    def write_and_die(folder, files):
        output_folder.write(folder, files)
        os._exit(1)

    dying = types.SimpleNamespace(**vars(output_folder) | {"write": write_and_die})
    monkeypatch.setattr(previewing, "output_folder", dying)
    said, reports = run(root, names=["zeta"])
    assert said == {"zeta": "stack zeta: its process ended before it answered"}
    assert reports == []


def test_a_process_that_cannot_be_made_is_no_pass(root, monkeypatch):
    def no_fork(_self):
        raise BlockingIOError(11, "Resource temporarily unavailable")

    monkeypatch.setattr(multiprocessing.get_context("fork").Process, "start", no_fork)
    said, reports = run(root)
    assert said["zeta"] == (
        "stack zeta: no process could be started for it: [Errno 11] Resource temporarily unavailable"
    )
    assert said["top"] == "stack top: its upstream could not be captured"
    assert reports == []


def test_a_judgement_that_raises_leaves_no_report(root, monkeypatch):
    def broken(*_args, **_kwargs):
        raise ZeroDivisionError("a bug of ours")

    monkeypatch.setattr(previewing, "assess", broken)
    said, reports = run(root, names=["zeta"])
    assert said == {"zeta": "stack zeta: ZeroDivisionError: a bug of ours"}
    assert reports == []


def test_stacks_that_stand_on_each_other_are_refused_before_anything_runs(root):
    assert run(root)[1] == ["base", "top", "zeta"]
    path = root / "stacks" / "Pulumi.base.yaml"
    path.write_text(path.read_text(encoding="utf-8") + "    upstream: top\n", encoding="utf-8")
    with pytest.raises(GateError) as error:
        run(root)
    assert error.value.problems == (
        "stacks/Pulumi.base.yaml:4: upstream: base -> top -> base is a cycle",
        "stacks/Pulumi.top.yaml:4: upstream: top -> base -> top is a cycle",
    )
    assert sorted(p.name for p in (root / "out").iterdir()) == [], "no older pass stands beside the error"


def test_broken_waivers_stop_everything(root):
    (root / "policies").mkdir()
    (root / "policies" / "waivers.yaml").write_text("x: 3\n", encoding="utf-8")
    with pytest.raises(GateError, match=r"waivers.yaml has 1 problem"):
        run(root)


def test_a_typo_in_a_policy_of_workers_stops_everything(root):
    shutil.copytree(ROOT / "policies" / "actions", root / "policies" / "actions")
    assert run(root)[0]["base"] == "pass"
    path = root / "policies" / "actions" / "remedy.cedar"
    path.write_text(path.read_text(encoding="utf-8").replace("context.others > 0", "context.othres > 0"))
    with pytest.raises(GateError) as error:
        run(root)
    assert error.value.headline == "policies/actions has 1 problem; no worker would start with it:"
    (said,) = error.value.problems
    assert said == (
        "policies/actions/remedy.cedar:3: a-canary-loses-its-traffic: attribute `othres` in context for "
        'Action::"take-away" not found'
    )
    assert sorted(p.name for p in (root / "out").iterdir()) == [], "no older pass stands beside the error"


@pytest.mark.parametrize(("names", "reports"), [([], True), (["base"], False)])
def test_the_exit_code_is_the_worst_of_all_stacks(root, monkeypatch, capsys, names, reports):
    (root / "__main__.py").write_text(PER_STACK.format("import sys; sys.exit(0)"), encoding="utf-8")
    import gate.cli.preview as command  # noqa: PLC0415 patched below

    monkeypatch.setattr(
        command, "Options", lambda **given: Options(**{**given, "organisation": root}, root=root, processes=2)
    )  # fmt: skip
    monkeypatch.setattr(
        sys,
        "argv",
        ["slipway", "preview", "--no-checkov", "--today=2026-11-28", f"--output={root / 'out'}", *names],
    )
    with pytest.raises(SystemExit) as leaving:
        cli.main()
    assert leaving.value.code == 2
    out = capsys.readouterr().out
    assert "stack base" in out
    assert ("reports:" in out) == reports, "no report is announced where none was written"


def test_a_folder_appears_whole_or_not_at_all(tmp_path):
    output_folder.write(tmp_path / "a" / "one", {"report.json": "{}", "report.md": "# x"})
    assert sorted(p.name for p in (tmp_path / "a").iterdir()) == ["one"]
    assert (tmp_path / "a" / "one" / "report.md").read_text(encoding="utf-8") == "# x"
    with pytest.raises(GateError, match=r"two cannot be written:"):
        output_folder.write(tmp_path / "a" / "two", {"report.json": "{}", "no/such/folder": ""})
    assert sorted(p.name for p in (tmp_path / "a").iterdir()) == ["one"]


def test_clearing_removes_what_was_there_even_a_file_or_a_link(tmp_path):
    (tmp_path / "file").write_text("pass", encoding="utf-8")
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "kept").touch()
    (tmp_path / "link").symlink_to("elsewhere")
    (tmp_path / "dangling").symlink_to("nowhere")
    for name in ("file", "link", "dangling", "never"):
        output_folder.clear(tmp_path / name)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["elsewhere"]
    assert (tmp_path / "elsewhere" / "kept").exists()


def test_what_a_killed_run_was_writing_is_cleared_too(tmp_path):
    for name in (".one.123", ".other.123"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "report.json").touch()
    output_folder.clear(tmp_path / "one")
    assert [p.name for p in tmp_path.iterdir()] == [".other.123"]
