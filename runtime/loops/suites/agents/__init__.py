"""Held-out tasks for agents: played by the real workflow, gate, policies and journal over simulated systems."""
