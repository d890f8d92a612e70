"""How a model's versions, as they run, become its one route at the edge: pure."""

from typing import Final

from components.gateway.model_route import INTERFACES, Interface, ModelRoute, Share, SmallerModel
from components.gateway.model_slots import slot_of
from components.gateway.rate_limits import Limits
from components.models.args import ModelArgs
from components.models.fallback import fail_soft_plan
from components.models.plan import ReleasePlan
from components.models.predictive_route import inner_host
from components.models.scaling import waking_seconds
from components.serving.llm_route import version_path

_OPENAI: Final = "/openai/v1"
"""Where KServe's Hugging Face server has its OpenAI interface (``OPENAI_ROUTE_PREFIX``, v0.20.0)."""


def edge_of(args: ModelArgs) -> ModelRoute:
    """The model's route: what callers write names no version, engine or place, so they see none change.

    How long it waits and who answers in its place is as the stable version's record says.
    """
    plan, stable = args.plan, args.plan.releases[args.settings.traffic.stable]
    interface, soft = INTERFACES[plan.task], fail_soft_plan(stable.fail_soft)
    is_chat = interface == "chat"
    return ModelRoute(
        name=plan.model,
        hostname=args.gateway.hostname,
        interface=interface,
        tokens=args.gateway.tokens(),
        limits=limits_of(args),
        timeout=_patience(stable, interface) or args.gateway.request_timeout,
        callers=args.settings.callers,
        shares=_shares(args, interface),
        # Those of a predictive model are moved at the inner gateway.
        is_driven=is_chat and plan.is_driven,
        upstream_path=f"{_OPENAI}/rerank" if interface == "rerank" else "",
        upstream_host="" if is_chat else inner_host(plan, args.namespace),
        smaller_models=tuple(
            SmallerModel(model=model, backend=f"{model}-{args.stable[model]}")
            for model in soft.smaller_models
        ),
    )


def limits_of(args: ModelArgs) -> Limits:
    """What the model is given, and what is said in its place: as the stable version's record has it."""
    stable = args.plan.releases[args.settings.traffic.stable]
    soft = fail_soft_plan(stable.fail_soft)
    return Limits(
        parallel=parallel_requests(args),
        smaller_model=bool(soft.smaller_models),
        refusal=soft.refusal,
        retry_after_seconds=soft.retry_after_seconds,
        waking_seconds=_waking_seconds(args, stable),
    )


def _shares(args: ModelArgs, interface: Interface) -> tuple[Share, ...]:
    """Versions of a language model share here: no rule of the inner gateway takes two pools (``llm_route.route``).

    Those of a predictive model share at the inner gateway, behind one address.
    """
    if interface == "embeddings":
        return (Share(name=args.plan.model, path=_OPENAI),)
    if interface != "chat":
        return ()
    return tuple(
        Share(
            name=plan.key,
            path=f"{version_path(args.namespace, plan.key)}/v1",
            percent=args.settings.traffic.first_percent_of(version, is_driven=args.plan.is_driven),
            most=args.settings.traffic.most_of(version),
            version=version,
            slot=slot_of(version, args.settings.versions[version].slot),
        )
        for version, plan in args.plan.releases.items()
    )


def _patience(stable: ReleasePlan, interface: Interface) -> str:
    """Ten times the latency that is promised, at least ten seconds; nothing where none is.

    An answer of a chat may be as long as its caller asks, so its objective says nothing of how long to wait.
    """
    promised = stable.slo.latency_ms if stable.slo else None
    if promised is None or interface == "chat":
        return ""
    return f"{min(max(10, -(-promised // 100)), 3600)}s"


def _waking_seconds(args: ModelArgs, stable: ReleasePlan) -> int:
    may_sleep = args.settings.versions[stable.version].replicas.min == 0 and stable.engine != "vllm"
    return waking_seconds(stable.start.warm_seconds) if may_sleep else 0


def parallel_requests(args: ModelArgs) -> int:
    """What the replicas of its largest version hold at once, and as much again, so that none waits for work.

    Only predictive models grow to ``replicas.max``. Traffic does not count: a promotion changes no limit.
    """
    held = []
    for version, plan in args.plan.releases.items():
        replicas = args.settings.versions[version].replicas
        held.append(plan.concurrency * (replicas.min if plan.engine == "vllm" else replicas.max))
    return 2 * max(held)
