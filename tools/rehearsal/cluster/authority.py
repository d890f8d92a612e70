"""The certificates of one rehearsal: an authority of its own, and what it signs for servers on loopback."""

import base64
import datetime as dt
import ipaddress
import threading
from collections.abc import Sequence
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

_DAYS = 2


class Authority:
    """Signs a certificate for any set of names; each is kept as files in its folder."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._lock = threading.Lock()
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "rehearsal")])
        self._certificate = (
            _begun(self._name, self._name, self._key.public_key())
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .sign(self._key, hashes.SHA256())
        )
        self.certificate = folder / "authority.pem"
        self.certificate.write_bytes(_pem(self._certificate))

    @property
    def data(self) -> str:
        """The authority's certificate as Kubernetes writes one: base64 of its PEM."""
        return base64.b64encode(_pem(self._certificate)).decode()

    def sign(self, names: Sequence[str]) -> tuple[Path, Path]:
        """A certificate for these names and addresses, and its key; the same ones for the same names."""
        stem = self._folder / names[0].replace("*", "any")
        certificate, key = stem.with_name(f"{stem.name}.pem"), stem.with_name(f"{stem.name}.key")
        with self._lock:
            if not key.exists():
                made = ec.generate_private_key(ec.SECP256R1())
                subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0][:64])])
                signed = (
                    _begun(subject, self._name, made.public_key())
                    .add_extension(
                        x509.SubjectAlternativeName([_general(name) for name in names]), critical=False
                    )
                    .sign(self._key, hashes.SHA256())
                )
                certificate.write_bytes(_pem(signed))
                key.write_bytes(private(made))
        return certificate, key


def account_key(path: Path) -> Path:
    """A new key with which service accounts' tokens are signed."""
    path.write_bytes(private(rsa.generate_private_key(65537, 2048)))
    return path


def private(key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.NoEncryption(),
    )


def _begun(subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey) -> x509.CertificateBuilder:
    now = dt.datetime.now(dt.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(hours=1))
        .not_valid_after(now + dt.timedelta(days=_DAYS))
    )


def _general(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)
