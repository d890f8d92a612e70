"""Charts as Helm pulls them: from an index, and as OCI images, over HTTPS through the proxy."""

import io
import json
import ssl
import tarfile
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from facts.pins import charts
from tools.rehearsal.cluster.authority import Authority
from tools.rehearsal.cluster.charts import Packed, stand_in, stand_ins
from tools.rehearsal.cluster.registry import Registries, digest


@pytest.fixture(scope="module")
def served(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[Registries, urllib.request.OpenerDirector]]:
    folder = tmp_path_factory.mktemp("charts")
    archives = [Packed(pin, stand_in(pin, [])) for pin in charts().values()]
    authority = Authority(folder / "authority")
    registries = Registries(archives, authority)
    trust = ssl.create_default_context(cafile=str(authority.certificate))
    proxy = urllib.request.ProxyHandler({"https": registries.address})
    yield registries, urllib.request.build_opener(proxy, urllib.request.HTTPSHandler(context=trust))
    registries.close()


def test_an_index_names_the_pinned_version_and_where_it_lies(
    served: tuple[Registries, urllib.request.OpenerDirector],
) -> None:
    registries, opener = served
    with opener.open("https://kedacore.github.io/charts/index.yaml") as answer:
        text = answer.read().decode()
    assert "https://kedacore.github.io/charts/keda-2.18.0.tgz" in text
    with opener.open("https://kedacore.github.io/charts/keda-2.18.0.tgz") as answer:
        assert answer.read() == stand_in(charts()["keda"], [])
    assert registries.pulls["kedacore.github.io/charts/keda-2.18.0.tgz"] == 1


def test_an_image_of_a_chart_is_pulled_by_its_tag_and_its_digests(
    served: tuple[Registries, urllib.request.OpenerDirector],
) -> None:
    _, opener = served
    base = "https://registry-1.docker.io/v2/envoyproxy/gateway-helm"
    with opener.open(f"{base}/manifests/v1.8.1") as answer:
        manifest = answer.read()
        assert answer.headers["Docker-Content-Digest"] == digest(manifest)
    layer = json.loads(manifest)["layers"][0]
    with opener.open(f"{base}/blobs/{layer['digest']}") as answer:
        blob = answer.read()
    assert (digest(blob), len(blob)) == (layer["digest"], layer["size"])


def test_what_no_pin_names_is_not_there(served: tuple[Registries, urllib.request.OpenerDirector]) -> None:
    _, opener = served
    with pytest.raises(urllib.error.HTTPError, match="404"):
        opener.open("https://charts.jetstack.io/other-1.0.0.tgz")


def test_a_stand_in_says_what_it_is_and_keeps_templates_of_definitions_as_they_are() -> None:
    definition = {"metadata": {"name": "things.keda.sh"}, "spec": {"text": "{{ not Helm's }}"}}
    archive = stand_in(charts()["keda"], [definition])
    with tarfile.open(fileobj=io.BytesIO(archive)) as packed:
        names = packed.getnames()
        marker = packed.extractfile("keda/templates/stand-in.json")
        other = packed.extractfile("keda/templates/things.keda.sh.json")
        assert marker is not None
        assert other is not None
        assert json.loads(marker.read())["data"]["holds"] == "nothing of the chart"
        assert b'{{ "{{" }} not Helm' in other.read()
    assert names == ["keda/Chart.yaml", "keda/templates/stand-in.json", "keda/templates/things.keda.sh.json"]


def test_which_charts_are_stood_in_for() -> None:
    assert stand_ins() == [
        "dcgm-exporter",
        "keda",
        "kube-prometheus-stack",
        "opentelemetry-collector",
        "opentelemetry-node-collector",
    ]


def test_one_name_has_one_certificate(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    first = authority.sign(["a.b.svc", "127.0.0.1"])
    text = first[0].read_bytes()
    assert authority.sign(["a.b.svc", "127.0.0.1"]) == first
    assert first[0].read_bytes() == text
