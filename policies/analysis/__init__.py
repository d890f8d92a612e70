"""What rules work out of a graph before they judge it."""
