"""What a verdict says, as data."""
