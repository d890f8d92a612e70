"""A key that never leaves KMS: events are signed there, and verified anywhere by the public half that is committed."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import botocore.session
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_public_key

from releases.event_signature import key_digest
from runtime.loops.ports import UnavailableError

USAGE: Final = "SIGN_VERIFY"
SPEC: Final = "ECC_NIST_P256"
ALGORITHM: Final = "ECDSA_SHA_256"
MESSAGE_TYPE: Final = "DIGEST"
"""KMS gets the digest alone: it takes no message above 4096 bytes, and what an event says is none of its business."""
_HALF: Final = 32
_TIMES: Final = Config(connect_timeout=5, read_timeout=10, retries={"max_attempts": 3, "mode": "standard"})
_WAYS: Final[Mapping[str, str]] = {
    "AccessDeniedException": "this identity may not; the role of the worker and the policy of the key say who may",
    "DisabledException": "the key is disabled: enable it",
    "InvalidKeyUsageException": f"the key is of another use than {USAGE}: name the key of the events",
    "KMSInvalidStateException": "the key cannot sign now; if its deletion is pending: cancel that, and enable it",
    "NotFoundException": "there is no such key in this account and region",
}


def kms_client(region: str) -> Any:
    """Speaks to KMS with the credentials of the pod's own role."""
    return botocore.session.get_session().create_client("kms", region_name=region, config=_TIMES)


@dataclass(frozen=True, kw_only=True)
class KmsKey:
    """One key in KMS (a ``Signer``). It is held by its ARN, so that an alias that moves does not change who signs."""

    client: Any
    arn: str
    public_der: bytes

    @classmethod
    def load(cls, client: Any, name: str) -> "KmsKey":
        """The key with this alias or ARN, and its public half.

        Raises:
            ValueError: it cannot be had, or is none that signs events; the message says why, and the way out.
        """
        try:
            found = _asked(client, "get_public_key", name, {"KeyId": name})
        except UnavailableError as error:
            raise ValueError(str(error)) from None
        if (found["KeyUsage"], found["KeySpec"]) != (USAGE, SPEC):
            raise ValueError(
                f"{name}: should be a key for {USAGE} of {SPEC} (got {found['KeyUsage']} of {found['KeySpec']})"
            )
        return cls(client=client, arn=found["KeyId"], public_der=found["PublicKey"])

    @property
    def public_pem(self) -> bytes:
        return load_der_public_key(self.public_der).public_bytes(
            Encoding.PEM, PublicFormat.SubjectPublicKeyInfo
        )

    @property
    def key(self) -> str:
        return key_digest(self.public_der)

    def sign(self, message: bytes) -> bytes:
        """The signature that KMS made.

        Raises:
            UnavailableError: KMS does not answer, or refuses. People mend either, and the engine asks again.
        """
        words = {
            "KeyId": self.arn,
            "Message": hashlib.sha256(message).digest(),
            "MessageType": MESSAGE_TYPE,
            "SigningAlgorithm": ALGORITHM,
        }
        r, s = decode_dss_signature(_asked(self.client, "sign", self.arn, words)["Signature"])
        return r.to_bytes(_HALF) + s.to_bytes(_HALF)


def _asked(client: Any, operation: str, name: str, words: Mapping[str, Any]) -> Any:
    try:
        return getattr(client, operation)(**words)
    except ClientError as error:
        code = error.response.get("Error", {}).get("Code", "")
        why = _WAYS.get(code) or str(error)
        raise UnavailableError(
            f"{name}: KMS refuses {operation}: {f'{code}: ' if code in _WAYS else ''}{why}"
        ) from None
    except BotoCoreError as error:
        raise UnavailableError(f"{name}: KMS does not answer: {error.__class__.__name__}") from None
