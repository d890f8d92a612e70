"""The image from what is locked: a layer each for Debian's files, the Python packages and our programs."""

from pathlib import Path
from typing import Final

from tools.runtime_image import debian, inputs, layout, wheels
from tools.runtime_image.layer import Entry, archive, file, folder

_NAMES: Final = {
    "passwd": "root:x:0:0::/root:/usr/sbin/nologin\nslipway:x:65532:65532::/:/usr/sbin/nologin\n",
    "group": "root:x:0:\nslipway:x:65532:\n",
}


def base_layer(cache: Path) -> bytes:
    """Debian's files, the two users, and the name that container specs call the interpreter by."""
    entries = [e for p in inputs.base() for e in debian.entries(p.name, debian.fetched(p, cache))]
    entries += [file(f"etc/{name}", content.encode()) for name, content in _NAMES.items()]
    entries.append(Entry(path="usr/bin/python", mode=0o777, link="python3.11"))
    entries.append(folder("mnt/models"))
    return archive(entries)


def library_layer(cache: Path) -> bytes:
    """The Python packages."""
    return archive(entry for wheel in wheels.fetched(cache) for entry in wheels.entries(wheel))


def program_layer() -> bytes:
    """Our own code, importable from everywhere."""
    return archive(
        file(f"{wheels.SITE}/{path.as_posix()}", (inputs.ROOT / path).read_bytes()) for path in inputs.code()
    )


def build(target: Path, cache: Path) -> str:
    """Write the image into a folder, as an OCI layout; its digest.

    Raises:
        ImageError: something cannot be had as locked.
    """
    return layout.write(target, [base_layer(cache), library_layer(cache), program_layer()], inputs.tag())
