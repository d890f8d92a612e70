"""Make ``facts/crds/`` from the pinned modules (``make crds``), or say what is stale (``make crds-check``). Needs Go.

A chart of definitions can exceed what Helm may record of a release, and two charts can bring one kind. So the
definitions are kept here and made as objects; without their descriptions, which are most of their size.
"""

import hashlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from facts.definitions import DefinitionSet, definition_sets  # noqa: E402 the path above makes the project importable
from facts.pins import modules  # noqa: E402
from tools.make_schemas import ModuleLoader, folder_of  # noqa: E402

TARGET = ROOT / "facts" / "crds"
_KINDS = ("CustomResourceDefinition", "ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding")
_HELMS_LABELS = frozenset({"app", "chart", "heritage", "release"})


def without_descriptions(value: Any) -> Any:
    """The same schema; a property that is called ``description`` stays."""
    if isinstance(value, list):
        return [without_descriptions(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        key: without_descriptions(item)
        for key, item in value.items()
        if key != "description" or not isinstance(item, str)
    }


def applied(document: dict[str, Any]) -> dict[str, Any]:
    """What we apply of an upstream's object: no status, and no marks of a Helm release that it is not part of."""
    meta = document["metadata"]
    annotations = {k: v for k, v in meta.get("annotations", {}).items() if not k.startswith("helm.sh/")}
    labels = {k: v for k, v in meta.get("labels", {}).items() if k not in _HELMS_LABELS}
    return {
        "apiVersion": document["apiVersion"],
        "kind": document["kind"],
        "metadata": {
            "name": meta["name"],
            **({"annotations": annotations} if annotations else {}),
            **({"labels": labels} if labels else {}),
        },
        "spec": without_descriptions(document["spec"]),
    }


def objects_of(text: str) -> Iterator[dict[str, Any]]:
    """The whole objects in a file; a guard of a template (``{{ if }}``) is no part of any."""
    lines = "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("{{"))
    for document in yaml.load_all(lines, Loader=ModuleLoader):
        if document and document["kind"] in _KINDS:
            yield applied(document)


def render(found: DefinitionSet) -> str:
    """A set as the text of its file: one object a line."""
    pin = modules()[found.module]
    folder = folder_of(pin)
    digest = hashlib.sha256()
    objects: dict[str, dict[str, Any]] = {}
    for path in sorted(folder.glob(found.files)):
        text = path.read_text(encoding="utf-8")
        digest.update(text.encode())
        for object_ in objects_of(text):
            key = f"{object_['kind']}/{object_['metadata']['name']}"
            if key in objects:
                raise ValueError(f"{pin.module} {pin.version} {found.files}: {key} stands there twice")
            objects[key] = object_
    if not objects:
        raise ValueError(f"{pin.module} {pin.version}: {found.files} holds no definition")
    head = json.dumps(
        {
            "module": pin.module,
            "version": pin.version,
            "files": found.files,
            "sha256": digest.hexdigest(),
            "read": pin.read.isoformat(),
        },
        indent=1,
    ).removesuffix("\n}")
    lines = [json.dumps(objects[key], sort_keys=True, separators=(",", ":")) for key in sorted(objects)]
    return f'{head},\n "objects": [\n' + ",\n".join(lines) + "\n]}\n"


def main() -> int:
    """Write the files, or with ``--check`` say which differ."""
    files = {f"{name}.json": render(found) for name, found in definition_sets().items()}
    there = {path.name: path.read_text(encoding="utf-8") for path in TARGET.glob("*.json")}
    if "--check" in sys.argv:
        stale = sorted(name for name in files.keys() | there.keys() if files.get(name) != there.get(name))
        print("\n".join(f"stale: facts/crds/{name}" for name in stale) or "definitions are up to date")
        return 1 if stale else 0
    for name in there.keys() - files.keys():
        (TARGET / name).unlink()
    TARGET.mkdir(exist_ok=True)
    for name, text in files.items():
        (TARGET / name).write_text(text, encoding="utf-8")
        print(f"facts/crds/{name}: {len(json.loads(text)['objects'])} objects, {len(text):,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
