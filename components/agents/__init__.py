"""Agents: three workers each, which reason, plan and act apart."""
