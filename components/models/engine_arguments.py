"""What is a model's own on its engine's command line; components/serving/llm_engine.py has what all share."""

from components.models.plan import ReleasePlan


def engine_arguments(plan: ReleasePlan) -> list[str]:
    """``--tensor-parallel-size`` and ``--max-model-len`` from the record; the rest is the same for every model."""
    arguments = ["--tensor-parallel-size", str(plan.needs.gpu_count)]
    if plan.max_context is not None:
        arguments += ["--max-model-len", str(plan.max_context)]
    return arguments
