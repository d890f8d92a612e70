"""Rendering the pinned charts with the values the stacks pass, and keeping what rules read of it."""
