"""Layers: the same bytes from the same entries, in whichever order they come."""

import io
import tarfile

import pytest

from tools.runtime_image.errors import ImageError
from tools.runtime_image.layer import Entry, archive, file, folder, joined

ENTRIES = [
    file("usr/bin/tool", b"#!", 0o4755),
    Entry(path="usr/bin/t", mode=0o777, link="tool"),
    folder("tmp", 0o1777),
    file("etc/passwd", b"root"),
]


def test_an_archive_is_sorted_of_root_and_without_time_or_another_users_rights():
    with tarfile.open(fileobj=io.BytesIO(archive(ENTRIES))) as tar:
        found = [(m.name, m.type, oct(m.mode), m.linkname, m.size) for m in tar]
        assert {(m.uid, m.gid, m.uname, m.gname, m.mtime) for m in tar} == {(0, 0, "", "", 0)}
    assert found == [
        ("etc", tarfile.DIRTYPE, "0o755", "", 0),
        ("etc/passwd", tarfile.REGTYPE, "0o644", "", 4),
        ("tmp", tarfile.DIRTYPE, "0o1777", "", 0),
        ("usr", tarfile.DIRTYPE, "0o755", "", 0),
        ("usr/bin", tarfile.DIRTYPE, "0o755", "", 0),
        ("usr/bin/t", tarfile.SYMTYPE, "0o777", "tool", 0),
        ("usr/bin/tool", tarfile.REGTYPE, "0o755", "", 2),
    ]


def test_the_order_in_which_entries_come_changes_nothing():
    assert archive(ENTRIES) == archive(reversed(ENTRIES))


def test_two_packages_may_bring_one_folder_but_not_two_files():
    assert [e.path for e in joined([folder("usr"), folder("usr", 0o700)])] == ["usr"]
    with pytest.raises(ImageError, match="a/b: two packages bring it, and it is not the same"):
        joined([file("a/b", b"1"), file("a/b", b"2")])


@pytest.mark.parametrize("path", ["/etc/passwd", "../x", "a/../../x", ""])
def test_no_entry_leaves_the_image(path):
    with pytest.raises(ImageError, match="leaves the image"):
        joined([file(path, b"")])
