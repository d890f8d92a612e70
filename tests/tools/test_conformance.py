"""What the tool does around the server: order, verdicts, negative controls, and nothing left behind.

That a real server refuses is shown by the tool itself, on every run: its negative controls.
"""

import json
import re
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from components.foundation.well_known import KUBERNETES_VERSION
from policies.engine.graph import UNKNOWN, Graph, Resource
from tests.captured import captured
from tools.conformance import __main__ as tool
from tools.conformance import binaries, definitions, server
from tools.conformance.client import Answer
from tools.conformance.cluster import Outcome, Subject, apply_all
from tools.conformance.controls import CONTROLS, Controls
from tools.conformance.errors import ConformanceError
from tools.conformance.order import waves
from tools.conformance.table import Compared
from tools.conformance.validators import Validated


def made(name, kind="ConfigMap", after=(), **fields):
    manifest = {"apiVersion": "v1", "kind": kind, "metadata": {"name": name}, **fields}
    return Resource(
        urn=f"urn:{name}",
        type=f"kubernetes:core/v1:{kind}",
        name=name,
        inputs=manifest,
        dependencies=frozenset(f"urn:{other}" for other in after),
    )


class Server:
    """Takes what it is told to take, and remembers in which order."""

    def __init__(self, says=lambda _manifest: ""):
        self.says = says
        self.there = []
        self.log = []

    def apply(self, manifest):
        name = manifest["metadata"]["name"]
        self.log.append(f"+{name}")
        is_new = name not in self.there
        self.there.append(name)
        return Answer(created=is_new, message=self.says(manifest))

    def delete(self, manifest):
        self.log.append(f"-{manifest['metadata']['name']}")
        if manifest["metadata"]["name"] in self.there:
            self.there.remove(manifest["metadata"]["name"])

    def wait_served(self, definitions):
        self.log += [f"wait {d['metadata']['name']}" for d in definitions]


def applied(server, *subjects):
    return list(apply_all(subjects, server, lambda subject: server.log.append(f"done {subject.stack}")))


def test_an_object_comes_after_everything_it_waits_for_also_through_other_resources():
    chart = Resource(urn="urn:chart", type="kubernetes:helm.sh/v3:Release", name="chart", inputs={},
                     dependencies=frozenset({"urn:namespace"}))  # fmt: skip
    graph = Graph(
        [
            made("route", after=["chart"]),
            chart,
            made("other"),
            made("namespace", after=["base"]),
            made("base"),
        ]
    )
    assert [sorted(r.name for r in wave) for wave in waves(graph)] == [
        ["base", "other"],
        ["namespace"],
        ["route"],
    ]


def test_every_object_of_a_stack_is_applied_once():
    graph = captured("dev").graph
    named = [r.urn for wave in waves(graph) for r in wave]
    assert sorted(named) == sorted(r.urn for r in graph if r.object is not None)


def definition(kind="Kind", name="kind"):
    return made(name, kind="CustomResourceDefinition", spec={"group": "g", "names": {"kind": kind}})


def test_stacks_stand_on_their_upstream_alone_and_go_before_the_next_one_comes():
    server = Server()
    outcomes = applied(
        server,
        Subject(stack="base", graph=Graph([definition(), made("b", after=["kind"])])),
        Subject(stack="alone", graph=Graph([made("x")])),
        Subject(stack="above", graph=Graph([made("y")]), upstream="base"),
        Subject(stack="beside", graph=Graph([made("y")]), upstream="base"),
    )
    assert " ".join(server.log) == (
        "+kind wait kind +b done base +y done above -y +y done beside -y -b +x done alone -x"
    )
    assert [(o.stack, o.objects, o.refusals) for o in outcomes] == [
        ("base", 2, []), ("above", 1, []), ("beside", 1, []), ("alone", 1, []),
    ]  # fmt: skip


def custom(name="one", after=()):
    manifest = {"apiVersion": "g/v1", "kind": "Kind", "metadata": {"name": name}}
    return Resource(
        urn=f"urn:{name}", type="kubernetes:g/v1:Kind", name=name, inputs=manifest,
        dependencies=frozenset(f"urn:{other}" for other in after),
    )  # fmt: skip


def test_a_definition_that_another_stack_left_is_none_of_this_stack():
    """Definitions stay on the server; who did not make one, or not before its objects, is refused all the same."""
    outcomes = applied(
        Server(),
        Subject(stack="base", graph=Graph([definition(), custom(after=["kind"])])),
        Subject(stack="above", graph=Graph([custom("two")]), upstream="base"),
        Subject(stack="again", graph=Graph([definition(), custom(after=["kind"])])),
        Subject(stack="early", graph=Graph([definition(), custom()])),
        Subject(stack="without", graph=Graph([custom()])),
        Subject(stack="twice", graph=Graph([definition()])),
        Subject(stack="thrice", graph=Graph([definition()]), upstream="twice"),
    )
    unserved = "Kind/one: no such kind on this server: g/v1 Kind"
    assert {o.stack: o.refusals for o in outcomes} == {
        "base": [],
        "above": [],
        "again": [],
        "early": [f"early: {unserved}"],
        "without": [f"without: {unserved}"],
        "twice": [],
        "thrice": ["thrice: CustomResourceDefinition/kind: this stack, or what it stands on, makes it twice"],
    }


def test_refusals_stop_nothing_and_an_object_made_twice_is_one():
    server = Server(lambda m: "spec.port: Invalid value" if m["metadata"]["name"] == "bad" else "")
    twice = made("good", after=["bad"])
    again = Resource(
        urn="urn:again",
        type=twice.type,
        name="again",
        inputs=twice.inputs,
        dependencies=frozenset({twice.urn}),
    )
    (outcome,) = applied(server, Subject(stack="dev", graph=Graph([made("bad"), twice, again])))
    assert outcome.refusals == [
        "dev: ConfigMap/bad: spec.port: Invalid value",
        "dev: ConfigMap/good: this stack, or what it stands on, makes it twice",
    ]
    assert outcome.kinds == {"ConfigMap": 3}


def test_a_value_nobody_knows_is_a_fault():
    with pytest.raises(
        ConformanceError, match=r"ConfigMap x: holds a value that nobody knows before the stack is up$"
    ):
        applied(Server(), Subject(stack="dev", graph=Graph([made("x", data={"k": UNKNOWN})])))


def outcome(refusals=(), objects=2):
    return Outcome(
        stack="dev", kinds={"Pod": objects}, refusals=refusals, warnings=["dev: Pod/a: old"], seconds=1.25
    )


def said(refused):
    asked = "1 of them asked of upstream's validators"
    counts = f"2 objects of 1 kinds applied, {asked}, {refused} refused, 4 controls refused as they must be"
    return f"conformance: {counts}, 3 s"


class Passed(Controls):
    def problems(self):
        return []


@pytest.mark.parametrize(
    ("outcomes", "controls", "refusals", "faults", "code", "last"),
    [
        ([outcome()], Passed(), [], [], 0, said(refused=0)),
        ([outcome(["dev: Pod/a: no"])], Passed(), [], [], 1, said(refused=1)),
        ([outcome()], Passed(), ["dev: ScaledObject/a: kserve: no"], [], 1, said(refused=1)),
        ([outcome()], Passed(), [], ["a: should be taken"], 2, "conformance: nothing is proved"),
        ([outcome(["dev: Pod/a: no"])], Controls(), [], [], 2, "conformance: nothing is proved"),
        ([outcome(), outcome(objects=0)], Passed(), [], [], 2, "conformance: nothing is proved: no objects in dev"),
        ([], Passed(), [], [], 2, "conformance: nothing is proved"),
    ],
)  # fmt: skip
def test_verdicts(capsys, *, outcomes, controls, refusals, faults, code, last):
    validated = Validated(refusals=refusals, kinds=Counter({"keda.sh/v1alpha1 ScaledObject": 1}))
    assert tool.show(outcomes, controls, validated, Compared(refused=4, problems=faults), 3.2) == code
    assert capsys.readouterr().out.splitlines()[-1] == last


def test_a_server_that_takes_everything_proves_nothing():
    controls = Controls()
    controls.run(captured("dev").graph, Server())
    kinds = {r.object["kind"] for r in captured("dev").graph if r.object is not None}
    assert sorted(controls.problems()) == sorted(
        [
            *(f"an unknown field in {kind}: was accepted" for kind in kinds),
            *(f"{c.name}: was accepted" for c in CONTROLS),
        ]
    )


def test_a_control_that_finds_nothing_to_spoil_or_other_words_is_no_proof():
    controls = Controls()
    controls.run(Graph([made("a")]), Server(lambda _manifest: "quota exceeded"))
    assert controls.problems()[0] == (
        "an unknown field in ConfigMap: should be refused with 'notAFieldOfAnyKind' (got 'quota exceeded')"
    )
    assert controls.problems()[1:] == [f"{c.name}: no stack has a {c.kind} to try it on" for c in CONTROLS]
    assert controls.refused == 0


def test_without_go_nothing_is_proved(monkeypatch, capsys):
    monkeypatch.setenv("PATH", "/nowhere")
    assert tool.main(["dev"]) == 2
    assert "Go is not installed" in capsys.readouterr().err


def test_a_module_that_cannot_be_fetched_is_a_fault(monkeypatch, tmp_path):
    monkeypatch.setattr(definitions, "CACHE", tmp_path)
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(ConformanceError, match=r"^github.com/kserve/kserve v\S+ cannot be fetched: .*'go'$"):
        definitions.definitions(lambda _text: None)
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_stack_is_a_fault(capsys):
    assert tool.main(["dve"]) == 2
    assert "dve: no such stack; there are dev, " in capsys.readouterr().err


def test_the_server_is_the_one_the_cluster_runs():
    text = (binaries.HERE / "go.mod").read_text(encoding="utf-8")
    assert re.findall(r"^require k8s\.io/kubernetes (\S+)", text, re.MULTILINE) == [binaries.KUBERNETES]
    staging = dict(re.findall(r"^\t(k8s\.io/\S+) => \1 (\S+)$", text, re.MULTILINE))
    assert len(staging) > 25
    assert {name: v for name, v in staging.items() if v != binaries.KUBERNETES.replace("v1.", "v0.")} == {}
    assert binaries.KUBERNETES.startswith(f"v{KUBERNETES_VERSION}.")


def test_what_runs_ends_with_the_one_who_asked_for_it(tmp_path):
    """The keeper sees its input end, as it does when the tool is killed."""
    folder = tmp_path / "run"
    folder.mkdir()
    keeper = subprocess.Popen(  # noqa: S603 our own program
        [sys.executable, "-I", str(binaries.HERE / "keeper.py"), str(folder)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    says = f"import os, time; open({str(tmp_path / 'pid')!r}, 'w').write(str(os.getpid())); time.sleep(600)"
    keeper.stdin.write(json.dumps([[str(folder / "log"), sys.executable, "-c", says]]) + "\n")
    keeper.stdin.flush()
    assert keeper.stdout.readline() == "ok\n"
    until = time.monotonic() + 30
    while not (tmp_path / "pid").exists() or not (tmp_path / "pid").read_text(encoding="utf-8"):
        assert time.monotonic() < until
        time.sleep(0.02)
    pid = int((tmp_path / "pid").read_text(encoding="utf-8"))
    keeper.communicate(timeout=30)
    assert not Path(f"/proc/{pid}").exists()
    assert not folder.exists()


def test_one_that_is_killed_may_be_started_again(tmp_path):
    run, log, times = tmp_path / "run", str(tmp_path / "log"), tmp_path / "times"
    run.mkdir()
    says = f"import time; open({str(times)!r}, 'a').write('x'); time.sleep(600)"
    command = [log, sys.executable, "-c", says]
    with server.keeper_of(run) as keeper:
        for number in (1, 2):
            server.start(keeper, [command])
            until = time.monotonic() + 30
            while not times.exists() or times.read_text(encoding="utf-8") != "x" * number:
                assert time.monotonic() < until
                time.sleep(0.02)
            server.kill(keeper, command)
        with pytest.raises(ConformanceError, match=r"^the server could not be killed: "):
            server.kill(keeper, command)
    assert not run.exists()
