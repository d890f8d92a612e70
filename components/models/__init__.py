"""What runs a model: its objects, and what its files pass on their way."""
