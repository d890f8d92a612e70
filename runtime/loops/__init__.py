"""Rollout, remedy, evaluation, drift and end of life: durable runs on one spine (docs/loops.md)."""
