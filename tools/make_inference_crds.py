"""Make ``facts/crds/inference.json`` from the pinned KServe module. Needs Go.

KServe's LLM controller chart carries the CRDs of the inference extension, but both gateways' controllers look
for them when they start, before KServe is there. No chart brings them alone, so they are kept here without
their descriptions.
"""

import hashlib
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from facts.pins import modules  # noqa: E402 the path above makes the project importable

SOURCE = "charts/kserve-llmisvc-resources/files/llmisvc/resources.yaml"
TARGET = ROOT / "facts" / "crds" / "inference.json"


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


def main() -> None:
    pin = modules()["kserve"]
    found = subprocess.run(  # noqa: S603 the arguments are pins of this project
        ["go", "mod", "download", "-json", f"{pin.module}@{pin.version}"],  # noqa: S607 whichever Go is installed
        check=True,
        capture_output=True,
        text=True,
    )
    text = (Path(json.loads(found.stdout)["Dir"]) / SOURCE).read_text(encoding="utf-8")
    kept = [
        without_descriptions({key: value for key, value in document.items() if key != "status"})
        for document in yaml.load_all(text, Loader=yaml.CSafeLoader)
        if document and document["kind"] == "CustomResourceDefinition"
    ]
    content = {
        "module": pin.module,
        "version": pin.version,
        "path": SOURCE,
        "sha256": hashlib.sha256(text.encode()).hexdigest(),
        "read": pin.read.isoformat(),
        "definitions": kept,
    }
    TARGET.parent.mkdir(exist_ok=True)
    TARGET.write_text(json.dumps(content, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    print(f"{TARGET.relative_to(ROOT)}: {len(kept)} definitions of {pin.module} {pin.version}")


if __name__ == "__main__":
    main()
