"""The tag is the hash of what goes into the image, so a program that changed is never pulled under its old name."""

from pathlib import Path

import pytest

from facts.pins import images
from tools.runtime_image import inputs
from tools.runtime_image.errors import ImageError


@pytest.mark.parametrize("image", inputs.IMAGES.values(), ids=lambda image: image.pin)
def test_the_pin_is_the_tag_of_what_stands_here(image):
    assert images()[image.pin].version == inputs.tag(image), "make runtime-image ARGS=--write"


def test_what_goes_in_is_the_download_and_what_it_imports():
    names = [path.as_posix() for path in inputs.RUNTIME.files]
    assert names[:3] == ["releases/__init__.py", "releases/digest.py", "runtime/__init__.py"]
    assert "runtime/download/__main__.py" in names
    assert "runtime/database_token.py" in names
    assert all(name.startswith("runtime/d") for name in names[3:])


@pytest.fixture
def copied(tmp_path, monkeypatch):
    """What goes in, somewhere else."""
    base = inputs.BASE.relative_to(inputs.ROOT)
    for path in [*inputs.RUNTIME.files, base, Path(inputs.RUNTIME.requirements)]:
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes((inputs.ROOT / path).read_bytes())
    monkeypatch.setattr(inputs, "BASE", tmp_path / base)
    monkeypatch.setattr(inputs, "ROOT", tmp_path)
    return tmp_path


@pytest.mark.usefixtures("copied")
def test_the_tag_is_of_contents_and_not_of_a_place():
    assert inputs.tag() == images()["slipway-runtime"].version


@pytest.mark.parametrize(
    "name", ["runtime/download/run.py", "runtime/base-packages.txt", "runtime/requirements.txt"]
)
def test_the_tag_changes_with_every_file(copied, name):
    before = inputs.tag()
    with (copied / name).open("a", encoding="utf-8") as file:
        file.write("#\n")
    assert inputs.tag() != before


def test_every_package_below_has_one_version_and_one_hash():
    names = [package.name for package in inputs.base()]
    assert {"base-files", "libc6", "libssl3", "python3.11-minimal"} <= set(names)
    assert all(len(package.hashes) == 1 for package in inputs.base())


def test_each_line_that_names_no_package_is_told(copied):
    good = f"libc6 2.36-9+deb12u14 {'a' * 64}"
    (copied / "runtime/base-packages.txt").write_text(
        f"{good}\n{good}\nlibc6\nlibx 1; rm {'a' * 64}\n", encoding="utf-8"
    )
    with pytest.raises(ImageError) as told:
        inputs.base()
    assert told.value.problems == (
        "base-packages.txt:2: libc6 is there twice",
        "base-packages.txt:3: got 'libc6'; a name, a version and a SHA-256 are allowed",
        f"base-packages.txt:4: got 'libx 1; rm {'a' * 64}'; a name, a version and a SHA-256 are allowed",
    )


def test_a_lock_without_a_package_is_refused(copied):
    (copied / "runtime/base-packages.txt").write_text("# none\n", encoding="utf-8")
    with pytest.raises(ImageError, match=r"base-packages\.txt: names no package"):
        inputs.base()


def test_a_python_package_without_a_hash_is_refused(copied):
    (copied / "runtime/requirements.txt").write_text("six==1.17.0\n", encoding="utf-8")
    with pytest.raises(ImageError, match=r"requirements\.txt: 'six==1\.17\.0': no version with hashes"):
        inputs.wheels()


def test_what_its_programs_import_of_ours_is_in_it():
    names = {path.as_posix() for path in inputs.LOOPS.files}
    assert {"releases/load.py", "facts/licences.py", "facts/licences.yaml", "facts/__init__.py"} <= names
    assert not [name for name in names if name.startswith(("components/", "gate/", "stacks/"))]


def test_the_workers_bring_their_policies_and_no_pin_of_themselves():
    names = {path.as_posix() for path in inputs.LOOPS.files}
    assert {"policies/actions/schema.cedarschema", "runtime/loops/shares/cluster.py"} <= names
    assert not [name for name in names if name.startswith("facts/pins/")]


def test_no_worker_brings_the_held_out_tasks_of_agents():
    assert [path for path in inputs.LOOPS.files if "evaluations" in path.parts] == []
