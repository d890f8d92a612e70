"""The digest of a folder depends on names and bytes, and on nothing else."""

import hashlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from releases.digest import DigestError, File, Manifest, manifest

FILES = st.lists(
    st.builds(
        File,
        path=st.text(st.characters(exclude_characters="/", exclude_categories=("C", "Z")), min_size=1).filter(
            lambda name: name not in {".", ".."}
        ),
        sha256=st.text("0123456789abcdef", min_size=64, max_size=64),
    ),
    min_size=1,
    unique_by=lambda file: file.path,
)


@given(FILES.flatmap(lambda files: st.tuples(st.just(files), st.permutations(files))))
def test_the_order_files_are_found_in_changes_nothing(orders: tuple[list[File], list[File]]) -> None:
    files, shuffled = orders

    assert Manifest.of(shuffled) == Manifest.of(files)
    assert Manifest.of(shuffled).digest == Manifest.of(files).digest


@given(FILES, st.data())
def test_any_changed_file_changes_the_digest(files: list[File], data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(files) - 1))
    old = files[index]
    new = data.draw(
        st.sampled_from(
            [
                File(old.path + "x" * 40, old.sha256),
                File(old.path, hashlib.sha256(old.sha256.encode()).hexdigest()),
            ]
        )
    )
    changed = [*files[:index], new, *files[index + 1 :]]

    if new.path not in {file.path for file in files if file is not old}:
        assert Manifest.of(changed).digest != Manifest.of(files).digest


def test_the_text_is_what_the_definition_says(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "two").write_bytes(b"22")
    (tmp_path / ".one").write_bytes(b"1")
    one, two = (hashlib.sha256(content).hexdigest() for content in (b"1", b"22"))
    text = (
        f'[{{"algorithm":"sha256","digest":"{one}","name":".one"}},'
        f'{{"algorithm":"sha256","digest":"{two}","name":"b/two"}}]'
    )

    found = manifest(tmp_path)

    assert found.text == text
    assert found.digest == f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"


def test_a_file_that_is_renamed_changes_the_digest_though_its_order_stays() -> None:
    before = Manifest.of([File("a", "0" * 64), File("notes.txt", "1" * 64)])
    after = Manifest.of([File("a", "0" * 64), File("run.py", "1" * 64)])

    assert before.digest != after.digest


def test_paths_are_sorted_part_by_part_as_model_signing_sorts_them() -> None:
    names = ["é", "z", "a/b", "a.b", "a-b/c", "Z"]

    ordered = [file.path for file in Manifest.of(File(name, "0" * 64) for name in names).files]

    assert ordered == ["Z", "a/b", "a-b/c", "a.b", "z", "é"]


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ([], "there is no file"),
        ([File("a", "0" * 64), File("a", "1" * 64)], "a: stands twice"),
        ([File("a\nb", "0" * 64)], "'a\\nb': a file's name should be printable text (UTF-8)"),
    ],
)
def test_what_has_no_digest_is_refused(files: list[File], message: str) -> None:
    with pytest.raises(DigestError) as caught:
        Manifest.of(files)
    assert str(caught.value) == message


def test_a_link_is_refused(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("/etc/hostname")

    with pytest.raises(DigestError, match=r"^link: is a link"):
        manifest(tmp_path)


def test_a_linked_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "weights").mkdir()
    (tmp_path / "weights" / "elsewhere").symlink_to(tmp_path)

    with pytest.raises(DigestError, match=r"^elsewhere: is a link"):
        manifest(tmp_path / "weights")
