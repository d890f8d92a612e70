"""What is worked out of a graph before rules speak."""
