"""Istio's policies: whom they let in, and where they hold."""
