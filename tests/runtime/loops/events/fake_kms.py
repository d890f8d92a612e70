"""A KMS on loopback that signs with a genuine key, and refuses by the names that KMS has for it."""

import base64
import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import botocore.session
from botocore.config import Config
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

ALIAS = "alias/example-dev-loops-rollout"
ARN = "arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
SPECS = {"ECC_NIST_P256": ec.SECP256R1, "ECC_NIST_P384": ec.SECP384R1}


class Kms:
    """One key behind one alias. ``refuses`` is what every call is answered with while it is set."""

    def __init__(self, usage="SIGN_VERIFY", spec="ECC_NIST_P256"):
        self.usage, self.spec, self.refuses, self.calls = usage, spec, None, []
        self.private = ec.generate_private_key(SPECS[spec]())

    def answer(self, operation, said):
        self.calls.append((operation, said))
        if self.refuses:
            return 400, {"__type": self.refuses, "message": "no"}
        if said["KeyId"] not in (ALIAS, ARN):
            return 400, {"__type": "NotFoundException", "message": "no such key"}
        if operation == "GetPublicKey":
            der = self.private.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
            public = base64.b64encode(der).decode()
            return 200, {"KeyId": ARN, "KeyUsage": self.usage, "KeySpec": self.spec, "PublicKey": public}
        assert (operation, said["MessageType"], said["SigningAlgorithm"]) == (
            "Sign",
            "DIGEST",
            "ECDSA_SHA_256",
        )
        made = self.private.sign(base64.b64decode(said["Message"]), ec.ECDSA(Prehashed(SHA256())))
        return 200, {"KeyId": ARN, "Signature": base64.b64encode(made).decode()}


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        said = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        operation = self.headers["X-Amz-Target"].removeprefix("TrentService.")
        status, found = self.server.kms.answer(operation, said)
        content = json.dumps(found).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_):
        pass


@contextmanager
def serving(kms):
    """A client of the real SDK that speaks to it, with credentials that are none."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.kms = kms
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield botocore.session.get_session().create_client(
            "kms",
            region_name="eu-central-1",
            endpoint_url=f"http://127.0.0.1:{server.server_port}",
            aws_access_key_id="x",
            aws_secret_access_key="y",  # noqa: S106 no secret
            config=Config(retries={"max_attempts": 1}, connect_timeout=2, read_timeout=2),
        )
    finally:
        server.shutdown()
        server.server_close()
