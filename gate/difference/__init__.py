"""What a change means: two sides of a stack, compared."""
