"""Signing with the person's own ``ssh-keygen``: the private key is never read here."""

import subprocess
import tempfile
from pathlib import Path

from gate.core.errors import GateError
from releases.ssh_signature import NAMESPACE, SshSignatureError, signer

_TIMEOUT_SECONDS = 120
"""Long enough for whoever must touch a key or type a passphrase."""


def sign(key: Path, content: bytes) -> str:
    """The signature of some bytes, as ``ssh-keygen -Y verify`` and the loader take it.

    Args:
        key: a private key's file, or a public one's whose private half an agent holds.
        content: what is signed.

    Raises:
        GateError: there is no such key, ``ssh-keygen`` refuses, or the key is of another kind than ed25519.
    """
    if not key.is_file():
        raise GateError(f"--sign: there is no key {key}")
    with tempfile.TemporaryDirectory(prefix="slipway-sign-") as folder:
        file = Path(folder) / "event.yaml"
        file.write_bytes(content)
        try:
            done = subprocess.run(  # noqa: S603 ssh-keygen, our own arguments
                ["ssh-keygen", "-Y", "sign", "-f", str(key), "-n", NAMESPACE, str(file)],  # noqa: S607 the person's own
                stderr=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                text=True,
                check=False,
                timeout=_TIMEOUT_SECONDS,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise GateError("ssh-keygen cannot be started:", [str(error)]) from None
        if done.returncode != 0:
            last = (done.stderr.strip().splitlines() or ["said nothing"])[-1]
            raise GateError("ssh-keygen did not sign:", [last])
        text = file.with_suffix(".yaml.sig").read_text(encoding="ascii")
    try:
        signer(text, content)
    except SshSignatureError as error:
        raise GateError(f"--sign: {key}: {error}") from None
    return text
