"""The gateway is reached at an address of the cluster, and shows the certificate of its public name."""

import datetime as dt
import http.server
import json
import ssl
import threading

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from runtime.loops.agents.thinking import Gateway
from runtime.loops.ports import UnavailableError

NAME = "models.example.com"
SAID = {"choices": [{"message": {"content": "yes"}}], "usage": {"total_tokens": 3}}


@pytest.fixture
def gateway(tmp_path):
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, NAME)])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder(subject_name=name, issuer_name=name, public_key=key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(minutes=1))
        .not_valid_after(now + dt.timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(NAME)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    public, private = tmp_path / "authority.pem", tmp_path / "key.pem"
    public.write_bytes(certificate.public_bytes(Encoding.PEM))
    private.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    hosts = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            hosts.append(self.headers["Host"])
            self.rfile.read(int(self.headers["Content-Length"]))
            content = json.dumps(SAID).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_words):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    shown = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    shown.load_cert_chain(public, private)
    server.socket = shown.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()

    def reached(hostname, authority=str(public)):
        context = ssl.create_default_context(cafile=authority)
        address = f"https://127.0.0.1:{server.server_port}"
        return Gateway(address, "m", lambda: "t", hostname=hostname, context=context).chat([], 1)

    reached.hosts = hosts
    yield reached
    server.shutdown()
    server.server_close()


def test_its_certificate_and_its_requests_are_of_the_name_that_is_given(gateway):
    assert gateway(NAME).text == "yes"
    assert gateway.hosts == [NAME]


def test_another_name_or_an_unknown_authority_is_no_gateway(gateway):
    for wrong in ({"hostname": ""}, {"hostname": "other.example.com"}, {"hostname": NAME, "authority": None}):
        with pytest.raises(UnavailableError, match="SSLCertVerificationError"):
            gateway(**wrong)
    assert gateway.hosts == []
