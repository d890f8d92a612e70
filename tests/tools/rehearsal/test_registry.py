"""What the stand-in says to Helm."""

import http.client
import io
import ssl
import subprocess
import tarfile
from datetime import date

import pytest
import yaml

from facts.pins import Chart, charts
from tools.rehearsal.registry import answers, packed, registry

READ = date(2026, 11, 29)
WEB = Chart(chart="a", version="1.0.0", repository="https://charts.example.com/stable", source="s", read=READ)
OCI = Chart(chart="b", version="v2.0.0", repository="oci://docker.io/org", source="s", read=READ)


def test_a_chart_that_is_not_to_be_had_is_an_empty_one_of_its_name_and_version():
    with tarfile.open(fileobj=io.BytesIO(packed("keda", "2.18.0", None))) as archive:
        assert archive.getnames() == ["keda/Chart.yaml"]
        said = yaml.safe_load(archive.extractfile("keda/Chart.yaml"))
    assert said == {"apiVersion": "v2", "name": "keda", "version": "2.18.0"}


def test_both_kinds_of_registries_know_their_charts():
    found = answers([(WEB, b"web"), (OCI, b"oci")])
    index = yaml.safe_load(found["charts.example.com", "/stable/index.yaml"].body)
    (url,) = index["entries"]["a"][0]["urls"]
    assert url == "https://charts.example.com/stable/a-1.0.0.tgz"
    assert found["charts.example.com", "/stable/a-1.0.0.tgz"].body == b"web"
    manifest = found["registry-1.docker.io", "/v2/org/b/manifests/v2.0.0"]
    layer = yaml.safe_load(manifest.body)["layers"][0]
    assert found["registry-1.docker.io", f"/v2/org/b/blobs/{layer['digest']}"].body == b"oci"


def test_every_pinned_chart_has_an_answer():
    pins = list(charts().values())
    found = answers([(pin, packed(pin.chart, pin.version, None)) for pin in pins])
    names = {path for _, path in found}
    assert [p.chart for p in pins if not any(f"/{p.chart}" in name for name in names)] == []


@pytest.fixture
def certificate(tmp_path):
    subprocess.run(  # noqa: S603 a certificate of this test
        [
            *(
                "openssl",
                "req",
                "-x509",
                "-newkey",
                "rsa:2048",
                "-nodes",
                "-keyout",
                "key.pem",
                "-out",
                "cert.pem",
            ),
            *("-days", "2", "-subj", "/CN=t", "-addext", "subjectAltName=DNS:charts.example.com"),
        ],
        cwd=tmp_path,
        check=True,
        capture_output=True,
    )
    return tmp_path / "cert.pem"


def test_it_answers_through_the_tunnel_and_tells_what_it_lacks(certificate):
    found = answers([(WEB, b"web")])
    with registry(found, certificate, certificate.with_name("key.pem")) as (port, lost):
        trust = ssl.create_default_context(cafile=str(certificate))

        def asked(path):
            tunnel = http.client.HTTPSConnection("127.0.0.1", port, timeout=10, context=trust)
            tunnel.set_tunnel("charts.example.com", 443)
            tunnel.request("GET", path)
            answer = tunnel.getresponse()
            body = answer.read()
            tunnel.close()
            return answer.status, body

        assert asked("/stable/a-1.0.0.tgz") == (200, b"web")
        assert asked("/stable/c-1.0.0.tgz") == (404, b"{}")
    assert lost == ["charts.example.com/stable/c-1.0.0.tgz"]
