"""The rules, a room a domain."""
