"""What is read out of the engine's own log."""

import subprocess
import sys

from tools.rehearsal.engine import Operation, Run, _end_left, _errors, _events, _operations, heard
from tools.rehearsal.home import Home
from tools.rehearsal.stages import counted, unexpected

URN = "urn:pulumi:dev::slipway::slipway:network:Network$aws:ec2/vpc:Vpc::network-vpc"


def event(at, kind, op="create", urn=URN):
    return {"timestamp": at, kind: {"metadata": {"op": op, "urn": urn}}}


def test_an_operation_lasts_from_its_beginning_to_its_outputs_and_counts_once():
    events = [event(10, "resourcePreEvent"), event(14, "resOutputsEvent")]
    (found,) = _operations([*events, event(14, "resOutputsEvent")], "resOutputsEvent")
    assert (found.op, found.type, found.name, found.seconds) == (
        "create",
        "aws:ec2/vpc:Vpc",
        "network-vpc",
        4.0,
    )


def test_the_half_line_of_an_engine_that_was_killed_is_left_out(tmp_path):
    log = tmp_path / "events"
    log.write_text('{"timestamp": 1}\n{"timest', encoding="utf-8")
    assert list(_events(log)) == [{"timestamp": 1}]
    assert list(_events(tmp_path / "none")) == []


def test_errors_name_the_resource_and_else_the_last_lines_stand_for_them():
    said = {"severity": "error", "urn": URN, "message": "creating:\n  no\n"}
    assert _errors([{"diagnosticEvent": said}, {"diagnosticEvent": {"severity": "info"}}], "x") == [
        "network-vpc: creating: no"
    ]
    assert _errors([], "a\n\nb\n") == ["a", "b"]


def test_what_was_not_expected_is_named():
    events = [
        event(1, "resOutputsEvent"),
        event(2, "resOutputsEvent", "same"),
        event(3, "resOutputsEvent", "delete"),
    ]
    run = Run(command="pulumi up", code=0, seconds=1, operations=_operations(events, "resOutputsEvent"))
    assert counted(run) == "create 1, delete 1, same 1"
    assert unexpected(run, ["create"]) == ["delete aws:ec2/vpc:Vpc network-vpc"]


LATE = (
    "Detected that /x/pulumi-resource-kubernetes exited prematurely. This is *always* a bug in the provider."
)


def test_a_kubernetes_provider_that_is_late_to_answer_its_end_fails_no_run():
    assert heard(255, [], [LATE]) == (0, [])


def test_it_does_where_something_failed_or_another_error_was_said():
    failed = [Operation(op="create", urn="urn:pulumi:dev::p::t::n", seconds=0)]
    assert heard(255, failed, [LATE]) == (255, [LATE])
    assert heard(255, [], [LATE, "update failed"]) == (255, [LATE, "update failed"])
    assert heard(255, [], []) == (255, [])
    other = LATE.replace("kubernetes", "aws")
    assert heard(255, [], [other]) == (255, [other])


def test_it_hides_no_change_that_was_not_expected():
    said = "error: no changes were expected for refresh but changes were proposed\n"
    assert heard(255, [], [LATE], said) == (255, [LATE])


def test_a_plugin_that_outlives_its_engine_is_ended_and_no_other(tmp_path):
    def started(folder):
        return subprocess.Popen(
            [sys.executable, "-c", "import time; time.sleep(60)"],
            env={"PULUMI_HOME": str(tmp_path / folder / "pulumi")},
            start_new_session=True,
        )

    with started("own") as own, started("other") as other:
        _end_left(Home(tmp_path / "own"))
        assert own.wait(10) == -9
        assert other.poll() is None
        other.kill()
