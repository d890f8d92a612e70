"""The layout: blobs by digest, and an index, a manifest and a configuration that name them."""

import hashlib
import json

from tools.runtime_image import layout


def test_a_layout_names_every_blob_by_what_is_in_it(tmp_path):
    digest = layout.write(tmp_path / "image", [b"one", b"two"], "src-1")
    blobs = tmp_path / "image" / "blobs" / "sha256"
    for blob in blobs.iterdir():
        assert hashlib.sha256(blob.read_bytes()).hexdigest() == blob.name
    index = json.loads((tmp_path / "image" / "index.json").read_text(encoding="utf-8"))
    assert [(m["digest"], m["annotations"]) for m in index["manifests"]] == [
        (digest, {"org.opencontainers.image.ref.name": "src-1"})
    ]
    manifest = json.loads((blobs / digest.removeprefix("sha256:")).read_text(encoding="utf-8"))
    wanted = [f"sha256:{hashlib.sha256(c).hexdigest()}" for c in (b"one", b"two")]
    assert [layer["digest"] for layer in manifest["layers"]] == wanted
    config = json.loads(
        (blobs / manifest["config"]["digest"].removeprefix("sha256:")).read_text(encoding="utf-8")
    )
    assert config["rootfs"] == {"type": "layers", "diff_ids": wanted}
    assert config["config"]["User"] == "65532:65532"


def test_what_stood_there_is_gone(tmp_path):
    first = layout.write(tmp_path / "image", [b"one"], "src-1")
    second = layout.write(tmp_path / "image", [b"two"], "src-2")
    kept = {blob.name for blob in (tmp_path / "image" / "blobs" / "sha256").iterdir()}
    assert first.removeprefix("sha256:") not in kept
    assert second.removeprefix("sha256:") in kept
    assert len(kept) == 3
