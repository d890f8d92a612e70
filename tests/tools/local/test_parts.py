"""The processes of a run."""

from tools.local.layout import Layout, Ports
from tools.local.parts import folder_of, parts
from tools.local.programs import Programs

PROGRAMS = Programs(
    envoy="/envoy", temporal="/temporal", prometheus="/prometheus", promtool="/promtool",
    alertmanager="/alertmanager", serving="/serving", worker="/worker",
)  # fmt: skip


def made(tmp_path):
    return parts(PROGRAMS, Layout(tmp_path), Ports.from_base(20000))


def test_callers_come_when_everything_else_is_ready(tmp_path):
    waves = {part.name: part.wave for part in made(tmp_path)}
    assert waves == {
        "minilm-v1": 0, "minilm-v2": 0, "gateway": 0, "alertmanager": 0, "prometheus": 0, "temporal": 0,
        "worker": 1, "receiver": 1, "callers": 2,
    }  # fmt: skip


def test_every_port_is_given_to_one_process_that_listens_on_loopback(tmp_path):
    commands = {part.name: " ".join(part.command) for part in made(tmp_path)}
    listening = {
        "minilm-v1": "--port 20002", "minilm-v2": "--port 20003", "alertmanager": "127.0.0.1:20005",
        "prometheus": "127.0.0.1:20004", "temporal": "--ip 127.0.0.1 --port 20006 --ui-port 20007",
        "receiver": "--host 127.0.0.1 --port 20008", "callers": "--gateway 20000 --port 20009",
    }  # fmt: skip
    assert {name: said in commands[name] for name, said in listening.items()} == dict.fromkeys(
        listening, True
    )


def test_a_model_uses_one_core(tmp_path):
    models = [part for part in made(tmp_path) if part.name.startswith("minilm")]
    assert [part.variables["OPENBLAS_NUM_THREADS"] for part in models] == ["1", "1"]


def test_the_screen_says_what_each_is_not(tmp_path):
    said = {part.name: part.what for part in made(tmp_path)}
    assert "no mesh" in said["gateway"]
    assert "no controller" in said["minilm-v1"]
    assert "forward pass in NumPy" in said["minilm-v1"]
    assert "a cluster has one for each" in said["worker"]


def test_a_worker_is_ready_when_it_says_so(tmp_path):
    layout = Layout(tmp_path)
    layout.logs.mkdir()
    worker = next(part for part in made(tmp_path) if part.name == "worker")
    assert not worker.is_ready()
    (layout.logs / "worker.log").write_text("works on rollout, remedy at 127.0.0.1:20006\n")
    assert worker.is_ready()


def test_prometheus_runs_beside_its_files(tmp_path):
    layout = Layout(tmp_path)
    folders = {part.name: folder_of(part, layout) for part in made(tmp_path)}
    assert folders["prometheus"] == folders["alertmanager"] == str(tmp_path / "metrics")
