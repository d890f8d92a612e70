"""Wheels: by hash, and only such as are unpacked to one place."""

import hashlib
import io
import zipfile

import pytest

from tools.runtime_image import inputs, wheels
from tools.runtime_image.errors import ImageError


def wheel(*names):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return buffer.getvalue()


def test_a_wheel_gives_its_modules_and_none_of_its_commands():
    found = wheels.entries(wheel("six.py", "six-1.dist-info/METADATA", "six-1.data/scripts/six"))
    assert [e.path for e in found] == [
        "usr/local/lib/python3.11/dist-packages/six-1.dist-info/METADATA",
        "usr/local/lib/python3.11/dist-packages/six.py",
    ]


def test_a_wheel_that_belongs_elsewhere_is_refused():
    with pytest.raises(ImageError, match=r"x-1\.data/purelib/x\.py: an installer would put it elsewhere"):
        list(wheels.entries(wheel("x-1.data/purelib/x.py")))


def test_a_kept_wheel_of_another_hash_is_thrown_away(tmp_path, monkeypatch):
    content = wheel("six.py")
    lock = tmp_path / "requirements.txt"
    lock.write_text(f"six==1 --hash=sha256:{hashlib.sha256(content).hexdigest()}\n", encoding="utf-8")
    monkeypatch.setattr(inputs, "ROOT", tmp_path)
    image = inputs.Image(pin="x", requirements=lock.name, code=())
    folder = tmp_path / f"wheels-{hashlib.sha256(lock.read_bytes()).hexdigest()[:16]}"
    folder.mkdir()
    (folder / "six-1-py3-none-any.whl").write_bytes(content)
    assert wheels.fetched(tmp_path, image) == [content]
    (folder / "six-1-py3-none-any.whl").write_bytes(wheel("other.py"))
    with pytest.raises(ImageError, match="six 1: 0 wheels of its hashes in wheels-"):
        wheels.fetched(tmp_path, image)
    assert not folder.exists()
