"""One file of a release on its way into a store: the commands of the AWS CLI, and the digests S3 computes of it."""

import base64
import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_ONE_PUT_BYTES: Final = 5 * 2**30
"""S3 takes an object of this size in one request, and computes its SHA-256; a larger one comes in parts, and S3 has the
digest of the parts' digests (S3 user guide, "Checking object integrity", read 2026-11-29)."""


@dataclass(frozen=True)
class Upload:
    """One file: where it lies, where it goes, and its digest as S3 says it."""

    source: Path
    name: str
    bucket: str
    key: str
    sha256: str

    @property
    def is_whole(self) -> bool:
        """Whether one request takes it, so that S3 compares the digest before it keeps the file."""
        return self.source.stat().st_size <= _ONE_PUT_BYTES

    @property
    def checksum(self) -> str:
        return base64.b64encode(bytes.fromhex(self.sha256)).decode()

    @property
    def place(self) -> list[str]:
        return ["--bucket", self.bucket, "--key", self.key]

    @property
    def address(self) -> str:
        return f"s3://{self.bucket}/{self.key}"

    @property
    def put(self) -> list[str]:
        """The command that uploads it; S3 refuses what has another digest, and what is there already."""
        if not self.is_whole:
            return [
                "aws",
                "s3",
                "cp",
                str(self.source),
                self.address,
                "--checksum-algorithm",
                "SHA256",
                "--no-progress",
            ]
        body = ["--body", str(self.source), "--checksum-sha256", self.checksum, "--if-none-match", "*"]
        return ["aws", "s3api", "put-object", *self.place, *body]

    @property
    def ask(self) -> list[str]:
        """The command that says what S3 computed of what lies there; only readers of the bucket may."""
        said = ["--checksum-mode", "ENABLED", "--query", "ChecksumSHA256", "--output", "text"]
        return ["aws", "s3api", "head-object", *self.place, *said]

    @property
    def ask_part(self) -> list[str]:
        """The command that says how large the parts are in which it came: all but the last are as the first."""
        said = ["--part-number", "1", "--query", "ContentLength", "--output", "text"]
        return ["aws", "s3api", "head-object", *self.place, *said]

    def digests(self, part: int) -> tuple[str, str]:
        """Of the file as it is now: its own, and what S3 computes of parts of a size, the digest of their digests."""
        whole, parts = hashlib.sha256(), hashlib.sha256()
        with self.source.open("rb") as file:
            while read := file.read(part):
                whole.update(read)
                parts.update(hashlib.sha256(read).digest())
        return whole.hexdigest(), base64.b64encode(parts.digest()).decode()
