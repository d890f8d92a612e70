"""Pods wherever they stand, and the Pod Security Standards."""
