"""Suites that ask a model that is served: refusals, prompt injection, malformed input, the form of answers."""
