"""Every rule there is, in one tuple; ids never change, and a test pins ids and levels."""

from collections.abc import Mapping
from importlib import import_module
from typing import Final

from policies.rule import Rule

MODULES: Final = (
    "access",
    "access_logs",
    "admission",
    "ai_gateway",
    "apis",
    "audit_trail",
    "autoscaling",
    "bucket",
    "certificates",
    "cluster",
    "cluster_addons",
    "cluster_administrators",
    "cluster_key",
    "cross_origin",
    "declared_grants",
    "delivery",
    "disruption",
    "edge_promises",
    "escalation",
    "external_secrets",
    "flow",
    "flow_halves",
    "flow_logs",
    "gateway",
    "gateway_authority",
    "gateway_backends",
    "gateway_callers",
    "gateway_routes",
    "gpu_pool",
    "hardening",
    "helm_release",
    "identity",
    "inference_pools",
    "istio_routing",
    "karpenter",
    "llm",
    "mesh",
    "mesh_pods",
    "model_admission",
    "model_files",
    "model_store",
    "network",
    "network_acl",
    "node_class",
    "ordering",
    "other_network_policies",
    "other_services",
    "payload_logging",
    "planes",
    "predictive_model",
    "providers",
    "public_objects",
    "ray",
    "reachability",
    "rules.aws.perimeter",
    "rules.gateway.rate_limits",
    "rules.karpenter.deletion",
    "rules.kubernetes.definitions",
    "rules.kubernetes.internet_egress",
    "rules.platform.lifecycle",
    "rules.serving.model_downloads",
    "rules.serving.runtime_admission",
    "rules.serving.scaler_admission",
    "secret_readers",
    "secrets",
    "service_settings",
    "service_versions",
    "serving",
    "sharing",
    "started_code",
    "system_nodes",
    "tables",
    "tagging",
    "tasks",
    "telemetry",
    "telemetry_ways",
    "told_credentials",
    "traffic",
    "trust",
    "unseen_code",
    "vpc_endpoints",
    "ways_in",
    "workload",
    "workload_namespace",
    "written_credentials",
    "written_headers",
)
"""Rule modules, each named for the component whose resources it judges."""


def _rules() -> tuple[Rule, ...]:
    found: dict[str, Rule] = {}
    for name in MODULES:
        for rule in import_module(f"policies.{name}").RULES:
            if rule.id in found:
                raise ValueError(f"policies/{name}.py: the rule {rule.id} stands in another module too")
            found[rule.id] = rule
    return tuple(found.values())


def _needs_no_rule() -> Mapping[str, str]:
    found: dict[str, str] = {}
    for name in MODULES:
        found |= getattr(import_module(f"policies.{name}"), "NEEDS_NO_RULE", {})
    return found


RULES: Final = _rules()
COVERED: Final = frozenset(
    type_ for rule in RULES for type_ in rule.applies_to if not type_.endswith("*")
).union(*(getattr(import_module(f"policies.{name}"), "COVERS", ()) for name in MODULES))
"""Types that have a rule of their own; a rule for every kind of object covers only those its module names."""
NEEDS_NO_RULE: Final = _needs_no_rule()
