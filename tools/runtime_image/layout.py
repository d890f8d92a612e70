"""The image as an OCI image layout (image-spec v1.1): blobs by digest, and an index that names the manifest."""

import hashlib
import json
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

USER: Final = "65532:65532"
_INDEX: Final = "application/vnd.oci.image.index.v1+json"
_MANIFEST: Final = "application/vnd.oci.image.manifest.v1+json"
_CONFIG: Final = "application/vnd.oci.image.config.v1+json"
_LAYER: Final = "application/vnd.oci.image.layer.v1.tar"
_NAME: Final = "org.opencontainers.image.ref.name"


def write(target: Path, layers: Iterable[bytes], tag: str) -> str:
    """Write the layout, in place of what stood there; the manifest's digest."""
    partial = target.with_name(f"{target.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    blobs = partial / "blobs" / "sha256"
    blobs.mkdir(parents=True)
    described = [_kept(blobs, content, _LAYER) for content in layers]
    config = _kept(blobs, _json(_config([layer["digest"] for layer in described])), _CONFIG)
    manifest = {"schemaVersion": 2, "mediaType": _MANIFEST, "config": config, "layers": described}
    found = _kept(blobs, _json(manifest), _MANIFEST)
    index = {
        "schemaVersion": 2,
        "mediaType": _INDEX,
        "manifests": [
            {**found, "annotations": {_NAME: tag}, "platform": {"architecture": "amd64", "os": "linux"}}
        ],
    }
    (partial / "index.json").write_bytes(_json(index))
    (partial / "oci-layout").write_bytes(_json({"imageLayoutVersion": "1.0.0"}))
    shutil.rmtree(target, ignore_errors=True)
    partial.rename(target)
    return str(found["digest"])


def _config(diff_ids: list[str]) -> dict[str, Any]:
    return {
        "created": "1970-01-01T00:00:00Z",
        "architecture": "amd64",
        "os": "linux",
        "config": {
            "User": USER,
            "Env": [
                "PATH=/usr/local/bin:/usr/bin:/bin",
                "PYTHONDONTWRITEBYTECODE=1",
                "PYTHONUNBUFFERED=1",
                "PYTHONUTF8=1",
            ],
            "Entrypoint": ["python", "-m", "runtime.download"],
            "WorkingDir": "/",
        },
        "rootfs": {"type": "layers", "diff_ids": diff_ids},
    }


def _kept(blobs: Path, content: bytes, media_type: str) -> dict[str, Any]:
    digest = hashlib.sha256(content).hexdigest()
    (blobs / digest).write_bytes(content)
    return {"mediaType": media_type, "digest": f"sha256:{digest}", "size": len(content)}


def _json(value: dict[str, Any]) -> bytes:
    return json.dumps(value, indent=2, sort_keys=True).encode() + b"\n"
