"""A record drafted from a local folder of model files: what the files say is filled in, what people decide is not.

Everything a person must decide or establish holds ``CHANGEME``, which the loader refuses: a draft never passes as
reviewed.
"""

from collections import Counter
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any, Final, get_args

from facts.licences import LicenceTerms, licence_terms
from facts.strict_yaml import YamlProblem, load
from releases import contents
from releases.config_json import Config, ConfigError, base_of_adapter
from releases.digest import Manifest
from releases.engines import ENGINES
from releases.licence import LicenceName
from releases.safetensors import read_header

_GIB: Final = 2**30
_PRECISIONS: Final = {
    "F32": "float32", "BF16": "bfloat16", "F16": "float16", "F8_E4M3": "float8", "F8_E5M2": "float8", "I8": "int8",
}  # fmt: skip
_FORMATS: Final = {".safetensors": "safetensors", ".onnx": "onnx", ".gguf": "gguf", ".ubj": "xgboost"}
_LICENCES: Final = {
    "llama3.1": "llama-3.1-community",
    "llama3.3": "llama-3.3-community",
    "gemma": "gemma-terms",
}
"""Front matter of a model card to a record's name, where they differ by more than letters' case."""


def changeme(what: str) -> str:
    """A placeholder that says what belongs there."""
    return f"CHANGEME: {what}"


def draft(model: str, version: str, folder: Path, found: Manifest, today: date) -> dict[str, Any]:
    """The data of a record, with placeholders.

    Raises:
        ConfigError: config.json or the model card cannot be read.
        SafetensorsError: a weights file is damaged.
    """
    config, card = Config.of(folder), _card(folder)
    artifact = _artifact(model, version, folder, found, config)
    return {
        "model": model,
        "version": version,
        "provenance": "genuine",
        "owner": changeme("the team that answers for it"),
        "artifact": artifact,
        "origin": _origin(folder, config, card, today),
        "licence": _licence(card, today),
        "evaluations": [changeme("suite, dataset_digest, metric, value, floor, by, date; or none: []")],
        "data": {
            "data_class": changeme("public, internal, confidential or restricted"),
            "pii": "refused",
            "residency": [changeme("the regions it may run in")],
        },
        "needs": _needs(folder, artifact, config),
        "bounds": {
            "replicas": {"minimum": 1, "maximum": changeme("the most an environment may ask for")},
            "placements": [changeme("cpu, or accelerators such as l4")],
        },
    }


def _card(folder: Path) -> Mapping[str, Any]:
    """The front matter of the model card; empty where there is none."""
    path = folder / "README.md"
    if not path.is_file():
        return {}
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise ConfigError("README.md: is not UTF-8") from None
    if not text.startswith("---\n"):
        return {}
    try:
        data = load(text[4:].partition("\n---")[0], "README.md")
    except YamlProblem as problem:
        raise ConfigError(str(problem)) from None
    return data if isinstance(data, Mapping) else {}


def _artifact(model: str, version: str, folder: Path, found: Manifest, config: Config) -> dict[str, Any]:
    formats = {kind for file in found.files if (kind := _format(folder / file.path))}
    is_counted = formats == {"safetensors"} and not config.is_quantised
    adapted = base_of_adapter(folder)
    return {
        "uri": f"s3://{{model_bucket}}/{model}-{version}/",
        "format": formats.pop()
        if len(formats) == 1
        else changeme("safetensors, onnx, gguf, lightgbm or xgboost"),
        "digest": found.digest,
        "size_bytes": contents.size_bytes(folder),
        "parameters": contents.parameters(folder)
        if is_counted
        else changeme("the number of trained weights"),
        "precision": config.quantised_precision or _precision(folder),
        **({"adapter_of": adapted} if adapted else {}),
    }


def _format(path: Path) -> str:
    """The format of weights that a file holds, or nothing; trees are known by how they begin."""
    if path.suffix in _FORMATS:
        return _FORMATS[path.suffix]
    if path.suffix not in {".bst", ".json", ".txt"}:
        return ""
    with path.open("rb") as stream:
        head = stream.read(512)
    if head.startswith(b"tree\n"):
        return "lightgbm"
    return "xgboost" if b'"learner"' in head or path.suffix == ".bst" else ""


def _precision(folder: Path) -> str:
    """What most tensors are stored in."""
    kinds: Counter[str] = Counter()
    for path in sorted(path for path in folder.rglob("*.safetensors") if path.is_file()):
        for tensor in read_header(path).values():
            kinds[_PRECISIONS.get(tensor.dtype, "")] += tensor.end - tensor.begin
    most = max(sorted(kinds), key=lambda kind: kinds[kind], default="")
    return most or changeme("float32, bfloat16, float16, float8, int8 or int4")


def _origin(folder: Path, config: Config, card: Mapping[str, Any], today: date) -> dict[str, Any]:
    base = card.get("base_model")
    named = [base] if isinstance(base, str) else base if isinstance(base, list) else []
    sets = card.get("datasets")
    origin: dict[str, Any] = {
        "model": changeme(f"the upstream name{f' ({config.name})' if config.name else ''}"),
        "revision": changeme("the exact upstream revision"),
        "source": changeme("where the files were taken from"),
        "read": today,
        "code": changeme("where the code that trained or defines it can be read"),
    }
    adapted = base_of_adapter(folder)
    if adapted or named:
        origin["base_model"] = adapted or str(named[0])
    if isinstance(sets, list) and sets:
        origin["training_data"] = [{"name": str(name)} for name in sets]
    if config.runs_code(folder):
        origin["needs_remote_code"] = True
    return origin


def _licence(card: Mapping[str, Any], today: date) -> dict[str, Any]:
    said = str(card.get("license_name") or card.get("license") or "")
    known = {name.lower(): name for name in get_args(LicenceName)} | _LICENCES
    name = known.get(said.lower(), changeme(f"as found{f' (the card says {said})' if said else ''}"))
    terms = licence_terms().get(name)
    return {
        "name": name,
        "source": "README.md in the artifact (front matter)" if said else changeme("where it was found"),
        "read": today,
        "obligations": list(terms.serving.values()) if terms else [changeme("what the licence asks for")],
        "permitted_uses": _uses(terms),
    }


def _uses(terms: LicenceTerms | None) -> list[str]:
    """What the licence permits; where it permits nothing commercial, whether work inside is that is asked of people."""
    if terms is None:
        return [changeme("internal, commercial, research")]
    return ["internal", "commercial", "research"] if terms.commercial else ["research"]


def _needs(folder: Path, artifact: Mapping[str, Any], config: Config) -> dict[str, Any]:
    task = config.task(folder)
    engines = [e for e, can in ENGINES.items() if task in can.tasks and artifact["format"] in can.formats]
    engine = engines[0] if engines else changeme(f"one of {', '.join(ENGINES)}")
    on_gpu = engine == "vllm"
    needs: dict[str, Any] = {
        "task": task or changeme("what it does for callers"),
        "engine": engine,
        "gpu_count": 1 if on_gpu else 0,
        "cpu": changeme("cores of one replica"),
        "memory_gib": max(2, -(-3 * int(artifact["size_bytes"]) // (2 * _GIB))),
        "max_context": config.max_context(folder) or changeme("tokens of prompt and answer together"),
        "concurrency": changeme("requests of full length a replica must hold at once"),
        "cpu_only_allowed": not on_gpu,
    }
    if on_gpu:
        needs["architecture"] = config.architecture() or changeme("layers, kv_heads, head_dim")
    return needs
