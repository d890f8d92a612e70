"""Needed flows, tried on the platform itself."""
