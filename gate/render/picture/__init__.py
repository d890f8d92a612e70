"""A stack's picture drawn: as SVG for a desk and for a phone, and as Mermaid for a comment."""
