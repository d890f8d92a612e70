"""What a change touches, and what is written about it on GitHub."""
