"""Files under other names: what runs is known by how it begins, and what is data is left alone."""

import collections
import gzip
import io
import json
import pickle
import tarfile
import zipfile
import zlib
from pathlib import Path

import pytest

from releases.disguise import disguise

STATE = collections.OrderedDict([("weight", [0.0, 1.0, 2.0]), ("bias", {"a": (1, 2)})])


class Calls:
    """What a pickle of harm looks like: it names a function and the arguments to call it with."""

    def __reduce__(self) -> tuple[object, ...]:
        return (print, ("called",))


def archive(name: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        made.writestr(name, pickle.dumps(STATE))
    return out.getvalue()


def tape() -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as made:
        made.addfile(tarfile.TarInfo("weights"))
    return out.getvalue()


LEGACY_TORCH = pickle.dumps(0x1950A86A20F9469CFC6C, 2) + pickle.dumps(1001, 2) + pickle.dumps(STATE, 2)
OBJECTS = b"\x93NUMPY\x01\x00v\x00{'descr': '|O', 'fortran_order': False, 'shape': (1,), }\n" + pickle.dumps(
    STATE
)
RECORDS = (
    b"\x93NUMPY\x01\x00v\x00{'descr': [('a', '<f8'), ('b', '|O')], 'fortran_order': False, 'shape': (1,), }\n"
)

RUNS = {
    **{f"protocol {p}": ("pickle", pickle.dumps(STATE, p)) for p in range(6)},
    **{f"call in protocol {p}": ("pickle", pickle.dumps(Calls(), p)) for p in range(6)},
    "long pickle": ("pickle", pickle.dumps({str(i): bytes(1000) for i in range(3000)}, 4)),
    "cut pickle": ("pickle", pickle.dumps(STATE, 4)[:40]),
    "torch before 1.6": ("pickle", LEGACY_TORCH),
    "torch since 1.6": ("pickle", archive("archive/data.pkl")),
    "array of objects": ("pickle", OBJECTS),
    "records with objects": ("pickle", RECORDS),
    "other zip": ("archive", archive("weights")),
    "gzip": ("archive", gzip.compress(b"x")),
    "zlib": ("archive", zlib.compress(pickle.dumps(STATE))),
    "tar": ("archive", tape()),
    "script": ("program", b"#!/bin/sh\n"),
    "ELF": ("program", b"\x7fELF\x02\x01\x01" + bytes(9)),
    "Windows": ("program", b"MZ\x90\x00\x03\x00"),
    "WebAssembly": ("program", b"\0asm\x01\0\0\0"),
    "Keras": ("graph", b"\x89HDF\r\n\x1a\n" + bytes(9)),
}

DATA = {
    "empty": b"",
    "one byte": b"\x80",
    "words": b"the\ncat\nsat\n.\n",
    "stop of protocol 0": b".",
    "words that name": b"cat\ndog\n.\n",
    "words that name and stop": b"is\nare\nVienna\n.\n",
    "merges": b"#version: 0.2\n\xc4\xa0 t\nh e\n",
    "JSON": json.dumps({"a": [1, 2]}).encode(),
    "MZ in words": b"MZ is the initial of a name\n",
    "BZh in words": b"BZh\n",
    "numbers": bytes(range(256)) * 40,
    "array": b"\x93NUMPY\x01\x00v\x00{'descr': '<f4', 'fortran_order': False, 'shape': (1,), }\n" + bytes(4),
    "ONNX": b"\x08\x08\x12\x07pytorch:\xb5\x01",
    "GGUF": b"GGUF\x03\0\0\0" + bytes(16),
    "SentencePiece": b"\n\x0e\n\x05<unk>\x15\0\0\0\0\x18\x02",
    "not UTF-8": b"caf\xe9 au lait",
}


@pytest.mark.parametrize(("kind", "content"), RUNS.values(), ids=RUNS)
@pytest.mark.parametrize("name", ["weights", "vocab.txt", "model.onnx"])
def test_what_runs_is_known_whatever_it_is_called(
    tmp_path: Path, kind: str, content: bytes, name: str
) -> None:
    (tmp_path / name).write_bytes(content)
    assert disguise(tmp_path / name) == kind


@pytest.mark.parametrize("content", DATA.values(), ids=DATA)
def test_data_is_left_alone(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "vocab.txt").write_bytes(content)
    assert disguise(tmp_path / "vocab.txt") == ""


def test_the_length_at_the_start_of_safetensors_is_no_protocol(tmp_path: Path) -> None:
    """A header of 1,152 bytes begins with 0x80 0x04, as a pickle does."""
    (tmp_path / "m.safetensors").write_bytes((1152).to_bytes(8, "little") + b"{}".ljust(1152))
    assert disguise(tmp_path / "m.safetensors") == ""
