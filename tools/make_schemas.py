"""Make ``gate/schema/definitions/`` from the CRDs in the pinned Go modules. Needs Go; run by ``make schemas``.

Each schema becomes strict JSON schema: unknown fields are refused where the API server would prune them,
descriptions and defaults are dropped, repeated subtrees (pod specs, mostly) are shared. Validation
expressions (CEL) are counted, not kept.
"""

import hashlib
import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from facts.pins import Module, modules  # noqa: E402 the path above makes the project importable

TARGET = ROOT / "gate" / "schema" / "definitions"
KINDS = frozenset(
    {
        "AIGatewayRoute",
        "AIServiceBackend",
        "AuthorizationPolicy",
        "Backend",
        "BackendSecurityPolicy",
        "BackendTrafficPolicy",
        "Certificate",
        "ClientTrafficPolicy",
        "ClusterIssuer",
        "ClusterServingRuntime",
        "ClusterStorageContainer",
        "ClusterTriggerAuthentication",
        "DestinationRule",
        "EC2NodeClass",
        "EnvoyExtensionPolicy",
        "EnvoyProxy",
        "GRPCRoute",
        "Gateway",
        "GatewayClass",
        "GatewayConfig",
        "HTTPRoute",
        "InferenceGraph",
        "InferencePool",
        "InferenceService",
        "Issuer",
        "LLMInferenceService",
        "LLMInferenceServiceConfig",
        "LeaderWorkerSet",
        "LocalModelCache",
        "LocalModelNodeGroup",
        "MCPRoute",
        "NodeClaim",
        "NodePool",
        "PeerAuthentication",
        "PodMonitor",
        "Probe",
        "PrometheusRule",
        "ReferenceGrant",
        "RequestAuthentication",
        "ScaledJob",
        "ScaledObject",
        "SecurityPolicy",
        "ServiceEntry",
        "ServiceMonitor",
        "ServingRuntime",
        "Sidecar",
        "Telemetry",
        "TrainedModel",
        "TriggerAuthentication",
    }
)
_SKIPPED_VERSIONS = {"LLMInferenceService": {"v1alpha1"}, "LLMInferenceServiceConfig": {"v1alpha1"}}
_KEPT = (
    *("type", "enum", "required", "pattern", "multipleOf"),
    *("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"),
    *("minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties"),
)
_SHARE_FROM = 400
"""Characters of JSON from which a repeated subtree is worth sharing."""


class ModuleLoader(yaml.CSafeLoader):
    """Without YAML 1.1's ``=`` type, which prometheus-operator's CRDs hold as a plain text."""


ModuleLoader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:value"]
    for first, resolvers in yaml.CSafeLoader.yaml_implicit_resolvers.items()
}


def folder_of(pin: Module) -> Path:
    """Where the Go command keeps a module's files."""
    found = subprocess.run(  # noqa: S603 the arguments are pins of this project
        ["go", "mod", "download", "-json", f"{pin.module}@{pin.version}"],  # noqa: S607 whichever Go is installed
        check=True,
        capture_output=True,
        text=True,
        cwd=ROOT / "tools",
    )
    return Path(json.loads(found.stdout)["Dir"])


def definitions(folder: Path) -> Iterator[dict[str, Any]]:
    """Every CRD in a module's files; templates of charts are left to their generated copies."""
    for path in sorted(folder.rglob("*.yaml")):
        relative = path.relative_to(folder).as_posix()
        if "test" in relative or "minimal" in relative or "experimental" in relative:
            continue
        if relative.startswith(("install/", "hack/")):
            continue  # KServe keeps what older versions installed, also of groups that are gone
        text = path.read_text(encoding="utf-8", errors="replace")
        if "kind: CustomResourceDefinition" not in text:
            continue
        lines = [line for line in text.splitlines() if not line.lstrip().startswith("{{")]
        try:
            documents = list(yaml.load_all("\n".join(lines), Loader=ModuleLoader))
        except yaml.YAMLError:
            continue  # a template with more than guards; its generated copy is read elsewhere in the module
        yield from (d for d in documents if _is_definition(d))


def _is_definition(document: Any) -> bool:
    """Whether it is a whole CRD: kustomize patches are only parts of one."""
    if not isinstance(document, dict) or document.get("kind") != "CustomResourceDefinition":
        return False
    spec = document.get("spec", {})
    versions = spec.get("versions")
    return "names" in spec and bool(versions) and all("schema" in version for version in versions)


def strict(schema: Any) -> tuple[Any, int]:  # noqa: C901, PLR0912 one branch a keyword of the format
    """A structural schema as strict JSON schema, and how many CEL rules it had."""
    if not isinstance(schema, dict):
        return schema, 0
    rules = len(schema.get("x-kubernetes-validations", ()))
    made: dict[str, Any] = {}
    for key in _KEPT:
        if key in schema:
            made[key] = schema[key]
    for key in ("properties", "patternProperties"):
        if key in schema:
            made[key] = {}
            for name, item in schema[key].items():
                made[key][name], more = strict(item)
                rules += more
    for key in ("anyOf", "oneOf", "allOf"):
        if key in schema and not schema.get("x-kubernetes-int-or-string"):
            # Branches only add conditions; what they do not name is still allowed.
            made[key] = [_loose(item) for item in schema[key]]
    if "not" in schema:
        made["not"] = _loose(schema["not"])
    for key in ("items", "additionalProperties"):
        if isinstance(schema.get(key), dict):
            made[key], more = strict(schema[key])
            rules += more
        elif key in schema:
            made[key] = schema[key]
    if schema.get("x-kubernetes-int-or-string"):
        made.pop("type", None)
        made["anyOf"] = [{"type": "integer"}, {"type": "string"}]
    if schema.get("x-kubernetes-embedded-resource"):
        for name, kind in (("apiVersion", "string"), ("kind", "string"), ("metadata", "object")):
            made.setdefault("properties", {}).setdefault(name, {"type": kind})
    is_open = schema.get("x-kubernetes-preserve-unknown-fields") or "additionalProperties" in made
    if made.get("type") == "object" and "properties" in made and not is_open:
        made["additionalProperties"] = False
    if schema.get("nullable") and isinstance(made.get("type"), str):
        made["type"] = [made["type"], "null"]
    return made, rules


def _loose(schema: Any) -> Any:
    if isinstance(schema, dict):
        kept = (k for k in schema if k not in {"description", "default"} and not k.startswith("x-"))
        return {k: _loose(schema[k]) for k in kept}
    if isinstance(schema, list):
        return [_loose(item) for item in schema]
    return schema


def shared(schema: dict[str, Any]) -> dict[str, Any]:  # noqa: C901 two walks over one tree
    """The schema with subtrees that stand several times moved to ``$defs``."""
    count: Counter[str] = Counter()

    def weigh(node: Any) -> None:
        if isinstance(node, dict):
            text = json.dumps(node, sort_keys=True)
            if len(text) >= _SHARE_FROM and "type" in node:
                count[text] += 1
                if count[text] > 1:
                    return
            for item in node.values():
                weigh(item)
        elif isinstance(node, list):
            for item in node:
                weigh(item)

    weigh(schema)
    names = {text: f"s{i}" for i, text in enumerate(sorted(t for t, n in count.items() if n > 1))}
    defs: dict[str, Any] = {}

    def replace(node: Any, *, is_root: bool = False) -> Any:
        if isinstance(node, dict):
            name = (
                None if is_root else names.get(json.dumps(node, sort_keys=True)) if "type" in node else None
            )
            if name is not None:
                if name not in defs:
                    defs[name] = {}
                    defs[name] = {k: replace(v) for k, v in node.items()}
                return {"$ref": f"#/$defs/{name}"}
            return {k: replace(v) for k, v in node.items()}
        return [replace(item) for item in node] if isinstance(node, list) else node

    made: dict[str, Any] = replace(schema, is_root=True)
    if defs:
        made["$defs"] = dict(sorted(defs.items()))
    return made


def build() -> dict[str, str]:
    """Path below ``gate/schema/definitions`` to content, for every kind and served version."""
    files: dict[str, str] = {}
    index: dict[str, Any] = {}
    for name, pin in modules().items():
        for crd in definitions(folder_of(pin)):
            spec = crd["spec"]
            kind = spec["names"]["kind"]
            if kind not in KINDS:
                continue
            for version in spec["versions"]:
                if not version.get("served", True) or version["name"] in _SKIPPED_VERSIONS.get(kind, ()):
                    continue
                api_version = f"{spec['group']}/{version['name']}"
                if f"{api_version} {kind}" in index:
                    continue
                schema, rules = strict(version["schema"]["openAPIV3Schema"])
                properties = schema.setdefault("properties", {})
                for unchecked in ("metadata", "status"):
                    properties[unchecked] = {"type": "object"}
                properties |= {"apiVersion": {"const": api_version}, "kind": {"const": kind}}
                schema["required"] = sorted({*schema.get("required", ()), "apiVersion", "kind", "metadata"})
                schema["additionalProperties"] = False
                text = (
                    json.dumps(shared(schema), sort_keys=True, separators=(",", ":")).replace(
                        '"$ref"', '\n"$ref"'
                    )
                    + "\n"
                )
                file = f"{spec['group']}/{version['name']}/{kind}.json"
                files[file] = text
                index[f"{api_version} {kind}"] = {
                    "file": file,
                    "scope": spec["scope"],
                    "sha256": hashlib.sha256(text.encode()).hexdigest(),
                    "cel_rules": rules,
                    "module": pin.module,
                    "version": pin.version,
                }
                print(f"{name}: {api_version} {kind}", file=sys.stderr)
    files["index.json"] = json.dumps(dict(sorted(index.items())), indent=1) + "\n"
    return files


def main() -> int:
    """Write the schemas, or with ``--check`` say what differs."""
    files = build()
    there = {p.relative_to(TARGET).as_posix(): p.read_text(encoding="utf-8") for p in TARGET.rglob("*.json")}
    if "--check" in sys.argv:
        stale = sorted(name for name in files.keys() | there.keys() if files.get(name) != there.get(name))
        print(
            "\n".join(f"stale: gate/schema/definitions/{name}" for name in stale) or "schemas are up to date"
        )
        return 1 if stale else 0
    for name in there.keys() - files.keys():
        (TARGET / name).unlink()
    for name, text in files.items():
        (TARGET / name).parent.mkdir(parents=True, exist_ok=True)
        (TARGET / name).write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
