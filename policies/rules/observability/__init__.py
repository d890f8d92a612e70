"""Rules for metrics, logs and traces."""
