"""What Helm charts install: their rendered objects, joined to the releases that bring them."""
