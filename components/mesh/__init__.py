"""Istio ambient, and the flows that workloads declare."""
