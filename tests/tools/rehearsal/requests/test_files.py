"""Files, variables and rights of a container in a rehearsal."""

import base64

import pytest

from tools.rehearsal.requests.container import Rights, rights_of
from tools.rehearsal.requests.images import as_simulator, name_of
from tools.rehearsal.requests.variables import command_of, variables
from tools.rehearsal.requests.volumes import NotThereError, Volumes


class Server:
    """An API server that has a ConfigMap and a Secret, and gives tokens."""

    def __init__(self):
        self.held = {
            "/api/v1/namespaces/edge/configmaps/settings": {"data": {"a.yaml": "a", "b.yaml": "b"}},
            "/api/v1/namespaces/edge/secrets/key": {"data": {"tls.key": base64.b64encode(b"k").decode()}},
        }
        self.asked = []

    def get(self, path):
        return self.held.get(path, {})

    def send(self, method, path, body):
        self.asked.append((method, path, body))
        return 201, {"status": {"token": "t"}}


def pod(*volumes, **spec):
    meta = {"namespace": "edge", "name": "proxy-1", "uid": "u", "labels": {"app": "proxy"}}
    return {"metadata": meta, "spec": {"serviceAccountName": "proxy", "volumes": list(volumes), **spec}}


def test_configuration_secrets_and_tokens_are_files(tmp_path):
    server = Server()
    projected = {
        "name": "both",
        "projected": {
            "sources": [
                {"secret": {"name": "key"}},
                {"serviceAccountToken": {"path": "token", "audience": "gateway"}},
                {
                    "downwardAPI": {
                        "items": [{"path": "labels", "fieldRef": {"fieldPath": "metadata.labels"}}]
                    }
                },
            ]
        },
    }
    some = {"name": "some", "configMap": {"name": "settings", "items": [{"key": "a.yaml", "path": "c.yaml"}]}}
    Volumes(server, pod(projected, some, {"name": "tmp", "emptyDir": {}}), "10.244.1.2", tmp_path).refresh()
    files = {
        str(path.relative_to(tmp_path)): path.read_text() for path in tmp_path.rglob("*") if path.is_file()
    }
    assert files == {"both/tls.key": "k", "both/token": "t", "both/labels": 'app="proxy"', "some/c.yaml": "a"}
    assert (tmp_path / "tmp").stat().st_mode & 0o777 == 0o777
    ((method, path, body),) = server.asked
    assert (method, path) == ("POST", "/api/v1/namespaces/edge/serviceaccounts/proxy/token")
    assert body["spec"]["audiences"] == ["gateway"]
    assert body["spec"]["boundObjectRef"] == {
        "kind": "Pod",
        "apiVersion": "v1",
        "name": "proxy-1",
        "uid": "u",
    }


def test_files_follow_what_they_are_made_of(tmp_path):
    server = Server()
    volumes = Volumes(server, pod({"name": "all", "configMap": {"name": "settings"}}), "10.244.1.2", tmp_path)
    volumes.refresh()
    server.held["/api/v1/namespaces/edge/configmaps/settings"]["data"]["a.yaml"] = "new"
    volumes.refresh()
    assert (tmp_path / "all/a.yaml").read_text() == "new"


def test_what_is_missing_is_waited_for_unless_it_is_optional(tmp_path):
    asked = {"name": "gone", "secret": {"secretName": "gone"}}
    with pytest.raises(NotThereError, match='secret "gone" not found'):
        Volumes(Server(), pod(asked), "10.244.1.2", tmp_path).refresh()
    optional = {"name": "gone", "secret": {"secretName": "gone", "optional": True}}
    Volumes(Server(), pod(optional), "10.244.1.2", tmp_path).refresh()


def test_variables_come_from_everywhere_and_stand_in_arguments():
    container = {
        "command": ["serve", "$(NAME)", "$(UNKNOWN)"],
        "args": ["--at=$(ADDRESS)"],
        "envFrom": [{"configMapRef": {"name": "settings"}}],
        "env": [
            {"name": "NAME", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}},
            {"name": "ADDRESS", "valueFrom": {"fieldRef": {"fieldPath": "status.podIP"}}},
            {"name": "KEY", "valueFrom": {"secretKeyRef": {"name": "key", "key": "tls.key"}}},
            {"name": "BOTH", "value": "$(NAME)/$(KEY)"},
        ],
    }
    found = variables(Server(), pod(), container, "10.244.1.2")
    assert {name: found[name] for name in ("NAME", "ADDRESS", "KEY", "BOTH", "a.yaml")} == {
        "NAME": "proxy-1",
        "ADDRESS": "10.244.1.2",
        "KEY": "k",
        "BOTH": "proxy-1/k",
        "a.yaml": "a",
    }
    assert command_of(container, (), found) == ["serve", "proxy-1", "$(UNKNOWN)", "--at=10.244.1.2"]
    assert command_of({"args": ["x"]}, ("/entry",), found) == ["/entry", "x"]


@pytest.mark.parametrize(
    ("own", "theirs", "rights"),
    [
        ({}, {"runAsUser": 999, "runAsGroup": 998}, Rights(user=999, group=998, keeps_capabilities=False)),
        ({"runAsUser": 7}, {"runAsUser": 999}, Rights(user=7, group=7, keeps_capabilities=False)),
        ({"runAsNonRoot": True}, {}, Rights(user=65532, group=65532, keeps_capabilities=False)),
        ({"runAsUser": 0}, {}, Rights(user=0, group=0, keeps_capabilities=True)),
        (
            {"runAsUser": 0, "capabilities": {"drop": ["ALL"]}},
            {},
            Rights(user=0, group=0, keeps_capabilities=False),
        ),
    ],
)
def test_a_container_runs_as_its_security_context_says(own, theirs, rights):
    assert rights_of(pod(securityContext=theirs), {"securityContext": own}) == rights


def test_images_are_known_by_their_last_name():
    assert name_of("docker.io/envoyproxy/envoy:distroless-v1.38.1") == "envoy"
    assert (
        name_of("111122223333.dkr.ecr.eu-central-1.amazonaws.com/example-dev/runtime:src-1@sha256:ab")
        == "runtime"
    )


def test_vllm_is_played_by_its_simulator():
    words = ["vllm", "serve", "/mnt/models", "--port", "8000", "--served-model-name", "chat", "--max-model-len", "8192",
             "--tensor-parallel-size", "1"]  # fmt: skip
    assert as_simulator(words) == [
        *("/app/simulator", "--mode", "echo", "--port", "8000", "--served-model-name", "chat"),
        *("--max-model-len", "8192", "--model", "chat"),
    ]
