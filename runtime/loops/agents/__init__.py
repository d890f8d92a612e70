"""Agents on the loops: reason, plan and act apart, and one gate that everything with an effect goes through."""
