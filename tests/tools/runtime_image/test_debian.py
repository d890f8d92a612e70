"""Debian's packages: checked by hash, unpacked without running anything, and what is left out."""

import hashlib
import io
import subprocess
import tarfile

import pytest

from tools.runtime_image import debian
from tools.runtime_image.errors import ImageError
from tools.runtime_image.inputs import Locked

CONTROL = b"Package: tool\nVersion: 1.2-3\nArchitecture: amd64\n"


def tar(*members):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:xz") as archive:
        for name, content, more in members:
            info = tarfile.TarInfo(name)
            info.size = len(content)
            for key, value in more.items():
                setattr(info, key, value)
            archive.addfile(info, io.BytesIO(content))
    return buffer.getvalue()


def package(*data):
    members = {
        "debian-binary": b"2.0\n",
        "control.tar.xz": tar(("./control", CONTROL, {})),
        "data.tar.xz": tar(*data),
    }
    content = b"!<arch>\n"
    for name, body in members.items():
        content += f"{name:<16}{0:<12}{0:<6}{0:<6}{'100644':<8}{len(body):<10}`\n".encode() + body
        content += b"\n" * (len(body) % 2)
    return content


def test_a_package_gives_its_files_its_licence_and_its_description():
    content = package(
        ("./", b"", {"type": tarfile.DIRTYPE}),
        ("./usr/bin/tool", b"ELF", {"mode": 0o755}),
        ("./usr/bin/t", b"", {"type": tarfile.SYMTYPE, "linkname": "tool"}),
        ("./usr/share/doc/tool/copyright", b"BSD", {}),
        ("./usr/share/doc/tool/changelog.gz", b"long", {}),
        ("./usr/share/man/man1/tool.1.gz", b"long", {}),
    )
    found = {e.path: (e.content, e.link) for e in debian.entries("tool", content)}
    assert found == {
        "var/lib/dpkg/status.d/tool": (CONTROL, ""),
        "usr/bin/tool": (b"ELF", ""),
        "usr/bin/t": (b"", "tool"),
        "usr/share/doc/tool/copyright": (b"BSD", ""),
    }
    assert debian.version_of(content) == "1.2-3"


def test_a_device_has_no_place_in_an_image():
    with pytest.raises(ImageError, match="dev/x: neither a file, a folder nor a link"):
        list(debian.entries("tool", package(("./dev/x", b"", {"type": tarfile.CHRTYPE}))))


def test_a_page_of_a_proxy_is_no_package():
    with pytest.raises(ImageError, match="tool: got a file that is no package"):
        list(debian.entries("tool", b"<html>"))


def test_a_file_in_the_cache_is_believed_by_its_hash_only(tmp_path):
    content = package()
    locked = Locked("tool", "1.2-3", frozenset({hashlib.sha256(content).hexdigest()}))
    kept = tmp_path / f"{next(iter(locked.hashes))}.deb"
    kept.write_bytes(content)
    assert debian.fetched(locked, tmp_path) == content
    kept.write_bytes(content + b"x")
    with pytest.raises(ImageError, match=r"tool 1\.2-3: got [0-9a-f]{64}, locked is [0-9a-f]{64}"):
        debian.fetched(locked, tmp_path)
    assert not kept.exists()


def test_a_version_that_apt_does_not_have_is_told(monkeypatch):
    monkeypatch.setattr(debian.shutil, "which", lambda _: "apt-get")
    answer = subprocess.CompletedProcess([], 100, "", "W: x\nE: Version '9' for 'tool' was not found\n")
    monkeypatch.setattr(debian.subprocess, "run", lambda *_, **__: answer)
    with pytest.raises(ImageError) as told:
        debian.downloaded("tool", "9")
    assert "\n".join(told.value.problems) == (
        "tool:amd64=9: E: Version '9' for 'tool' was not found. Debian keeps no old version: "
        "`apt-get update`, and lock again if it is gone (--lock)"
    )


def test_a_machine_without_apt_is_told(monkeypatch):
    monkeypatch.setattr(debian.shutil, "which", lambda _: None)
    with pytest.raises(ImageError, match="tool: apt-get is not there; the base is built on Debian 12"):
        debian.downloaded("tool")
