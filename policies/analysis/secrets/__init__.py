"""What a text gives away, and what only looks so (docs/analysis/secrets.md says what is decided)."""
