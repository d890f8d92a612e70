"""The definitions of custom kinds, as the pinned modules carry them."""

import hashlib
import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

from facts.pins import Module, modules
from tools import make_schemas
from tools.conformance.binaries import CACHE
from tools.conformance.errors import ConformanceError

_READ_BY = (Path(make_schemas.__file__), make_schemas.ROOT / "facts" / "pins" / "modules.yaml")


def definitions(tell: Callable[[str], None]) -> list[dict[str, Any]]:
    """Every definition of the kinds that have a schema here; the first module that carries one gives it.

    Kept as JSON under ``.cache/``: reading 12 modules' YAML takes a while, and only pins and their reader change it.

    Raises:
        ConformanceError: a module cannot be fetched.
    """
    key = hashlib.sha256(b"".join(path.read_bytes() for path in _READ_BY)).hexdigest()[:16]
    path = CACHE / f"definitions-{key}.json"
    if not path.exists():
        tell("reading the definitions of the pinned modules")
        found: dict[str, dict[str, Any]] = {}
        for pin in modules().values():
            for definition in make_schemas.definitions(_folder(pin)):
                if definition["spec"]["names"]["kind"] in make_schemas.KINDS:
                    found.setdefault(definition["metadata"]["name"], definition)
        CACHE.mkdir(parents=True, exist_ok=True)
        new = path.with_suffix(".new")
        new.write_text(json.dumps([_applied(d) for d in found.values()], default=str), encoding="utf-8")
        new.rename(path)
    read: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
    return read


def _folder(pin: Module) -> Path:
    try:
        return make_schemas.folder_of(pin)
    except (OSError, subprocess.CalledProcessError) as error:
        said = getattr(error, "stderr", None) or error
        raise ConformanceError(f"{pin.module} {pin.version} cannot be fetched: {said}") from None


def _applied(definition: dict[str, Any]) -> dict[str, Any]:
    """Without what a server fills in, and without a conversion, which would ask a webhook that is not there."""
    spec = {key: value for key, value in definition["spec"].items() if key != "conversion"}
    meta = {k: v for k, v in definition["metadata"].items() if k in {"name", "annotations", "labels"}}
    return {
        "apiVersion": definition["apiVersion"],
        "kind": definition["kind"],
        "metadata": meta,
        "spec": spec,
    }
