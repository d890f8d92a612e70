"""Metrics, logs, traces and the audit trail."""
