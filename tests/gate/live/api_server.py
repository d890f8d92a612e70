"""A Kubernetes API on loopback, over TLS: it answers listings and objects from a table, and asks for a token."""

import datetime as dt
import ipaddress
import json
import ssl
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


def certificate(folder):
    """A self-signed certificate for 127.0.0.1; the PEM, which is its own authority."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "api")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(dt.datetime(2020, 1, 1, tzinfo=dt.UTC))
        .not_valid_after(dt.datetime(2099, 1, 1, tzinfo=dt.UTC))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / "cert.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return (folder / "cert.pem").read_text(encoding="ascii")


class FakeApi:
    """``objects`` maps a path to an object, or to a list of items; ``refused`` maps a path to a status."""

    def __init__(self, folder, page=500):
        self.objects, self.refused, self.asked, self.tokens, self.page = {}, {}, [], [], page
        self.authority = certificate(folder)
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                outer.answer(self)

            def do_POST(self):
                self.rfile.read(int(self.headers["Content-Length"]))
                outer.answer(self)

            def log_message(self, *_arguments):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.address = f"https://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def answer(self, request):
        path, query = urlsplit(request.path).path, parse_qs(urlsplit(request.path).query)
        self.asked.append(f"{request.command} {path}")
        self.tokens.append(request.headers["Authorization"])
        status, said = 200, self.objects.get(path)
        if path in self.refused:
            status, said = self.refused[path], {"kind": "Status"}
            if status == 302:
                request.send_response(302)
                request.send_header("Location", f"{self.address}/elsewhere")
                request.end_headers()
                return
        elif isinstance(said, list):
            start = int(query.get("continue", ["0"])[0])
            more = start + self.page < len(said)
            metadata = {"continue": str(start + self.page)} if more else {}
            said = {"items": said[start : start + self.page], "metadata": metadata}
        elif said is None:
            status, said = 404, {"kind": "Status"}
        request.send_response(status)
        request.end_headers()
        request.wfile.write(said if isinstance(said, bytes) else json.dumps(said).encode())

    def close(self):
        self.server.shutdown()
        self.server.server_close()
