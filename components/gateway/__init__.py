"""The two gateways, callers, limits and certificates."""
