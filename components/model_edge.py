"""How a model's versions, as they run, become its one route at the edge: pure."""

from typing import Final

from components.gateway_limits import Limits
from components.llm_route import model_path
from components.model_args import ModelArgs
from components.model_route import INTERFACES, Interface, ModelRoute
from components.predictive_route import inner_host

_PATHS: Final[dict[Interface, str]] = {
    "embeddings": "/openai/v1",
    "rerank": "/openai/v1/rerank",
    "inference": "",
}
"""Where KServe's Hugging Face server has its OpenAI interface (``OPENAI_ROUTE_PREFIX``, v0.20.0)."""


def edge_of(args: ModelArgs) -> ModelRoute:
    """The model's route: nothing in it names a version, an engine or a place, so callers see none change."""
    plan = args.plan
    interface = INTERFACES[plan.task]
    is_chat = interface == "chat"
    return ModelRoute(
        name=plan.model,
        hostname=args.gateway.hostname,
        interface=interface,
        tokens=args.gateway.tokens(),
        limits=Limits(parallel=parallel_requests(args)),
        timeout=args.gateway.request_timeout,
        callers=args.settings.callers,
        upstream_path=f"{model_path(args.namespace, plan.model)}/v1" if is_chat else _PATHS[interface],
        upstream_host="" if is_chat else inner_host(plan, args.namespace),
    )


def parallel_requests(args: ModelArgs) -> int:
    """What the replicas of its largest version hold at once, and as much again, so that none waits for work.

    Only predictive models grow to ``replicas.max``. Traffic does not count: a promotion changes no limit.
    """
    held = []
    for version, plan in args.plan.releases.items():
        replicas = args.settings.versions[version].replicas
        held.append(plan.concurrency * (replicas.min if plan.engine == "vllm" else replicas.max))
    return 2 * max(held)
