"""The image from what is locked: a layer each for Debian's files, the Python packages and our programs."""

from pathlib import Path
from typing import Final

from tools.runtime_image import debian, inputs, layout, wheels
from tools.runtime_image.layer import Entry, archive, file, folder

_NAMES: Final = {
    "passwd": "root:x:0:0::/root:/usr/sbin/nologin\nslipway:x:65532:65532::/:/usr/sbin/nologin\n",
    "group": "root:x:0:\nslipway:x:65532:\n",
}

_AUTHORITIES: Final = "usr/share/ca-certificates/mozilla/"


def base_layer(cache: Path, image: inputs.Image) -> bytes:
    """Debian's files, the two users, and the name that container specs call the interpreter by."""
    entries = [e for p in inputs.base(image) for e in debian.entries(p.name, debian.fetched(p, cache))]
    # What the package's own script would make, which nothing here runs.
    trusted = [e.content for e in sorted(entries, key=lambda e: e.path) if e.path.startswith(_AUTHORITIES)]
    if any(trusted):
        entries.append(file("etc/ssl/certs/ca-certificates.crt", b"".join(trusted)))
    entries += [file(f"etc/{name}", content.encode()) for name, content in _NAMES.items()]
    entries.append(Entry(path="usr/bin/python", mode=0o777, link="python3.11"))
    entries.append(folder("mnt/models"))
    return archive(entries)


def library_layer(cache: Path, image: inputs.Image) -> bytes:
    """The Python packages."""
    return archive(entry for wheel in wheels.fetched(cache, image) for entry in wheels.entries(wheel))


def program_layer(image: inputs.Image) -> bytes:
    """Our own code, importable from everywhere."""
    return archive(
        file(f"{wheels.SITE}/{path.as_posix()}", (inputs.ROOT / path).read_bytes()) for path in image.files
    )


def build(target: Path, cache: Path, image: inputs.Image = inputs.RUNTIME) -> str:
    """Write an image into a folder, as an OCI layout; its digest.

    Raises:
        ImageError: something cannot be had as locked.
    """
    layers = [base_layer(cache, image), library_layer(cache, image), program_layer(image)]
    return layout.write(target, layers, inputs.tag(image))
