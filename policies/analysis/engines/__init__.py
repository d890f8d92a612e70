"""Engines of models against the pods that start them (docs/analysis/engines.md says what is decided)."""
