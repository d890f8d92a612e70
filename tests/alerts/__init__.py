"""Prometheus' own tools on the rules we generate. Not part of ``make test``: ``make test-alerts`` runs it."""
