"""Rules for Istio."""
