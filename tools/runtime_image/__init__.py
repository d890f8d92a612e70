"""Builds the image of the platform's own programs without Docker: the same bytes from the same commit, everywhere."""
